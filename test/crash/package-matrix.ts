// The crash matrix of one scenario: whenever its process is killed, wherever a call is refused or the disk fills up,
// the next start leaves the root as it was before, or as the installation would have left it.
import assert from 'node:assert/strict'
import { recoverInterruptedInstallation, sweepReplacedFiles } from 'msikit/engine'
import type { MemoryPlatform } from 'msikit/platform'
import { createVolatileMachine, interceptPlatform, recordCrashPoints, stateDifferences, worldState, type CrashRecording, type WorldState } from '../../dist/testing/index.js'
import { failingAt, hasStruck, type FaultMode } from './faults.ts'
import type { CrashScenario } from './package-scenarios.ts'
import { silentMessages } from './samples.ts'

export interface MatrixResult {
  /** Changing calls of the scenario. */
  readonly calls: number
  /** States that were left to a next start. */
  readonly tried: number
  readonly rolledBack: number
  readonly complete: number
}

/** States in memory at once. */
const window = 400

interface Ends {
  readonly before: WorldState
  /** After each transaction: an upgrade that removes the old version last has two. */
  readonly committed: readonly WorldState[]
  readonly succeeded: boolean
}

async function endsOf(scenario: CrashScenario): Promise<Ends> {
  const start = await scenario.start()
  const world = start.fork()
  const between: WorldState[] = []
  const platform = interceptPlatform(world, (call, proceed) => {
    const result = proceed()
    // The last of a transaction: its folder for backups goes.
    if (call.method === 'removeDirectory' && call.args[0] === 'C:\\Config.Msi') between.push(worldState(world))
    return result
  })
  const { exitCode, error } = await scenario.run(platform)
  const succeeded = exitCode === 0 || exitCode === 3010
  if (scenario.fails !== 'perhaps') assert.equal(succeeded, scenario.fails !== true, `${scenario.name}: ${exitCode} ${error?.message ?? ''}`)
  await sweepReplacedFiles(world, silentMessages())
  if (!succeeded) {
    const before = worldState(start)
    assert.deepEqual(stateDifferences(before, worldState(world), { ignoreFolderTimes: (path) => path.length === 3 }), [], scenario.name)
    return { before, committed: [before], succeeded }
  }
  return { before: worldState(start), committed: [...between.slice(0, -1), worldState(world)], succeeded }
}

/** A process that is killed before, in and after every changing call; of more than `most` states that this leaves, evenly as many. */
export async function killEverywhere(scenario: CrashScenario, most: number): Promise<MatrixResult> {
  const ends = await endsOf(scenario)
  const result = { calls: 0, tried: 0, rolledBack: 0, complete: 0 }
  const { states } = await recorded(scenario, 0, 0)
  const stride = strideOf(states, most)
  for (let from = 0; from < states; from += window * stride) {
    const recording = await recorded(scenario, from, from + window * stride, stride)
    result.calls = recording.calls
    for (const { left, where, call } of recording.points) {
      result[await judge(left, ends, `${scenario.name}: killed at call ${call}, ${where}`, 'either')]++
      result.tried++
    }
  }
  return result
}

/** Of `count` one in how many is tried, so that they are no more than `most`, which may be infinite. */
function strideOf(count: number, most: number): number {
  return Math.max(1, Math.ceil(count / most))
}

async function recorded(scenario: CrashScenario, from: number, to: number, stride = 1): Promise<CrashRecording> {
  const recording = recordCrashPoints((await scenario.start()).fork(), { from, to, stride })
  await scenario.run(recording.platform)
  recording.end()
  return recording
}

