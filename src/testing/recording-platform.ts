// A Platform that writes down what is asked of it, in order.
import type { Platform } from '../platform/index.ts'
import { describeCall, interceptPlatform, type PortCall } from './port-calls.ts'

export interface RecordingPlatform extends Platform {
  readonly calls: readonly PortCall[]
  /** The calls that changed something, one line each, such as `files.create C:\x`. */
  changes(): string[]
  /** Forgets what was recorded. */
  clear(): void
}

export function createRecordingPlatform(platform: Platform): RecordingPlatform {
  const calls: PortCall[] = []
  const recording = interceptPlatform(platform, (call, proceed) => {
    calls.push(call)
    return proceed()
  })
  return {
    ...recording,
    calls,
    changes: () => calls.filter((call) => call.changes).map(describeCall),
    clear: () => { calls.length = 0 },
  }
}
