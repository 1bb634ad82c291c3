// Real processes, really killed, in a real folder: whenever it happens, the next start leaves the old root or the new.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { recoverInterruptedInstallation, sweepReplacedFiles } from 'msikit/engine'
import { silentMessages } from './samples.ts'
import { furnish, openRoot, setFolderTimes, stateOf } from './real-script.ts'

const child = join(import.meta.dirname, 'killed-process.js')
const rounds = 12

/** Milliseconds from its beginning to its end, or until it was killed. */
async function run(root: string, mode: 'install' | 'recover', killAfterMs?: number): Promise<{ ms: number; finished: boolean }> {
  const process_ = spawn(process.execPath, [child, root, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  process_.stdout.on('data', (chunk: Buffer) => { output += String(chunk) })
  const ended = new Promise((resolve) => { process_.once('exit', resolve) })
  while (!output.includes('begun') && process_.exitCode === null) await sleep(1)
  const start = performance.now()
  if (killAfterMs !== undefined) {
    await Promise.race([sleep(killAfterMs), ended])
    process_.kill('SIGKILL')
  }
  await ended
  return { ms: performance.now() - start, finished: output.includes('done') }
}

test('a process that is killed while it installs leaves a root that the next start puts right', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-kill-'))
  context.after(() => { rmSync(folder, { recursive: true, force: true }) })
  const pristine = join(folder, 'pristine')
  furnish(openRoot(pristine))
  const copyOf = (name: string): string => {
    const copy = join(folder, name)
    cpSync(pristine, copy, { recursive: true, preserveTimestamps: true })
    setFolderTimes(openRoot(copy))
    return copy
  }
  const whole = copyOf('whole')
  const { ms, finished } = await run(whole, 'install')
  assert.ok(finished)
  const installed = stateOf(openRoot(whole))
  const seen = { 'rolled back': 0, installed: 0 }
  for (let round = 0; round < rounds; round++) {
    const root = copyOf(`round${round}`)
    const before = stateOf(openRoot(root))
    await run(root, 'install', ms * 1.2 * round / rounds)
    // Every third time the recovery is killed as well.
    if (round % 3 === 0) await run(root, 'recover', 2 + round)
    const platform = openRoot(root)
    using _lock = platform.lockInstallation()
    await recoverInterruptedInstallation(platform, () => {})
    await sweepReplacedFiles(platform, silentMessages())
    const after = stateOf(platform)
    const isInstalled = JSON.stringify(untimed(after)) === JSON.stringify(untimed(installed))
    seen[isInstalled ? 'installed' : 'rolled back']++
    if (!isInstalled) assert.deepEqual(changes(before, after), [], `killed after ${Math.round(ms * 1.2 * round / rounds)} ms`)
    rmSync(root, { recursive: true, force: true })
  }
  context.diagnostic(`${rounds} processes killed within ${Math.round(ms)} ms: ${seen['rolled back']} rolled back, ${seen.installed} installed`)
  assert.ok(seen['rolled back'] > 0)
})

/** Folders that an installation makes have the time at which it made them. */
function untimed(state: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(state).map(([path, facts]) => [path, facts.replace(/^directory \S+/, 'directory')]))
}

function changes(before: Record<string, string>, after: Record<string, string>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((path) => before[path] !== after[path])
    .map((path) => `${path}: was ${before[path]?.slice(0, 80)}, is ${after[path]?.slice(0, 80)}`)
}
