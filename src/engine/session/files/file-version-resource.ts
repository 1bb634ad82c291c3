// The version resource of a Windows executable: VS_FIXEDFILEINFO and the languages of VarFileInfo\Translation.
// https://learn.microsoft.com/windows/win32/menurc/vs-versioninfo. Malformed input gives `undefined`: such a file has no version.
import { decodeUtf16, type ByteSource, type FileVersion } from '../../../base/index.ts'
import { readResource } from './pe-resource.ts'

export interface FileVersionInfo {
  readonly version: FileVersion
  /** LANGIDs in the resource's order. */
  readonly languages: readonly number[]
}

const rtVersion = 16
const maximumResourceBytes = 1 << 20

export function readFileVersion(source: ByteSource): FileVersionInfo | undefined {
  const bytes = readResource(source, rtVersion, maximumResourceBytes)
  return bytes && parseVersionResource(bytes)
}

/** The VS_VERSIONINFO structure; also what a caller has who got the resource by other means. */
export function parseVersionResource(bytes: Uint8Array): FileVersionInfo | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const root = readBlock(view, 0)
  if (root === undefined || root.key !== 'VS_VERSION_INFO' || root.valueLength < 52 || root.valueAt + 52 > view.byteLength) return undefined
  if (view.getUint32(root.valueAt, true) !== 0xfeef04bd) return undefined
  const high = view.getUint32(root.valueAt + 8, true)
  const low = view.getUint32(root.valueAt + 12, true)
  return { version: [high >>> 16, high & 0xffff, low >>> 16, low & 0xffff], languages: translations(view, root) }
}

interface Block {
  readonly key: string
  readonly valueAt: number
  /** Bytes; words for text values, which are not read here. */
  readonly valueLength: number
  readonly childrenAt: number
  readonly end: number
}

function readBlock(view: DataView, at: number): Block | undefined {
  if (at + 6 > view.byteLength) return undefined
  const length = view.getUint16(at, true)
  const valueLength = view.getUint16(at + 2, true)
  const isText = view.getUint16(at + 4, true) === 1
  const end = at + length
  if (length < 6 || end > view.byteLength) return undefined
  let keyEnd = at + 6
  while (keyEnd + 1 < end && view.getUint16(keyEnd, true) !== 0) keyEnd += 2
  const key = decodeUtf16(new Uint8Array(view.buffer, view.byteOffset + at + 6, keyEnd - at - 6))
  const valueAt = align(keyEnd + 2)
  return { key, valueAt, valueLength, childrenAt: align(valueAt + valueLength * (isText ? 2 : 1)), end }
}

function translations(view: DataView, root: Block): number[] {
  for (let at = root.childrenAt, child = readBlock(view, at); child !== undefined && at < root.end; at = align(child.end), child = readBlock(view, at)) {
    if (child.key !== 'VarFileInfo') continue
    const block = readBlock(view, child.valueLength === 0 ? child.childrenAt : child.valueAt)
    if (block?.key !== 'Translation') return []
    const languages: number[] = []
    for (let pair = block.valueAt; pair + 4 <= Math.min(block.end, block.valueAt + block.valueLength); pair += 4) languages.push(view.getUint16(pair, true))
    return languages
  }
  return []
}

function align(offset: number): number {
  return (offset + 3) & ~3
}
