// A real package in a real root: a process that is killed at the n-th call that changes something leaves a root which
// the next start puts right, files and registry hives byte for byte.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { recoverInterruptedInstallation, sweepReplacedFiles } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { silentMessages } from './samples.ts'
import { folderDigest } from '../folder-digest.ts'
import { sharedPath, skipWithout } from '../shared.ts'

const child = join(import.meta.dirname, 'killed-installation.js')
const putty = sharedPath('corpus', 'putty-0.68-installer.msi')
const other = sharedPath('corpus', 'made', 'registry.msi')
const perAction = process.env['MSIKIT_CRASH'] === 'full' ? Number.POSITIVE_INFINITY : 9

/** Exit code and changing calls, or `undefined` when it was killed. */
function run(root: string, action: string, path: string, call = -1): { exitCode: number; calls: number } | undefined {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [child, root, action, path, String(call)], { encoding: 'utf8' })
  if (signal === 'SIGKILL') return undefined
  assert.equal(status, 0, stderr)
  const [exitCode, calls] = stdout.split(' ').map(Number)
  return { exitCode: exitCode!, calls: calls! }
}

/** Cached packages have names by chance. */
function names(state: ReadonlyMap<string, string>): string[] {
  return [...state.keys()].map((name) => name.replace(/^(Windows\/Installer\/)[0-9a-f]+/, '$1'))
}

test('a killed process leaves a root that the next start puts right, hives byte for byte', { skip: skipWithout('corpus') }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-real-'))
  context.after(() => { rmSync(folder, { recursive: true, force: true }) })
  const copyOf = (from: string, name: string): string => {
    cpSync(join(folder, from), join(folder, name), { recursive: true, preserveTimestamps: true })
    return join(folder, name)
  }
  // Another product is there: the hives exist, and say something.
  assert.equal(run(join(folder, 'pristine'), 'install', other!)?.exitCode, 0)
  assert.equal(run(copyOf('pristine', 'installed'), 'install', putty!)?.exitCode, 0)
  const ends = { 'rolled back': 0, complete: 0 }
  for (const [action, from] of [['install', 'pristine'], ['repair', 'installed'], ['uninstall', 'installed']] as const) {
    const whole = run(copyOf(from, `${action}-whole`), action, putty!)!
    assert.equal(whole.exitCode, 0)
    const stride = Math.max(1, Math.ceil(whole.calls / perAction))
    for (let call = stride - 1; call < whole.calls; call += stride) {
      const root = copyOf(from, 'struck')
      const before = folderDigest(root)
      assert.equal(run(root, action, putty!, call), undefined)
      const platform = createNodePlatform({ root })
      const outcomes: string[] = []
      {
        using _lock = platform.lockInstallation()
        outcomes.push(...(await recoverInterruptedInstallation(platform, () => {})).map(({ outcome }) => outcome))
        await sweepReplacedFiles(platform, silentMessages())
      }
      if (outcomes.includes('completed')) {
        ends.complete++
        assert.deepEqual(names(folderDigest(root)), names(folderDigest(join(folder, `${action}-whole`))), `${action}, call ${call}`)
      } else {
        ends['rolled back']++
        assert.deepEqual(folderDigest(root), before, `${action}, killed at call ${call} of ${whole.calls}`)
      }
      rmSync(root, { recursive: true, force: true })
    }
  }
  context.diagnostic(`${ends['rolled back'] + ends.complete} processes killed: ${ends['rolled back']} rolled back byte for byte, ${ends.complete} complete`)
})
