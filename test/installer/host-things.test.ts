// What only the host can put into a root: names that Windows cannot have, links and pipes, mounts, several names of one
// file. An installation, a removal and a rollback leave it alone, and go on around it.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { failWith, type PackageBuilder } from 'msikit/authoring'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const skip = process.platform === 'win32' ? 'its host has other names' : false
const place = 'Program Files (x86)/Example'

function example(change: (builder: PackageBuilder) => void = () => {}): PackageBuilder {
  const builder = aPackage()
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  main.file(folder, 'app.txt', 'app', { key: 'app' }).createFolder(folder.folder('data')).removeFile('*.log', 'both')
  main.file(folder.folder('sub').folder('deep'), 'deep.txt', 'deep', { key: 'deep' })
  change(builder)
  return builder
}

const strange = ['notes: 2024', 'NUL', 'what?', 'trailing.', 'a"b', '\u0001']

test('names that Windows cannot have stay, and so does the folder that they are in', { skip }, async () => {
  using stage = new HostStage()
  assert.equal((await stage.install(stage.add(example()))).exitCode, 0, stage.log.join('\n'))
  const folder = join(stage.root, place, 'sub/deep')
  for (const name of strange) writeFileSync(join(folder, name), name)
  symlinkSync('/', join(folder, 'out'))
  symlinkSync('nowhere', join(folder, 'dangling'))
  mkdirSync(join(stage.root, place, 'data/con'))
  assert.equal(spawnSync('mkfifo', [join(folder, 'pipe')]).status, 0)
  assert.equal((await stage.uninstall('Example')).exitCode, 0, stage.log.join('\n'))
  assert.deepEqual(readdirSync(folder).sort(), [...strange, 'out', 'dangling', 'pipe'].sort())
  assert.deepEqual(readdirSync(join(stage.root, place)).sort(), ['data', 'sub'])
  assert.deepEqual(readdirSync(stage.root).filter((name) => name === 'Config.Msi'), [])
})

test('a rollback leaves such names too, in folders that the installation made', { skip }, async () => {
  using stage = new HostStage()
  const path = stage.add(example((builder) => { builder.customAction('Fail', failWith('broken'), { at: 6590 }).schedule('InstallExecute', { at: 6580 }) }))
  const folder = join(stage.root, place, 'data')
  const { exitCode } = await stage.install(path, { onMessage: ({ text }) => {
    if (/broken/.test(String(text))) writeFileSync(join(folder, 'notes: 2024'), 'mine')
    return 0
  } })
  assert.equal(exitCode, 1603)
  assert.deepEqual(readdirSync(join(stage.root, place)), ['data'])
  assert.equal(readFileSync(join(folder, 'notes: 2024'), 'utf8'), 'mine')
})

test('a folder that somebody fills while it waits to be deleted goes back to its place', { skip }, async () => {
  using stage = new HostStage()
  assert.equal((await stage.install(stage.add(example()))).exitCode, 0)
  const { files } = stage.platform
  const rename = files.rename.bind(files)
  let filled = 0
  files.rename = (from, to) => {
    rename(from, to)
    // Whoever had it open as working folder writes into it wherever it is.
    if (/deep$/i.test(from) && filled++ === 0) writeFileSync(join(stage.path(to), 'late.txt'), 'late')
  }
  assert.equal((await stage.uninstall('Example')).exitCode, 0, stage.log.join('\n'))
  assert.equal(filled, 1)
  assert.equal(readFileSync(join(stage.root, place, 'sub/deep/late.txt'), 'utf8'), 'late')
  assert.deepEqual(readdirSync(stage.root).filter((name) => name === 'Config.Msi'), [])
})

/** Runs with something mounted in the root; not at all where this user may not mount. */
async function mounted(context: { skip(reason: string): void }, from: string, at: string, run: () => Promise<void>): Promise<void> {
  if (spawnSync('mount', ['--bind', from, at]).status !== 0) return context.skip('needs the right to mount')
  try {
    await run()
  } finally {
    // Its folders may be held open for a moment yet.
    spawnSync('umount', ['-l', at])
  }
}

test('a folder on which another one is mounted stays, and what is in that one', { skip: process.platform === 'linux' ? false : 'mounts of Linux' }, async (context) => {
  using stage = new HostStage()
  assert.equal((await stage.install(stage.add(example()))).exitCode, 0)
  const volume = join(stage.folder, 'volume')
  mkdirSync(volume)
  await mounted(context, volume, join(stage.root, place, 'data'), async () => {
    assert.equal((await stage.uninstall('Example')).exitCode, 0, stage.log.join('\n'))
    assert.ok(stage.log.some((line) => /folder .*data.* stays/.test(line)))
    assert.deepEqual(readdirSync(join(stage.root, place)), ['data'])
    writeFileSync(join(volume, 'app.txt'), 'another volume\'s')
  })
})

test('a file on a volume that is mounted in the root cannot be replaced with a way back: nothing is, and the message says so', { skip: process.platform === 'linux' ? false : 'mounts of Linux' }, async (context) => {
  using stage = new HostStage()
  mkdirSync(join(stage.root, place), { recursive: true })
  const volume = join(stage.folder, 'volume')
  mkdirSync(volume)
  writeFileSync(join(volume, 'app.txt'), 'of the volume')
  await mounted(context, volume, join(stage.root, place), async () => {
    const { exitCode, error } = await stage.install(stage.add(example()), { properties: { REINSTALLMODE: 'amus' } })
    assert.deepEqual([exitCode, readFileSync(join(volume, 'app.txt'), 'utf8'), readdirSync(volume)], [1603, 'of the volume', ['app.txt']], error?.message)
  })
})

test('several names of one file in the root are files of their own to an installation', { skip }, async () => {
  using stage = new HostStage()
  const path = stage.add(example())
  assert.equal((await stage.install(path)).exitCode, 0)
  const app = join(stage.root, place, 'app.txt')
  linkSync(app, join(stage.root, place, 'second name.txt'))
  linkSync(app, join(stage.root, 'third name.txt'))
  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal(statSync(join(stage.root, 'third name.txt')).nlink, 2)
  assert.equal(readFileSync(join(stage.root, place, 'second name.txt'), 'utf8'), 'app')
})
