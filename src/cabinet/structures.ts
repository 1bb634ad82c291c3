// The four structures of a cabinet, little-endian: CFHEADER, CFFOLDER, CFFILE and CFDATA, as values that can be read
// and written. [MS-CAB] section 2. Strings are raw bytes here: their encoding depends on a flag of the file.
import { FormatError } from '../base/index.ts'

export const headerFlags = { previousCabinet: 1, nextCabinet: 2, reservePresent: 4 } as const
export const fileAttributes = { readOnly: 1, hidden: 2, system: 4, archive: 0x20, execute: 0x40, utf8Name: 0x80 } as const
/** Values of `CFFILE.iFolder` for files whose data begin or end in another cabinet. */
export const folderIndex = { continuedFromPrevious: 0xfffd, continuedToNext: 0xfffe, continuedBoth: 0xffff } as const
/** The most bytes a data block may decompress to. */
export const maximumBlockBytes = 0x8000

/** The fixed 36 bytes of CFHEADER. */
export interface CabinetHeader {
  readonly cabinetBytes: number
  readonly filesOffset: number
  readonly minorVersion: number
  readonly majorVersion: number
  readonly folderCount: number
  readonly fileCount: number
  readonly flags: number
  readonly setId: number
  readonly index: number
}

export const cabinetHeader = {
  size: 36,
  read(bytes: Uint8Array): CabinetHeader {
    if (bytes.length < 36) throw new FormatError({ structure: 'cabinet header', expected: '36 bytes', found: `${bytes.length}` })
    const view = viewOf(bytes)
    const signature = view.getUint32(0, true)
    if (signature !== 0x4643534d) {
      throw new FormatError({ structure: 'cabinet header', field: 'signature', offsetBytes: 0, expected: 'MSCF',
        found: `0x${signature.toString(16).padStart(8, '0')}` })
    }
    return {
      cabinetBytes: view.getUint32(8, true), filesOffset: view.getUint32(16, true),
      minorVersion: bytes[24]!, majorVersion: bytes[25]!,
      folderCount: view.getUint16(26, true), fileCount: view.getUint16(28, true), flags: view.getUint16(30, true),
      setId: view.getUint16(32, true), index: view.getUint16(34, true),
    }
  },
  write(header: CabinetHeader): Uint8Array {
    const bytes = new Uint8Array(36)
    const view = viewOf(bytes)
    view.setUint32(0, 0x4643534d, true)
    view.setUint32(8, header.cabinetBytes, true)
    view.setUint32(16, header.filesOffset, true)
    bytes[24] = header.minorVersion
    bytes[25] = header.majorVersion
    view.setUint16(26, header.folderCount, true)
    view.setUint16(28, header.fileCount, true)
    view.setUint16(30, header.flags, true)
    view.setUint16(32, header.setId, true)
    view.setUint16(34, header.index, true)
    return bytes
  },
} as const

/** CFFOLDER without its reserve area. */
export interface FolderEntry {
  readonly dataOffset: number
  readonly blockCount: number
  /** `typeCompress`: the method in bits 0-3, its parameters above. */
  readonly compression: number
}

export const folderEntry = {
  size: 8,
  read(bytes: Uint8Array): FolderEntry {
    const view = viewOf(bytes)
    return { dataOffset: view.getUint32(0, true), blockCount: view.getUint16(4, true), compression: view.getUint16(6, true) }
  },
  write(folder: FolderEntry): Uint8Array {
    const bytes = new Uint8Array(8)
    const view = viewOf(bytes)
    view.setUint32(0, folder.dataOffset, true)
    view.setUint16(4, folder.blockCount, true)
    view.setUint16(6, folder.compression, true)
    return bytes
  },
} as const

/** CFFILE; `size` counts the fixed 16 bytes, the name and its NUL follow. Read by `FileEntries`, all at once. */
export interface FileEntry {
  readonly size: number
  /** Where the file begins in its folder's uncompressed data. */
  readonly folderOffset: number
  readonly folder: number
  readonly date: number
  readonly time: number
  readonly attributes: number
}

export const fileEntry = {
  size: 16,
  /** With the name and its NUL. */
  write(file: FileEntry, name: Uint8Array): Uint8Array {
    const bytes = new Uint8Array(17 + name.length)
    const view = viewOf(bytes)
    view.setUint32(0, file.size, true)
    view.setUint32(4, file.folderOffset, true)
    view.setUint16(8, file.folder, true)
    view.setUint16(10, file.date, true)
    view.setUint16(12, file.time, true)
    view.setUint16(14, file.attributes, true)
    bytes.set(name, 16)
    return bytes
  },
} as const

/** CFDATA without its reserve area and data. */
export interface DataEntry {
  /** 0: not checked. */
  readonly checksum: number
  readonly compressedBytes: number
  /** 0: the block is completed by the first one of the next cabinet. */
  readonly uncompressedBytes: number
}

export const dataEntry = {
  size: 8,
  read(bytes: Uint8Array): DataEntry {
    const view = viewOf(bytes)
    return { checksum: view.getUint32(0, true), compressedBytes: view.getUint16(4, true), uncompressedBytes: view.getUint16(6, true) }
  },
  write(data: DataEntry): Uint8Array {
    const bytes = new Uint8Array(8)
    const view = viewOf(bytes)
    view.setUint32(0, data.checksum, true)
    view.setUint16(4, data.compressedBytes, true)
    view.setUint16(6, data.uncompressedBytes, true)
    return bytes
  },
} as const

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
