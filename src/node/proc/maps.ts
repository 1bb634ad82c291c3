// /proc/PID/maps, parsed from bytes: of each line the device, the inode and where they stand. Lines of one file follow one
// another and are taken once. Line: `start-end perms offset major:minor inode   path`. proc_pid_maps(5)

export interface MapEntry {
  /** As stat's st_dev encodes it. */
  readonly device: number
  readonly major: number
  /** Rounded as every inode that is a number is. */
  readonly inode: number
  /** Offsets of the line in the bytes. */
  readonly lineStart: number
  readonly lineEnd: number
}

/** Calls back for every mapped file; anonymous memory is passed over. */
export function forEachMappedFile(bytes: Buffer, visit: (entry: MapEntry) => void): void {
  const view: Cursor = { bytes, offset: 0 }
  let lastDevice = -1
  let lastInode = 0
  while (view.offset < bytes.length) {
    const lineStart = view.offset
    if (isUsualLine(bytes, lineStart)) view.offset += usualDevice
    else skipFields(view, 3)
    const major = hexadecimal(view)
    const minor = hexadecimal(view)
    const inodeStart = view.offset
    let inode = decimal(view)
    const isExact = view.offset - inodeStart <= 15
    if (!isExact) inode = Number(bytes.toString('latin1', inodeStart, view.offset))
    const newline = bytes.indexOf(10, view.offset)
    const lineEnd = newline < 0 ? bytes.length : newline
    view.offset = lineEnd + 1
    const device = deviceNumber(major, minor)
    if (inode === 0 || (isExact && inode === lastInode && device === lastDevice)) continue
    lastDevice = device
    lastInode = inode
    visit({ device, major, inode, lineStart, lineEnd })
  }
}

/** Where the device stands if both addresses have twelve digits and the offset eight, as nearly always: most of a line need not be read. */
const usualDevice = 40

/** No end is shorter than its start, and no offset than eight digits: these three bytes tell. */
function isUsualLine(bytes: Buffer, start: number): boolean {
  return bytes[start + 12] === 0x2d && bytes[start + 25] === 0x20 && bytes[start + 39] === 0x20
}

interface Cursor {
  readonly bytes: Buffer
  offset: number
}

function skipFields(view: Cursor, count: number): void {
  const { bytes } = view
  let offset = view.offset
  for (let left = count; left > 0 && offset < bytes.length;) if (bytes[offset++] === 0x20) left--
  view.offset = offset
}

/** Up to and including the byte that ends it. */
function hexadecimal(view: Cursor): number {
  let value = 0
  for (; view.offset < view.bytes.length; view.offset++) {
    const byte = view.bytes[view.offset]!
    if (byte >= 0x30 && byte <= 0x39) value = value * 16 + byte - 0x30
    else if (byte >= 0x61 && byte <= 0x66) value = value * 16 + byte - 0x57
    else break
  }
  view.offset++
  return value
}

function decimal(view: Cursor): number {
  let value = 0
  for (; view.offset < view.bytes.length; view.offset++) {
    const byte = view.bytes[view.offset]!
    if (byte < 0x30 || byte > 0x39) break
    value = value * 10 + byte - 0x30
  }
  return value
}

/** The encoding of st_dev: low bytes of both below, the rest above. */
export function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + (major & 0xfff) * 0x100 + (minor >>> 8) * 0x10_0000 + Math.floor(major / 0x1000) * 0x1_0000_0000_000
}

export function deviceMajor(device: number): number {
  return Math.floor(device / 0x100) % 0x1000 + Math.floor(device / 0x1_0000_0000_000) * 0x1000
}

/** The path of a line, its escapes resolved; a backslash in the name itself cannot be told from an escape. */
export function mappedPath(bytes: Buffer, { lineStart, lineEnd }: MapEntry): string {
  const line = bytes.toString('utf8', lineStart, lineEnd)
  return line.replace(/^(?:\S+\s+){5}/, '').replaceAll('\\012', '\n')
}

/** `start-end`, as the entries of map_files are called. */
export function mappedRange(bytes: Buffer, { lineStart }: MapEntry): string {
  return bytes.toString('latin1', lineStart, bytes.indexOf(0x20, lineStart))
}
