// Every state in which a process that is killed can leave a machine in memory, from one run: before each changing call,
// in the middle of it (half of a write, some hives of a flush), and after the last. States that are equal to the one
// before, as after a registry change that was not flushed, are counted and not kept.
import type { DurableHives, MemoryPlatform, Platform } from '../platform/index.ts'
import { describeCall, interceptPlatform, type PortCall } from './port-calls.ts'

export interface CrashPoint {
  /** Changing calls that were made before the process ended. */
  readonly call: number
  readonly where: string
  /** The machine as the next process finds it. */
  readonly left: MemoryPlatform
}

export interface CrashPointOptions {
  /** Points to keep, by their number among the distinct ones: `from` inclusive, `to` exclusive. */
  readonly from?: number
  readonly to?: number
  /** Every how-manieth of them. */
  readonly stride?: number
}

export interface CrashRecording {
  readonly platform: Platform
  readonly points: readonly CrashPoint[]
  /** Changing calls so far. */
  readonly calls: number
  /** Distinct states so far, kept or not. */
  readonly states: number
  /** The state after the last call; call it when the run is over. */
  end(): void
}

/** Calls whose effect is in the memory of the process until a flush. */
const volatileCalls = new Set(['createKey', 'setValue', 'deleteValue', 'deleteKey', 'setSecurity'])

export function recordCrashPoints(world: MemoryPlatform, { from = 0, to = Number.POSITIVE_INFINITY, stride = 1 }: CrashPointOptions = {}): CrashRecording {
  const points: CrashPoint[] = []
  let calls = 0
  let states = 0
  let isNew = true
  const keep = (where: string, hives?: DurableHives): void => {
    if (states >= from && states < to && (states - from) % stride === 0) points.push({ call: calls, where, left: world.fork(hives === undefined ? {} : { hives }) })
    states++
  }
  const platform = interceptPlatform(world, (call, proceed) => {
    if (!call.changes) return proceed()
    if (isNew) keep(`before ${describeCall(call)}`)
    isNew = !(call.port === 'registry' && volatileCalls.has(call.method))
    const result = struckInTheMiddle(call, proceed, world, (hives) => { keep(`during ${describeCall(call)}`, hives) })
    calls++
    return result
  }, 'changes')
  return {
    platform, points,
    get calls() { return calls },
    get states() { return states },
    end: () => { if (isNew) keep('after the last call') },
  }
}

function struckInTheMiddle(call: PortCall, proceed: (args?: readonly unknown[]) => unknown, world: MemoryPlatform, keep: (hives?: DurableHives) => void): unknown {
  const [chunk] = call.args
  if (call.port === 'writer' && chunk instanceof Uint8Array && chunk.length > 1) {
    proceed([chunk.subarray(0, chunk.length >> 1)])
    keep()
    return proceed([chunk.subarray(chunk.length >> 1)])
  }
  if (call.port !== 'registry' || call.method !== 'flush') return proceed()
  const before = new Map(world.durableHives)
  const result = proceed()
  const written = [...world.durableHives].filter(([path, tree]) => before.get(path) !== tree)
  for (let count = 1; count < written.length; count++) keep(new Map([...before, ...written.slice(0, count)]))
  return result
}
