// The crash matrix of one scenario: whenever its process is killed, wherever a call is refused or the disk fills up,
// the next start leaves the root as it was before, or as the installation would have left it. Every call is tried, and
// that it was is asserted: of a failing run, too, that it was the call of this number of the run that is left alone.
import assert from 'node:assert/strict'
import { recoverInterruptedInstallation, sweepReplacedFiles } from 'msikit/engine'
import type { MemoryPlatform } from 'msikit/platform'
import { createVolatileMachine, interceptPlatform, recordCrashPoints, stateDifferences, worldState, type CrashPoint, type PortCall, type WorldState } from '../../dist/testing/index.js'
import { DecompressedOnce } from './decompressed-once.ts'
import { failingAt, faults, hasStruck } from './faults.ts'
import type { CrashScenario } from './package-scenarios.ts'
import { silentMessages } from './samples.ts'

export interface MatrixResult {
  /** States that were left to a next start. */
  readonly tried: number
  readonly rolledBack: number
  readonly complete: number
}

/** Some of the places where it may strike, by their numbers: `from` inclusive, `to` exclusive. */
export interface Places {
  readonly from: number
  readonly to: number
}

export type Way = 'killed' | 'refused' | 'disk full' | 'power lost'

/** A scenario, run once and left alone. */
export interface WatchedScenario {
  readonly scenario: CrashScenario
  readonly before: WorldState
  /** After each transaction: an upgrade that removes the old version last has two. */
  readonly committed: readonly WorldState[]
  readonly succeeded: boolean
  /** Calls that change something, in order. */
  readonly calls: readonly PortCall[]
  /** The states that a killed process leaves: before each of them, in the middle, and after the last. */
  readonly points: readonly CrashPoint[]
  /** Another copy of the world in which it begins. */
  readonly begin: () => MemoryPlatform
}

const hourMs = 3_600_000

export async function watch(scenario: CrashScenario): Promise<WatchedScenario> {
  const start = await scenario.start()
  const decompressed = new DecompressedOnce()
  const begin = (): MemoryPlatform => {
    const world = start.fork()
    // Whatever is changed from here on has another time than what was there.
    world.clock.set(world.clock.now() + hourMs)
    return { ...world, decompressAhead: decompressed.ahead }
  }
  const world = begin()
  const calls: PortCall[] = []
  const between: WorldState[] = []
  const recording = recordCrashPoints(world)
  const platform = interceptPlatform(recording.platform, (call, proceed) => {
    if (call.changes) calls.push(withoutBytes(call))
    const result = proceed()
    // The last of a transaction: its folder for backups goes.
    if (call.method === 'removeDirectory' && call.args[0] === 'C:\\Config.Msi') between.push(worldState(world))
    return result
  }, 'changes')
  const { exitCode, error } = await scenario.run(platform)
  recording.end()
  const succeeded = exitCode === 0 || exitCode === 3010
  if (scenario.fails !== 'perhaps') assert.equal(succeeded, scenario.fails !== true, `${scenario.name}: ${exitCode} ${error?.message ?? ''}`)
  await sweepReplacedFiles(world, silentMessages())
  const [before, after] = [worldState(start), worldState(world)]
  if (!succeeded) assert.deepEqual(stateDifferences(before, after, { ignoreFolderTimes: isRoot }), [], scenario.name)
  assert.equal(recording.calls, calls.length, scenario.name)
  return { scenario, before, committed: succeeded ? [...between.slice(0, -1), after] : [before], succeeded, calls, points: recording.points, begin }
}

/** What is written need not stay in memory. */
function withoutBytes(call: PortCall): PortCall {
  return call.port === 'writer' ? { ...call, args: [] } : call
}

const isRoot = (path: string): boolean => path.length === 3

/** How many places there are. The power may go at any call that makes something durable, too: it is tried at so many of them only. */
export function placesOf({ calls, points }: WatchedScenario, way: Way): number {
  switch (way) {
    case 'killed': return points.length
    case 'refused': return calls.length
    case 'disk full': return calls.filter(takesSpace).length
    case 'power lost': return 1
  }
}

const takesSpace = faults['disk full'].counts!

export function strike(watched: WatchedScenario, way: Way, places: Places): Promise<MatrixResult> {
  switch (way) {
    case 'killed': return kill(watched, places)
    case 'refused': return fail(watched, 'throws', places)
    case 'disk full': return fail(watched, 'disk full', places)
    case 'power lost': return losePower(watched)
  }
}

/** A process that is killed before, in and after changing calls. */
async function kill(watched: WatchedScenario, { from, to }: Places): Promise<MatrixResult> {
  const result = { tried: 0, rolledBack: 0, complete: 0 }
  for (const { left, where, call } of watched.points.slice(from, to)) {
    result[await judge(left.fork(), watched, () => `${watched.scenario.name}: killed at call ${call}, ${where}`, 'either')]++
    result.tried++
  }
  return result
}

