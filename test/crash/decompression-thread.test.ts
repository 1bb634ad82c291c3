// Installations that are large enough for a thread that decompresses ahead (docs/decisions/0082), killed while it does: at
// calls that change something, and at any moment. The next start leaves the root as it was, byte for byte, or the whole product.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { listProducts, recoverInterruptedInstallation, sweepReplacedFiles } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { silentMessages } from './samples.ts'
import { folderDigest } from '../folder-digest.ts'

const child = join(import.meta.dirname, 'killed-installation.js')
const [files, fileBytes] = [50, 700_000]
const largeBytes = files * fileBytes
const [killsAtCalls, killsAtMoments] = process.env['MSIKIT_CRASH'] === 'full' ? [60, 60] : [8, 5]

/** Half of it compresses well. */
const noise = Uint8Array.from({ length: fileBytes }, (_, at) => at * at >> 9)

/** Version 2 has many files, some of which version 1 has with other contents. */
function writePackage(path: string, version: 1 | 2): void {
  const builder = aPackage({ version: `${version}.0.0`, upgradeCode: '{2C7A1E0B-64B7-4F63-9D0C-0B6E6C1D7A55}' }).majorUpgrade({ downgradeMessage: 'no', removeAt: { after: 'InstallInitialize' } })
  const place = builder.folder('ProgramFilesFolder').folder('Large')
  const main = builder.feature('Main')
  for (let index = 0; index < (version === 1 ? 5 : files); index++) {
    const content = version === 1 ? noise.slice(index, 1000) : noise.slice()
    content.fill(index, 0, 100)
    main.file(place, `data${index}.bin`, content, { key: `data${index}` })
  }
  writeFileSync(path, bytesOf((sink) => { builder.build({ validation: false }).save(sink) }))
}

interface Run {
  readonly ms: number
  readonly wasKilled: boolean
  /** What it told: nothing when it was killed from outside. */
  readonly told: readonly number[]
}

async function run(root: string, path: string, strike: { readonly call?: number; readonly afterMs?: number } = {}): Promise<Run> {
  const start = performance.now()
  const process_ = spawn(process.execPath, [child, root, 'install', path, String(strike.call ?? -1)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  process_.stdout.on('data', (chunk: Buffer) => { output += String(chunk) })
  const timer = strike.afterMs === undefined ? undefined : setTimeout(() => { process_.kill('SIGKILL') }, strike.afterMs)
  const signal = await new Promise((resolve) => { process_.once('close', (_, by) => { resolve(by) }) })
  clearTimeout(timer)
  return { ms: performance.now() - start, wasKilled: signal === 'SIGKILL', told: output.match(/\d+/g)?.map(Number) ?? [] }
}

const skip = availableParallelism() > 1 ? false : 'one processor: there is no such thread'

test('an installation that is killed while another thread decompresses leaves a root that the next start puts right', { skip }, async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-ahead-'))
  context.after(() => { rmSync(folder, { recursive: true, force: true }) })
  const [older, large] = [join(folder, 'older.msi'), join(folder, 'large.msi')]
  writePackage(older, 1)
  writePackage(large, 2)
  const pristine = join(folder, 'pristine')
  mkdirSync(pristine)
  assert.deepEqual((await run(pristine, older)).told[0], 0)
  const copyOf = (name: string): string => {
    cpSync(pristine, join(folder, name), { recursive: true, preserveTimestamps: true })
    return join(folder, name)
  }
  // Of a copy: copying rounds times.
  const before = folderDigest(copyOf('whole'))
  const whole = await run(join(folder, 'whole'), large)
  const [exitCode, calls, bytesAhead] = whole.told
  assert.deepEqual([exitCode, bytesAhead], [0, largeBytes], 'the thread gives all of it')
  const strikes = [
    ...Array.from({ length: killsAtCalls }, (_, index) => ({ call: Math.floor(calls! * (index + 0.5) / killsAtCalls) })),
    ...Array.from({ length: killsAtMoments }, (_, index) => ({ afterMs: whole.ms * (index + 1.5) / (killsAtMoments + 1) })),
  ]
  const seen = { 'rolled back': 0, complete: 0, 'while it decompressed': 0 }
  for (const strike of strikes) {
    const root = copyOf('struck')
    const struck = await run(root, large, strike)
    if ('call' in strike) assert.ok(struck.wasKilled, JSON.stringify(strike))
    if (struck.wasKilled && struck.told[1]! > 0 && struck.told[1]! < largeBytes) seen['while it decompressed']++
    const platform = createNodePlatform({ root })
    {
      using _lock = platform.lockInstallation()
      await recoverInterruptedInstallation(platform, () => {})
      await sweepReplacedFiles(platform, silentMessages())
    }
    const [version] = listProducts(platform).map(({ productVersion }) => productVersion)
    if (version === '2.0.0') {
      seen.complete++
      assert.deepEqual(names(folderDigest(root)), names(folderDigest(join(folder, 'whole'))), JSON.stringify(strike))
    } else {
      seen['rolled back']++
      assert.deepEqual(folderDigest(root), before, JSON.stringify(strike))
    }
    rmSync(root, { recursive: true, force: true })
  }
  context.diagnostic(`${strikes.length} killed in ${calls} calls and ${Math.round(whole.ms)} ms: ${Object.entries(seen).map(([what, count]) => `${count} ${what}`).join(', ')}`)
  assert.ok(seen['while it decompressed'] > 1 && seen['rolled back'] > 1)
})

/** Cached packages have names by chance. */
function names(state: ReadonlyMap<string, string>): string[] {
  return [...state.keys()].map((name) => name.replace(/^(Windows\/Installer\/)[0-9a-f]+/, '$1'))
}
