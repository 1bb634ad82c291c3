// What hangs on files and folders of the host beside their content: permissions, owner, extended attributes, times to the
// nanosecond, and which names share a file. A rollback gives all of it back; a file that is replaced or edited keeps
// permissions and owner, as on Windows it keeps its security.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, linkSync, lstatSync, lutimesSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { failWith, type PackageBuilder } from 'msikit/authoring'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const skip = process.platform === 'win32' ? 'the host has no modes'
  : process.getuid?.() !== 0 ? 'needs root: files are given to other owners'
  : spawnSync('python3', ['-c', '0']).status !== 0 ? 'needs python3, for extended attributes' : false

const place = 'Program Files (x86)/Example'

function example(version: '1.0.0' | '2.0.0'): PackageBuilder {
  const builder = aPackage({ version })
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  const component = main.file(folder, 'app.txt', `app ${version}`, { key: 'app' }).registry('HKLM', 'Software\\Example', 'Version', version)
    .iniValue('example.ini', 'Main', 'Version', version).createFolder(folder.folder('data')).removeFile('*.log', 'both')
  builder.property('FOREIGN', 'C:\\Theirs\\empty')
  component.row('RemoveFile', { FileKey: 'theirs', FileName: null, DirProperty: 'FOREIGN', InstallMode: 3 })
  component.row('DuplicateFile', { FileKey: 'copy', File_: 'app', DestName: 'copy.txt' })
  main.file(folder, 'readonly.txt', version, { readOnly: true })
  builder.customAction('Stay', failWith('I stay'), { at: 6590, condition: 'REMOVE = "ALL" AND NOT UPGRADINGPRODUCTCODE' }).schedule('InstallExecute', { at: 6580 })
  main.file(folder.folder('deep').folder('deeper'), `${version}.txt`, version)
  return builder
}

const setAttributes = `
import os, sys
for path in sys.argv[1:]:
  os.setxattr(path, 'user.mine', path.encode(), follow_symlinks=False)
`
const listAttributes = `
import os, sys
for folder, folders, files in os.walk(sys.argv[1]):
  for name in [*folders, *files]:
    path = os.path.join(folder, name)
    for key in os.listxattr(path, follow_symlinks=False):
      print(os.path.relpath(path, sys.argv[1]), key, os.getxattr(path, key, follow_symlinks=False).hex())
`

function python(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', program, ...args], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  return stdout
}

/** Everything that the host tells, but for access and change times. Those of folders can be set to microseconds only. */
function everything(root: string): Record<string, string> {
  const facts: Record<string, string> = {}
  for (const name of ['', ...readdirSync(root, { recursive: true }).map(String)]) {
    const stat = lstatSync(join(root, name), { bigint: true })
    const time = stat.isDirectory() ? stat.mtimeNs / 1000n : stat.mtimeNs
    facts[name] = `${stat.mode.toString(8)} ${stat.uid}:${stat.gid} file ${stat.ino}${stat.isDirectory() ? '' : ` of ${stat.nlink} names`} ${time} ${stat.isFile() ? readFileSync(join(root, name)).toString('base64') : ''}`
  }
  for (const line of python(listAttributes, root).split('\n')) if (line !== '') facts[`${line.split(' user.')[0]} attribute`] = line
  return facts
}

function changes(before: Record<string, string>, now: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])].filter((path) => before[path] !== now[path]).map((path) => `${path}: ${before[path]} → ${now[path]}`)
}

