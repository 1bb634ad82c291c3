// Every operation × every way to fail × every call to the outside world: afterwards the root is what it was before, or,
// past the point of no return, what it should have become.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recoverInterruptedInstallation, sweepReplacedFiles, Transaction, type Operation } from 'msikit/engine'
import type { MemoryPlatform, Platform } from 'msikit/platform'
import { failingAt, faultModes, hasStruck, isDead, type FaultMode } from './faults.ts'
import { sampleHost, samples, silentMessages, sampleWorld, scriptOf } from './samples.ts'
import { snapshot } from './snapshot.ts'

const product = { productCode: '{10000000-0000-0000-0000-000000000000}', productName: 'Sample' }
const most = 5000

/** What an engine does with a transaction. */
async function install(platform: Platform, operations: readonly Operation[], expectedToSucceed?: Platform): Promise<'installed' | 'rolled back' | 'rolled back in part'> {
  const host = sampleHost()
  const transaction = new Transaction({ platform, product })
  try {
    await transaction.execute(scriptOf(operations), host)
    await transaction.commit(host)
    return 'installed'
  } catch (error) {
    if (platform === expectedToSucceed) throw error
    const { problems } = await transaction.rollback(host)
    return problems.length === 0 ? 'rolled back' : 'rolled back in part'
  }
}

async function installedState(operations: readonly Operation[]): Promise<Record<string, string>> {
  const world = sampleWorld()
  assert.equal(await install(world, operations, world), 'installed')
  return snapshot(world, { ignoreRootTimes: true })
}

/** Fails at one call, then does what the next start does. Answers whether there was such a call. */
async function failAt(operations: readonly Operation[], mode: FaultMode, call: number, installed: Record<string, string>): Promise<boolean> {
  const world = sampleWorld()
  const before = snapshot(world, { ignoreRootTimes: true })
  const fault = failingAt(world, call, mode)
  const outcome = await install(fault.platform, operations)
  if (!hasStruck(fault)) return false
  const where = `${mode} at call ${call}`
  const next = isDead(fault) || outcome === 'rolled back in part' ? world.reopen() : world
  // The next start finishes what was left, even of an installation that succeeded.
  const reports = await recoverInterruptedInstallation(next, () => {})
  assert.ok(reports.every(({ problems }) => problems.length === 0), where)
  assert.equal(await sweepReplacedFiles(next, silentMessages()), 0, where)
  const after = snapshot(next, { ignoreRootTimes: true })
  assertEither(after, before, installed, isDead(fault) ? 'either' : outcome === 'installed' ? 'installed' : 'before', where)
  assertNothingLeft(next, where)
  return true
}

function assertEither(after: Record<string, string>, before: Record<string, string>, installed: Record<string, string>, wanted: 'either' | 'before' | 'installed', where: string): void {
  const expected = wanted === 'installed' || (wanted === 'either' && differences(after, installed).length === 0) ? installed : before
  assert.deepEqual(differences(after, expected), [], `${where}: not the state ${expected === installed ? 'installed' : 'before'}`)
}

function differences(found: Record<string, string>, expected: Record<string, string>): string[] {
  return [...new Set([...Object.keys(found), ...Object.keys(expected)])].filter((name) => found[name] !== expected[name])
    .map((name) => `${name}: expected ${expected[name] ?? 'nothing'}, found ${found[name] ?? 'nothing'}`)
}

function assertNothingLeft(platform: MemoryPlatform, where: string): void {
  for (const drive of platform.files.drives()) assert.equal(platform.files.stat(`${drive}Config.Msi`), undefined, `${where}: Config.Msi is left on ${drive}`)
}

/** Answers how many calls there are: each was tried. */
async function sweep(operations: readonly Operation[], mode: FaultMode): Promise<number> {
  const installed = await installedState(operations)
  let call = 0
  while (call < most && await failAt(operations, mode, call, installed)) call++
  assert.ok(call < most, `${mode}: ${call} calls and more`)
  return call
}

/** By themselves they change nothing. */
const withoutEffect = new Set(['ActionStart', 'CustomActionCommit'])

for (const [name, operations] of Object.entries(samples)) {
  test(`${name} is taken back or completed whatever happens`, async () => {
    for (const mode of faultModes) assert.equal(await sweep(operations, mode) > 0, !withoutEffect.has(name), `${mode}: calls that were tried`)
  })
}

const everything = Object.values(samples).flat()

for (const mode of faultModes) {
  test(`a script of all operations, ${mode}, leaves the old state or the new one`, async () => {
    const calls = await sweep(everything, mode)
    // Few take space.
    assert.ok(calls > (mode === 'disk full' ? 70 : 150), `${calls} calls`)
  })
}

test('a recovery that is killed is repeated', async () => {
  const operations = everything
  const before = snapshot(sampleWorld(), { ignoreRootTimes: true })
  const installed = await installedState(operations)
  for (let call = 20; call < most; call += 23) {
    const world = sampleWorld()
    const fault = failingAt(world, call, 'killed')
    await install(fault.platform, operations)
    if (!isDead(fault)) break
    let next = world.reopen()
    for (let again = call % 5; again < most; again = Math.ceil(again * 1.3) + 1) {
      const second = failingAt(next, again, 'killed')
      await recoverInterruptedInstallation(second.platform, () => {}).catch(() => [])
      if (!isDead(second)) break
      next = next.reopen()
    }
    await recoverInterruptedInstallation(next, () => {})
    assertEither(snapshot(next, { ignoreRootTimes: true }), before, installed, 'either', `call ${call}`)
    assertNothingLeft(next, `call ${call}`)
  }
})
