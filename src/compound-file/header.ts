// The compound file header: 512 bytes, MS-CFB 2.2. A version 4 file pads it to a whole sector.
// Sector ids count from the first sector after the header.
import { copyUint32, FormatError, type Findings } from '../base/index.ts'

/** Marks in the allocation tables and in the directory, MS-CFB 2.1. */
export const sectorMark = { difat: 0xfffffffc, fat: 0xfffffffd, endOfChain: 0xfffffffe, free: 0xffffffff } as const
/** The largest regular sector id. */
export const maximumSector = 0xfffffffa

export const miniSectorShift = 6
export const miniStreamCutoff = 4096
const difatInHeader = 109
const magic = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]
const structure = 'compound file header'

export interface Header {
  readonly majorVersion: 3 | 4
  /** 9 or 12: the sector size is 2 to this power. */
  readonly sectorShift: number
  readonly fatSectorCount: number
  /** Always 0 in version 3. */
  readonly directorySectorCount: number
  readonly firstDirectorySector: number
  /** Streams shorter than this live in the mini stream. */
  readonly miniStreamCutoff: number
  readonly firstMiniFatSector: number
  readonly miniFatSectorCount: number
  readonly firstDifatSector: number
  readonly difatSectorCount: number
  /** Where the first 109 sectors of the FAT are, {@link sectorMark}.free where there is none. */
  readonly difat: Uint32Array
}

export const header = {
  size: 512,
  difatInHeader,

  read(bytes: Uint8Array, findings: Findings): Header {
    if (magic.some((byte, index) => bytes[index] !== byte)) {
      throw new FormatError({ structure, field: 'signature', offsetBytes: 0, expected: 'D0 CF 11 E0 A1 B1 1A E1', found: foundBytes(bytes.subarray(0, 8)) })
    }
    if (bytes.length < this.size) {
      throw new FormatError({ structure, expected: '512 bytes', found: `${bytes.length}` })
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const sectorShift = view.getUint16(0x1e, true)
    if (sectorShift !== 9 && sectorShift !== 12) {
      throw new FormatError({ structure, field: 'sector shift', offsetBytes: 0x1e, expected: '9 or 12', found: `${sectorShift}` })
    }
    const majorVersion = sectorShift === 9 ? 3 : 4
    const expect = (field: string, offsetBytes: number, expected: number, found: number): void => {
      if (found !== expected) findings.report({ id: 'header-field', structure, field, offsetBytes, expected: `${expected}`, found: `${found}` })
    }
    expect('major version', 0x1a, majorVersion, view.getUint16(0x1a, true))
    expect('byte order', 0x1c, 0xfffe, view.getUint16(0x1c, true))
    expect('mini sector shift', 0x20, miniSectorShift, view.getUint16(0x20, true))
    expect('mini stream cutoff', 0x38, miniStreamCutoff, view.getUint32(0x38, true))
    const difat = new Uint32Array(difatInHeader)
    copyUint32(bytes.subarray(0x4c), difat)
    return {
      majorVersion,
      sectorShift,
      directorySectorCount: view.getUint32(0x28, true),
      fatSectorCount: view.getUint32(0x2c, true),
      firstDirectorySector: view.getUint32(0x30, true),
      miniStreamCutoff: view.getUint32(0x38, true),
      firstMiniFatSector: view.getUint32(0x3c, true),
      miniFatSectorCount: view.getUint32(0x40, true),
      firstDifatSector: view.getUint32(0x44, true),
      difatSectorCount: view.getUint32(0x48, true),
      difat,
    }
  },

  write(value: Header): Uint8Array {
    const bytes = new Uint8Array(1 << value.sectorShift)
    const view = new DataView(bytes.buffer)
    bytes.set(magic)
    view.setUint16(0x18, 0x3e, true)
    view.setUint16(0x1a, value.majorVersion, true)
    view.setUint16(0x1c, 0xfffe, true)
    view.setUint16(0x1e, value.sectorShift, true)
    view.setUint16(0x20, miniSectorShift, true)
    view.setUint32(0x28, value.directorySectorCount, true)
    view.setUint32(0x2c, value.fatSectorCount, true)
    view.setUint32(0x30, value.firstDirectorySector, true)
    view.setUint32(0x38, value.miniStreamCutoff, true)
    view.setUint32(0x3c, value.firstMiniFatSector, true)
    view.setUint32(0x40, value.miniFatSectorCount, true)
    view.setUint32(0x44, value.firstDifatSector, true)
    view.setUint32(0x48, value.difatSectorCount, true)
    for (let index = 0; index < difatInHeader; index++) {
      view.setUint32(0x4c + index * 4, value.difat[index] ?? sectorMark.free, true)
    }
    return bytes
  },
}

function foundBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? 'nothing' : Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')
}