/** Version 1 is installed, and its user has made everything his own. */
async function lived(): Promise<HostStage> {
  const stage = new HostStage()
  assert.equal((await stage.install(stage.add(example('1.0.0')))).exitCode, 0, stage.log.join('\n'))
  const path = (name: string): string => join(stage.root, place, name)
  mkdirSync(join(stage.root, 'Theirs/empty'), { recursive: true })
  writeFileSync(path('mine.log'), 'a log')
  const attributed: string[] = []
  for (const [name, mode, owner] of [
    ['app.txt', 0o750, 1000], ['example.ini', 0o600, 1001], ['copy.txt', 0o664, 1002], ['readonly.txt', 0o440, 1003], ['mine.log', 0o604, 1004],
    ['data', 0o700, 1005], ['deep/deeper/1.0.0.txt', 0o606, 1006], ['deep/deeper', 0o711, 1007], ['deep', 0o1777, 1008], ['', 0o755, 1009], ['../../Theirs/empty', 0o2750, 1010],
    ['../../Windows/System32/config/SOFTWARE', 0o640, 1011], ['../../Windows/System32/config', 0o750, 1012],
  ] as const) {
    chownSync(path(name), owner, owner)
    chmodSync(path(name), mode)
    attributed.push(path(name))
    if (mode !== 0o440) lutimesSync(path(name), 1e9, 1e9 + owner / 1024)
  }
  python(setAttributes, ...attributed)
  for (const name of ['app.txt', 'example.ini', 'mine.log', 'deep/deeper/1.0.0.txt']) linkSync(path(name), join(stage.folder, `other name of ${name.replaceAll('/', ' ')}`))
  // What the host can give back: microseconds.
  for (const name of ['', ...readdirSync(stage.root, { recursive: true }).map(String)]) {
    const at = join(stage.root, name)
    const { mtimeMs } = statSync(at)
    if (statSync(at).isDirectory()) lutimesSync(at, mtimeMs / 1000, Math.floor(mtimeMs) / 1000 + 0.0000005)
  }
  return stage
}

const failing = (builder: PackageBuilder): PackageBuilder => builder.customAction('Fail', failWith('broken'), { at: 6595 })

for (const [name, run] of Object.entries<(stage: HostStage) => Promise<number>>({
  'an upgrade in place': async (stage) => (await stage.install(stage.add(failing(example('2.0.0'))), { properties: { REINSTALLMODE: 'amus' } })).exitCode,
  'an upgrade with the removal inside': async (stage) => {
    const builder = failing(example('2.0.0')).majorUpgrade({ downgradeMessage: 'no', removeAt: { after: 'InstallInitialize' } })
    return (await stage.install(stage.add(builder))).exitCode
  },
  'a removal': async (stage) => (await stage.uninstall('Example')).exitCode,
})) {
  test(`${name} that is taken back leaves permissions, owners, attributes, times and shared names`, { skip }, async () => {
    using stage = await lived()
    const before = everything(stage.root)
    assert.notEqual(await run(stage), 0)
    assert.deepEqual(changes(before, everything(stage.root)), [])
  })
}

test('what is replaced or edited keeps permissions and owner, in whatever way its content changes', { skip }, async () => {
  using stage = await lived()
  const facts = (name: string): string => {
    const { mode, uid, gid } = statSync(join(stage.root, name))
    return `${name} ${(mode & 0o777).toString(8)} ${uid}:${gid}`
  }
  const kept = ['app.txt', 'example.ini', 'copy.txt', 'readonly.txt', '../../Windows/System32/config/SOFTWARE'].map((name) => join(place, name))
  const before = kept.map(facts)
  assert.equal((await stage.install(stage.add(example('2.0.0')), { properties: { REINSTALLMODE: 'amus' } })).exitCode, 0, stage.log.join('\n'))
  assert.equal(stage.text('C:\\Program Files (x86)\\Example\\app.txt'), 'app 2.0.0')
  assert.match(stage.text('C:\\Program Files (x86)\\Example\\example.ini')!, /2\.0\.0/)
  assert.deepEqual(kept.map(facts), before)
  // The other names were the old files.
  assert.equal(readFileSync(join(stage.folder, 'other name of app.txt'), 'utf8'), 'app 1.0.0')
  assert.ok(!existsSync(join(stage.root, 'Config.Msi')))
})
