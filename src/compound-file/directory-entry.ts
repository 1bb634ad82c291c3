// A directory entry: 128 bytes, MS-CFB 2.6.1. Times are FILETIMEs, 0 when not set.
import { decodeUtf16, encodeUtf16, guidFromBytes, guidToBytes, FormatError } from '../base/index.ts'
import { maximumNameUnits } from './names.ts'

export const entryType = { unused: 0, storage: 1, stream: 2, root: 5 } as const
export const entryColor = { red: 0, black: 1 } as const
/** No sibling, no child. */
export const noEntry = 0xffffffff
export const nullGuid = '{00000000-0000-0000-0000-000000000000}'

export interface DirectoryEntry {
  readonly name: string
  readonly type: number
  readonly color: number
  readonly left: number
  readonly right: number
  readonly child: number
  /** Registry form; streams have none. */
  readonly classId: string
  readonly stateBits: number
  readonly created: bigint
  readonly modified: bigint
  readonly startSector: number
  readonly sizeBytes: number
}

export const directoryEntry = {
  size: 128,

  /** `wideSize` is false in version 3, where the upper half of the size may hold anything. */
  read(bytes: Uint8Array, offset: number, wideSize: boolean): DirectoryEntry {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, this.size)
    const type = view.getUint8(66)
    const nameUnits = Math.min(Math.max(view.getUint16(64, true) >> 1, 1) - 1, maximumNameUnits)
    return {
      name: decodeUtf16(bytes, offset, offset + nameUnits * 2),
      type,
      color: view.getUint8(67),
      left: view.getUint32(68, true),
      right: view.getUint32(72, true),
      child: view.getUint32(76, true),
      classId: type === entryType.stream ? nullGuid : guidFromBytes(bytes, offset + 80),
      stateBits: view.getUint32(96, true),
      created: view.getBigUint64(100, true),
      modified: view.getBigUint64(108, true),
      startSector: view.getUint32(116, true),
      sizeBytes: view.getUint32(120, true) + (wideSize ? view.getUint32(124, true) * 0x1_0000_0000 : 0),
    }
  },

  write(value: DirectoryEntry, bytes: Uint8Array, offset: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, this.size)
    const classId = guidToBytes(value.classId)
    if (classId === undefined) {
      throw new FormatError({ structure: `directory entry ${value.name}`, field: 'class id', expected: 'a GUID in registry form', found: value.classId }, 'ERROR_INVALID_PARAMETER')
    }
    bytes.set(encodeUtf16(value.name), offset)
    view.setUint16(64, (value.name.length + 1) * 2, true)
    view.setUint8(66, value.type)
    view.setUint8(67, value.color)
    view.setUint32(68, value.left, true)
    view.setUint32(72, value.right, true)
    view.setUint32(76, value.child, true)
    bytes.set(classId, offset + 80)
    view.setUint32(96, value.stateBits, true)
    view.setBigUint64(100, value.created, true)
    view.setBigUint64(108, value.modified, true)
    view.setUint32(116, value.startSector, true)
    view.setUint32(120, value.sizeBytes % 0x1_0000_0000, true)
    view.setUint32(124, Math.floor(value.sizeBytes / 0x1_0000_0000), true)
  },

  /** An entry that is not in use. */
  writeUnused(bytes: Uint8Array, offset: number): void {
    bytes.fill(0xff, offset + 68, offset + 80)
  },
}