/** A call that changes something, or one that takes space, fails, each in a run of its own; the process goes on and rolls back. */
export async function failEverywhere(scenario: CrashScenario, mode: FaultMode, most: number): Promise<MatrixResult> {
  const ends = await endsOf(scenario)
  const result = { calls: 0, tried: 0, rolledBack: 0, complete: 0 }
  const untouched = failingAt((await scenario.start()).fork(), Number.POSITIVE_INFINITY, mode)
  await scenario.run(untouched.platform)
  result.calls = untouched.platform.counted
  const stride = strideOf(result.calls, most)
  for (let call = mode.length % stride; call < result.calls; call += stride) {
    const world = (await scenario.start()).fork()
    const fault = failingAt(world, call, mode)
    const { exitCode } = await scenario.run(fault.platform)
    assert.ok(hasStruck(fault), `${scenario.name}: ${mode} at call ${call}: it was not made again`)
    const succeeded = exitCode === 0 || exitCode === 3010
    result[await judge(world.reopen(), ends, `${scenario.name}: ${mode} at call ${call}, ${exitCode}`, succeeded ? 'complete' : 'rolledBack')]++
    result.tried++
  }
  return result
}

/** The power goes at as many calls, evenly apart, several times at each; and once the installation has returned. */
export async function losePowerAt(scenario: CrashScenario, most: number): Promise<MatrixResult> {
  const ends = await endsOf(scenario)
  const result = { calls: 0, tried: 0, rolledBack: 0, complete: 0 }
  const found: { left: MemoryPlatform; where: string }[] = []
  const plain = createVolatileMachine((await scenario.start()).fork())
  await scenario.run(plain.platform)
  const stride = strideOf(plain.calls, most)
  const machine = createVolatileMachine((await scenario.start()).fork(), (volatile, { port, method, args }) => {
    const { calls } = volatile
    if (calls % stride !== 0 && method !== 'flush, half way') return
    for (const [index, kept] of [0, 0.5, 0.9].entries()) {
      found.push({ left: volatile.losePower(calls * 3 + index, kept), where: `${scenario.name}: power lost at call ${calls}, ${port}.${method} ${String(args[0]).slice(0, 60)}, ${kept} kept` })
    }
  })
  await scenario.run(machine.platform)
  result.calls = machine.calls
  for (const { left, where } of found) result[await judge(left, ends, where, 'either', true)]++
  for (const kept of [0, 0.5, 0.9]) result[await judge(machine.losePower(kept * 10, kept), ends, `${scenario.name}: power lost after the end, ${kept} kept`, ends.succeeded ? 'complete' : 'rolledBack', true)]++
  result.tried = found.length + 3
  return result
}

/** What the next start does, what it says, and what is there then. */
async function judge(left: MemoryPlatform, ends: Ends, where: string, wanted: 'either' | 'complete' | 'rolledBack', powerLost = false): Promise<'complete' | 'rolledBack'> {
  const lines: string[] = []
  const reports = await recoverInterruptedInstallation(left, (line) => { lines.push(line) })
  assert.deepEqual(reports.flatMap(({ problems }) => problems), [], where)
  await sweepReplacedFiles(left, silentMessages())
  const found = worldState(left)
  // Folders that an installation makes, or changes on its way to success, have the time of that.
  const untimed = { ignoreFolderTimes: (): boolean => true }
  const fromBefore = stateDifferences(ends.before, found, { ignoreFolderTimes: (path) => powerLost || path.length === 3 })
  const fromCommitted = ends.committed.map((one) => stateDifferences(one, found, untimed))
  const isBefore = fromBefore.length === 0
  const isBetween = fromCommitted.slice(0, -1).some((one) => one.length === 0)
  const isComplete = fromCommitted.at(-1)!.length === 0
  const said = reports.map(({ outcome }) => outcome)
  const fits = (wanted !== 'complete' && (isBetween || (isBefore && !said.includes('completed')))) || (wanted !== 'rolledBack' && isComplete && !said.includes('rolled back'))
  assert.ok(fits, `${where}\nrecovery: ${said.join()} ${lines.join(' | ')}\nfrom before:\n  ${fromBefore.slice(0, 8).join('\n  ')}\nfrom installed:\n  ${fromCommitted.at(-1)!.slice(0, 8).join('\n  ')}`)
  return (isBefore || isBetween) && wanted !== 'complete' ? 'rolledBack' : 'complete'
}
