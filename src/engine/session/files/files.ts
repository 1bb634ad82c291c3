// A row of the File table in the session, with what costing decided. https://learn.microsoft.com/windows/win32/msi/file-versioning-rules
// https://learn.microsoft.com/windows/win32/msi/file-versioning-rules
import type { FileAttributes } from '../../../platform/index.ts'

export interface FileEntry {
  /** File table key: also its name in a cabinet. */
  readonly key: string
  readonly component: string
  readonly shortName: string
  readonly longName: string
  readonly size: number
  /** `''` when unversioned; may name another File row (companion file). */
  readonly version: string
  readonly language: string
  readonly attributes: FileAttributes
  readonly vital: boolean
  /** Checksum attribute (0x400): the file has a valid PE checksum, which CRC checking verifies. */
  readonly checksum: boolean
  /** From the File attributes and the package's Word Count. */
  readonly compressed: boolean
  readonly sequence: number
  /** MD5 of the MsiFileHash table, hexadecimal. */
  readonly hash: string | undefined
  /** Full target path; `''` before CostFinalize. */
  targetPath: string
  /** The folder of the uncompressed file in the source tree; a compressed one would lie there in an administrative image. */
  sourceFolder: string
  /** It has its short name there. */
  sourceIsShort: boolean
  /** Full path of it; `''` before CostFinalize. */
  readonly sourcePath: string
  /** `copy` when it will be written; `remove` when it goes with its component. */
  disposition: 'copy' | 'keep' | 'remove' | 'none'
  /** The log's phrase for the disposition, such as `Overwrite;  Won't patch;  Existing file is a lower version`. */
  reason: string
}