/** A call that changes something, or one that takes space, fails, each in a run of its own; the process goes on and rolls back. */
async function fail(watched: WatchedScenario, mode: 'throws' | 'disk full', { from, to }: Places): Promise<MatrixResult> {
  const { scenario, begin } = watched
  const calls = mode === 'throws' ? watched.calls : watched.calls.filter(takesSpace)
  const result = { tried: 0, rolledBack: 0, complete: 0 }
  for (let number = from; number < to; number++) {
    const expected = calls[number]!
    const world = begin()
    const fault = failingAt(world, number, mode)
    const { exitCode } = await scenario.run(fault.platform)
    const { struck } = fault.platform
    const where = (): string => `${scenario.name}: ${mode} at call ${number}, ${expected.port}.${expected.method}, ${exitCode}`
    assert.ok(hasStruck(fault), `${where()}: it was not made again`)
    assert.equal(`${struck!.port}.${struck!.method}`, `${expected.port}.${expected.method}`, `${where()}: another call was made`)
    const succeeded = exitCode === 0 || exitCode === 3010
    result[await judge(world.reopen(), watched, where, succeeded ? 'complete' : 'rolledBack')]++
    result.tried++
  }
  return result
}

/** Calls at which the power goes, evenly apart. */
const powerLosses = 20
/** How likely a change survives that nobody made durable. */
const kept = [0, 0.5, 0.9]

/** The power goes several times at a call; and once the installation has returned. */
async function losePower(watched: WatchedScenario): Promise<MatrixResult> {
  const { scenario, begin, succeeded } = watched
  const result = { tried: 0, rolledBack: 0, complete: 0 }
  const found: { left: MemoryPlatform; where: string }[] = []
  const stride = Math.max(1, Math.ceil(watched.calls.length / (powerLosses * (scenario.share ?? 1))))
  const machine = createVolatileMachine(begin(), (volatile, { port, method, args }) => {
    const { calls } = volatile
    if (calls % stride !== 0 && method !== 'flush, half way') return
    for (const [index, one] of kept.entries()) {
      found.push({ left: volatile.losePower(calls * 3 + index, one), where: `${scenario.name}: power lost at call ${calls}, ${port}.${method} ${String(args[0]).slice(0, 60)}, ${one} kept` })
    }
  })
  await scenario.run(machine.platform)
  for (const { left, where } of found) result[await judge(left, watched, () => where, 'either', true)]++
  for (const one of kept) result[await judge(machine.losePower(one * 10, one), watched, () => `${scenario.name}: power lost after the end, ${one} kept`, succeeded ? 'complete' : 'rolledBack', true)]++
  result.tried = found.length + kept.length
  return result
}

/** What the next start does, what it says, and what is there then. */
async function judge(left: MemoryPlatform, { before, committed }: WatchedScenario, where: () => string, wanted: 'either' | 'complete' | 'rolledBack', powerLost = false): Promise<'complete' | 'rolledBack'> {
  const lines: string[] = []
  const reports = await recoverInterruptedInstallation(left, (line) => { lines.push(line) })
  const problems = reports.flatMap((report) => report.problems)
  if (problems.length > 0) assert.deepEqual(problems, [], where())
  await sweepReplacedFiles(left, silentMessages())
  const found = worldState(left)
  const fromBefore = (most?: number): string[] => stateDifferences(before, found, { ignoreFolderTimes: (path) => powerLost || isRoot(path), ...(most === undefined ? {} : { most }) })
  // Folders that an installation makes, or changes on its way to success, have the time of that.
  const fromCommitted = (one: WorldState, most: number): string[] => stateDifferences(one, found, { ignoreFolderTimes: () => true, most })
  const isBefore = fromBefore(1).length === 0
  const isBetween = committed.slice(0, -1).some((one) => fromCommitted(one, 1).length === 0)
  const isComplete = fromCommitted(committed.at(-1)!, 1).length === 0
  const said = reports.map(({ outcome }) => outcome)
  const fits = (wanted !== 'complete' && (isBetween || (isBefore && !said.includes('completed')))) || (wanted !== 'rolledBack' && isComplete && !said.includes('rolled back'))
  if (!fits) assert.fail(`${where()}\nrecovery: ${said.join()} ${lines.join(' | ')}\nfrom before:\n  ${fromBefore(8).join('\n  ')}\nfrom installed:\n  ${fromCommitted(committed.at(-1)!, 8).join('\n  ')}`)
  return (isBefore || isBetween) && wanted !== 'complete' ? 'rolledBack' : 'complete'
}
