// What the registration of a type library needs to know of it, read from the library itself: a .tlb file, or the resource TYPELIB of
// an executable. Little-endian; a header of 0x54 bytes, an offset for each type, a directory of segments, then the segments.
// https://learn.microsoft.com/windows/win32/api/oleauto/nf-oleauto-registertypelib; the format ("MSFT") has no page of Microsoft's.
// Of the older format ("SLTG") nothing is known but that it is one.
import { codePage, guidFromBytes, type ByteSource } from '../../base/index.ts'
import { readResource } from '../session/files/pe-resource.ts'

export interface TypeLibrary {
  /** Its help string; `''` when it has none. */
  readonly description: string
  /** LIBFLAGS. */
  readonly flags: number
  /** Those that automation can marshal. */
  readonly interfaces: readonly LibraryInterface[]
}

export interface LibraryInterface {
  readonly iid: string
  readonly name: string
  /** Called through IDispatch alone, with no table of functions. */
  readonly dispatchOnly: boolean
}

const signature = 0x5446534d
const olderSignature = 0x47544c53
const maximumBytes = 1 << 24
const headerBytes = 0x54
const hasHelpLibrary = 0x100
/** Numbers of segments, and the sizes of their entries where they are fixed. */
const segment = { types: 0, guids: 5, names: 7, strings: 8 } as const
const typeBytes = 100
/** TYPEKIND and TYPEFLAGS. */
const kind = { interface: 3, dispatch: 4 } as const
const typeFlag = { dual: 0x40, automation: 0x100 } as const

/** `undefined` for what is no type library, or a malformed one. */
export function readTypeLibrary(source: ByteSource): TypeLibrary | undefined {
  const bytes = readResource(source, 'TYPELIB', maximumBytes) ?? wholeFile(source)
  try {
    return bytes && parseTypeLibrary(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function wholeFile(source: ByteSource): Uint8Array | undefined {
  const first = source.size >= headerBytes && source.size <= maximumBytes ? source.read(0, 1)[0] : undefined
  return first === (signature & 0xff) || first === (olderSignature & 0xff) ? source.read(0, source.size) : undefined
}

/** @throws RangeError where it ends too soon */
function parseTypeLibrary(view: DataView): TypeLibrary | undefined {
  if (view.getUint32(0, true) === olderSignature) return { description: '', flags: 0, interfaces: [] }
  if (view.getUint32(0, true) !== signature) return undefined
  const count = view.getUint32(0x20, true)
  const directory = headerBytes + ((view.getUint32(0x14, true) & hasHelpLibrary) === 0 ? 0 : 4) + 4 * count
  const start = (number: number): number => view.getUint32(directory + 16 * number, true)
  const types = Math.min(count, Math.floor(view.getUint32(directory + 4, true) / typeBytes))
  const interfaces: LibraryInterface[] = []
  for (let index = 0; index < types; index++) {
    const at = start(segment.types) + typeBytes * index
    const [guid, flags] = [view.getInt32(at + 0x2c, true), view.getUint32(at + 0x30, true)]
    const isDispatch = (view.getUint32(at, true) & 0xf) === kind.dispatch
    if (guid < 0 || !(isDispatch || (view.getUint32(at, true) & 0xf) === kind.interface && (flags & typeFlag.automation) !== 0)) continue
    const name = start(segment.names) + view.getUint32(at + 0x34, true)
    interfaces.push({
      iid: guidAt(view, start(segment.guids) + guid), name: text(view, name + 12, view.getUint8(name + 8)),
      dispatchOnly: isDispatch && (flags & typeFlag.dual) === 0,
    })
  }
  const help = view.getInt32(0x24, true)
  const helpAt = start(segment.strings) + help
  return { description: help < 0 ? '' : text(view, helpAt + 2, view.getUint16(helpAt, true)), flags: view.getUint32(0x1c, true), interfaces }
}

function guidAt(view: DataView, at: number): string {
  return guidFromBytes(bytesAt(view, at, 16))
}

function text(view: DataView, at: number, length: number): string {
  return codePage(1252).decode(bytesAt(view, at, length))
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  if (at + length > view.byteLength) throw new RangeError(`type library: expected ${length} bytes at ${at}, found ${Math.max(0, view.byteLength - at)}`)
  return new Uint8Array(view.buffer, view.byteOffset + at, length)
}
