// The structures of restartmanager.h as they lie in memory: RM_UNIQUE_PROCESS, RM_PROCESS_INFO, RM_FILTER_INFO. Little-endian.
// https://learn.microsoft.com/windows/win32/api/restartmanager/ns-restartmanager-rm_process_info
import { decodeUtf16 } from '../../base/index.ts'
import type { ProcessIdentity } from '../../platform/index.ts'

/** The start time is a FILETIME, in decimal as the opaque start time of an identity. */
export const uniqueProcess = {
  size: 12,
  read(bytes: Buffer, offset: number): ProcessIdentity {
    return { pid: bytes.readUInt32LE(offset), startTime: String(bytes.readBigUInt64LE(offset + 4)) }
  },
  write(processes: readonly ProcessIdentity[]): Buffer {
    const bytes = Buffer.alloc(processes.length * uniqueProcess.size)
    for (const [index, { pid, startTime }] of processes.entries()) {
      bytes.writeUInt32LE(pid, index * uniqueProcess.size)
      bytes.writeBigUInt64LE(/^\d+$/.test(startTime) ? BigInt(startTime) : 0n, index * uniqueProcess.size + 4)
    }
    return bytes
  },
} as const

export interface ProcessInfo {
  readonly process: ProcessIdentity
  readonly name: string
  readonly serviceName: string
  readonly type: number
  readonly status: number
  readonly sessionId: number
  readonly restartable: boolean
}

export const processInfo = {
  size: 668,
  offsets: { process: 0, name: 12, serviceName: 524, type: 652, status: 656, sessionId: 660, restartable: 664 },
  read(bytes: Buffer, offset: number): ProcessInfo {
    const { offsets } = processInfo
    return {
      process: uniqueProcess.read(bytes, offset), name: text(bytes, offset + offsets.name, 256), serviceName: text(bytes, offset + offsets.serviceName, 64),
      type: bytes.readInt32LE(offset + offsets.type), status: bytes.readUInt32LE(offset + offsets.status),
      sessionId: bytes.readInt32LE(offset + offsets.sessionId), restartable: bytes.readInt32LE(offset + offsets.restartable) !== 0,
    }
  },
} as const

export interface FilterInfo {
  readonly action: number
  readonly trigger: number
  /** Bytes from this filter to the next; 0 at the last. */
  readonly nextOffset: number
  /** With the trigger process. */
  readonly process?: ProcessIdentity
  /** With the others: where the text lies in the process's memory. */
  readonly textAddress?: bigint
}

/** A union of a pointer and a structure of 12 bytes follows three numbers, aligned as pointers are. */
export const filterInfo = {
  size: (pointerBytes: 4 | 8): number => pointerBytes === 8 ? 32 : 24,
  unionOffset: (pointerBytes: 4 | 8): number => pointerBytes === 8 ? 16 : 12,
  read(bytes: Buffer, offset: number, pointerBytes: 4 | 8): FilterInfo {
    const at = offset + filterInfo.unionOffset(pointerBytes)
    const trigger = bytes.readInt32LE(offset + 4)
    const target = trigger === 2 ? { process: uniqueProcess.read(bytes, at) }
      : { textAddress: pointerBytes === 8 ? bytes.readBigUInt64LE(at) : BigInt(bytes.readUInt32LE(at)) }
    return { action: bytes.readInt32LE(offset), trigger, nextOffset: bytes.readUInt32LE(offset + 8), ...target }
  },
} as const

/** Up to the NUL that ends it, or the whole array. */
function text(bytes: Buffer, offset: number, units: number): string {
  const whole = decodeUtf16(bytes.subarray(offset, offset + units * 2))
  const end = whole.indexOf('\0')
  return end < 0 ? whole : whole.slice(0, end)
}
