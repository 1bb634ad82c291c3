// The ways to fail that every call to the outside world is tried with.
import type { Platform } from 'msikit/platform'
import { createFaultyPlatform, type FaultOptions, type FaultyPlatform } from '../../dist/testing/index.js'

export type FaultMode = 'throws' | 'disk full' | 'killed'

/** Registry changes are in memory until their flush. */
const takesSpace = new Set(['create', 'createDirectory', 'write', 'flush'])

export const faults: Readonly<Record<FaultMode, FaultOptions>> = {
  throws: { fault: 'ERROR_ACCESS_DENIED' },
  'disk full': { fault: 'ERROR_DISK_FULL', persistent: true, counts: ({ changes, method }) => changes && takesSpace.has(method) },
  // A write that is struck arrives by half.
  killed: { fault: 'kill' },
}

export const faultModes = Object.keys(faults) as FaultMode[]

export interface Fault {
  readonly platform: FaultyPlatform
  readonly mode: FaultMode
}

export function failingAt(base: Platform, call: number, mode: FaultMode): Fault {
  const platform = createFaultyPlatform(base, mode === 'killed' ? 'all' : 'changes')
  platform.failAfter(call, faults[mode])
  return { platform, mode }
}

export function hasStruck({ platform }: Fault): boolean {
  return platform.struck !== undefined
}

export function isDead(fault: Fault): boolean {
  return fault.mode === 'killed' && hasStruck(fault)
}
