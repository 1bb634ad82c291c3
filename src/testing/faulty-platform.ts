// A Platform that fails where it is told to: a full disk, a refusal, or the end of the process. With it a test can try
// every point at which an installation may be struck.
import { WindowsError, type ErrorCodeName } from '../base/index.ts'
import type { Platform } from '../platform/index.ts'
import { describeCall, interceptPlatform, type PortCall } from './port-calls.ts'

/** No WindowsError: nobody but a test may catch it, as nobody survives a killed process. */
export class SimulatedKill extends Error {
  override readonly name = 'SimulatedKill'
}

export interface FaultOptions {
  /** `kill` ends the process: a write that is struck is half done, and every later call of any kind throws SimulatedKill too. */
  readonly fault?: 'kill' | ErrorCodeName
  /** Which calls count; by default those that change something. */
  readonly counts?: (call: PortCall) => boolean
  /** Later calls that count fail too, as on a disk that stays full. */
  readonly persistent?: boolean
}

export interface FaultyPlatform extends Platform {
  /** Calls that counted since the last `failAfter`; without a fault the number of places where one may strike. */
  readonly counted: number
  /** The call that was struck. */
  readonly struck: PortCall | undefined
  /** Lets `count` calls pass and strikes the next one; ERROR_DISK_FULL unless another fault is asked for. */
  failAfter(count: number, options?: FaultOptions): void
}

/** @param most `changes`: only calls that change something can be struck; much faster, and not for `kill` */
export function createFaultyPlatform(platform: Platform, most: 'all' | 'changes' = 'all'): FaultyPlatform {
  let counted = 0
  let limit = Number.POSITIVE_INFINITY
  let options: FaultOptions = {}
  let struck: PortCall | undefined

  const faulty = interceptPlatform(platform, (call, proceed) => {
    const { fault = 'ERROR_DISK_FULL', persistent = false, counts = ({ changes }: PortCall) => changes } = options
    if (struck !== undefined && fault === 'kill') throw killedAt(struck)
    if (!counts(call)) return proceed()
    const isStruck = struck === undefined ? counted === limit : persistent
    counted++
    if (!isStruck) return proceed()
    struck ??= call
    if (fault !== 'kill') throw new WindowsError(fault, `${describeCall(call)}: the test asked for this fault`)
    const [chunk] = call.args
    if (call.port === 'writer' && chunk instanceof Uint8Array) proceed([chunk.subarray(0, chunk.length >> 1)])
    throw killedAt(call)
  }, most)
  return {
    ...faulty,
    get counted() { return counted },
    get struck() { return struck },
    failAfter: (count, faultOptions = {}) => {
      if (most === 'changes' && faultOptions.fault === 'kill') throw new Error('a process that is killed makes no call of any kind: intercept them all')
      counted = 0
      limit = count
      options = faultOptions
      struck = undefined
    },
  }
}

function killedAt(call: PortCall): SimulatedKill {
  return new SimulatedKill(`the process was killed at ${describeCall(call)}`)
}
