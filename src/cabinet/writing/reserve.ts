// Reserve areas: room in header, folders and blocks for whoever works on a cabinet later, such as a signature in the
// header. [MS-CAB] section 2.1. Those of folders and blocks are written as zeros.
import { folderEntry } from '../structures.ts'
import { refused } from './cabinet-plan.ts'
import type { CabinetReserve } from './write-options.ts'

const mostHeaderBytes = 60_000

/** What follows the header's fixed part: nothing without reserve. @throws WindowsError ERROR_INVALID_PARAMETER */
export function writeReserve(reserve: CabinetReserve | undefined): Uint8Array {
  if (reserve === undefined) return new Uint8Array(0)
  const { header = new Uint8Array(0), folderBytes: inFolders = 0, dataBytes = 0 } = reserve
  if (header.length > mostHeaderBytes) throw refused('reserve of the header', `at most ${mostHeaderBytes} bytes`, `${header.length}`)
  for (const count of [inFolders, dataBytes]) {
    if (!Number.isInteger(count) || count < 0 || count > 255) throw refused('reserve of folders and blocks', '0 to 255 bytes', `${count}`)
  }
  const bytes = new Uint8Array(4 + header.length)
  bytes.set([header.length & 0xff, header.length >> 8, inFolders, dataBytes])
  bytes.set(header, 4)
  return bytes
}

/** CFFOLDER with its reserve. */
export function folderBytes(reserve: CabinetReserve | undefined): number {
  return folderEntry.size + (reserve?.folderBytes ?? 0)
}
