// Replays recorded installations of real packages through the command line, and compares root and registry after every
// step. Every difference must be explained in differences.ts; an explanation that explains nothing any more fails too.
import { strict as assert } from 'node:assert'
import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { createNodePlatform } from 'msikit/node'
import type { RegistryValue } from 'msikit/platform'
import { repository, sharedPath, skipWithout } from '../shared.ts'
import { compareStates, ExpectedState, initialValues, type Difference } from './compare.ts'
import { explain, explanations, skippedRecordings } from './differences.ts'
import { corpusByDigest, loadRecordings, type Recording } from './recording.ts'
import { readRootState } from './root-state.ts'
import { runCmd } from './cmd.ts'

const recorded = sharedPath('oracle', 'recorded')
const corpus = sharedPath('corpus')
const skip = skipWithout('oracle', 'recorded') || skipWithout('corpus')
const used = new Set<unknown>()
let scratch = ''

before(() => { scratch = mkdtempSync(join(tmpdir(), 'msikit-corpus-')) })
after(() => {
  rmSync(scratch, { recursive: true, force: true })
})

if (recorded === undefined || corpus === undefined) {
  test('recorded installations are replayed', { skip }, () => {})
} else {
  const packages = corpusByDigest(corpus)
  for (const recording of loadRecordings(recorded)) {
    const wanted = Object.entries(recording.meta.packages ?? {})
    if (wanted.length === 0 || !wanted.every(([, digest]) => packages.has(digest))) continue
    // The recorder can make no administrative images; administrative-images.test.ts has those.
    if (/\.(extract|admin)$/.test(recording.name)) continue
    const reason = skippedRecordings.find((one) => one.recording.test(recording.name))?.reason
    test(`${recording.name} leaves what was recorded`, { skip: reason ?? false }, async () => replay(recording, wanted.map(([name, digest]) => [name, packages.get(digest)!])))
  }
  test('every explained difference still occurs', { skip: process.env['MSIKIT_RECORDING'] ? 'only some recordings were replayed' : false }, () => {
    assert.deepEqual(explanations.filter((one) => one.elsewhere !== true && !used.has(one)).map((one) => one.reason), [])
  })
}

async function replay(recording: Recording, packages: [string, string][]): Promise<void> {
  const folder = mkdtempSync(join(scratch, 'run-'))
  const root = join(folder, 'root')
  const media = join(folder, 'media')
  mkdirSync(root)
  mkdirSync(media)
  for (const [name, path] of packages) stage(path, join(media, name))
  for (const name of ['Windows/Installer', 'Windows/System32', 'Windows/SysWOW64', 'Program Files/Common Files', 'Program Files (x86)/Common Files', 'ProgramData/Microsoft/Windows/Start Menu/Programs/StartUp', 'Users/user/AppData/Roaming', 'Users/user/AppData/Local', 'Users/user/Desktop', 'Users/Public/Desktop']) {
    mkdirSync(join(root, name), { recursive: true })
  }
  const platform = createNodePlatform({ root })
  for (const { key, name, value } of initialValues(recording)) {
    platform.registry.createKey(key)
    platform.registry.setValue(key, name, value as RegistryValue)
  }
  platform.registry.flush()

  const initial = readRootState(root)
  const expected = new ExpectedState()
  const problems: string[] = []
  for (const [index, step] of recording.steps.entries()) {
    const exit = await runStep(step.command, root, media)
    const differences: Difference[] = exit === step.exit ? [] : [{ aspect: 'exit', where: step.command, expected: String(step.exit), found: String(exit) }]
    expected.apply(step)
    differences.push(...compareStates(expected, readRootState(root), initial))
    for (const difference of differences) {
      const explanation = explain(recording.name, difference, differences)
      if (explanation === undefined) problems.push(`step ${index + 1} (${step.command}), ${difference.aspect} ${difference.where}: expected ${difference.expected}, found ${difference.found}`)
      else used.add(explanation)
    }
  }
  rmSync(folder, { recursive: true, force: true })
  assert.deepEqual(problems.slice(0, 400), [])
}

/** With the package go the cabinets beside it. */
function stage(from: string, to: string): void {
  copyFileSync(from, to)
  for (const name of readdirSync(dirname(from))) {
    if (/\.cab$/i.test(name)) copyFileSync(join(dirname(from), name), join(dirname(to), name))
  }
}

async function runStep(command: string, root: string, media: string): Promise<number | string> {
  if (!command.startsWith('msiexec ')) return runCmd(command, root)
  const words = [...command.slice('msiexec '.length).matchAll(/(?:[^\s"]|"[^"]*")+/g)].map((match) => match[0])
  const args = words.map((word) => word.replace(/^D:\\(.*)$/, (_, name: string) => join(media, name)).replaceAll('"', ''))
  const { stdout, stderr } = await run([join(repository, 'dist/bin/msikit.cjs'), 'msiexec', ...args, '--root', root, '--json'])
  try {
    return (JSON.parse(stdout) as { exitCode: number }).exitCode
  } catch {
    return `no result: ${stdout.slice(0, 200)}${stderr.slice(0, 400)}`
  }
}

function run(args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((done) => {
    execFile(process.execPath, args, { timeout: 60_000, maxBuffer: 1 << 26 }, (_, stdout, stderr) => { done({ stdout, stderr }) })
  })
}
