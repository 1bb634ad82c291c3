// Shell links, the `.lnk` files of shortcuts. MS-SHLLINK. Written in Unicode, with the target as an item list and as
// link information; the same link gives the same bytes.
import { concatBytes, decodeUtf16, encodeUtf16, Findings, FormatError, guidFromBytes, guidToBytes } from '../base/index.ts'
import { idListOfAddress, idListOfPath, pathOfIdList } from './id-list.ts'
import { linkInfoOfPath, pathOfLinkInfo } from './link-info.ts'
import { readPropertyStore, writePropertyStore, type ShellProperty } from './property-store.ts'
import { ansiText, nullTerminated, textFromAnsi } from './text.ts'

/** How the window of the target opens. */
export const ShowCommand = { normal: 1, maximized: 3, minimized: 7 } as const

export interface ShellLink {
  /** Full path of the target on a drive or on a share, or an address such as `https://example.org/`. */
  readonly target?: string
  readonly targetIsFolder?: boolean
  /** Size of the target, the lower 32 bits. */
  readonly targetSizeBytes?: number
  readonly description?: string
  readonly relativePath?: string
  readonly workingDirectory?: string
  readonly arguments?: string
  readonly iconPath?: string
  readonly iconIndex?: number
  /** One of {@link ShowCommand}; 1 when absent. */
  readonly showCommand?: number
  /** Virtual key code in the low byte; shift 1, control 2, alt 4 in the high byte. */
  readonly hotKey?: number
  /** Product, feature and component of an advertised shortcut, as in `Darwin` registry values. */
  readonly darwinDescriptor?: string
  /** The target with environment variables, such as `%windir%\notepad.exe`. */
  readonly environmentTarget?: string
  /** The icon's path with environment variables. */
  readonly environmentIcon?: string
  readonly properties?: readonly ShellProperty[]
}

const classId = '{00021401-0000-0000-C000-000000000046}'
const headerBytes = 0x4c
const structure = 'shell link'

const linkFlag = {
  idList: 1, linkInfo: 2, name: 4, relativePath: 8, workingDirectory: 0x10, arguments: 0x20, iconLocation: 0x40, unicode: 0x80,
  expandString: 0x200, darwin: 0x1000, expandIcon: 0x4000,
} as const
const fileAttribute = { directory: 0x10, archive: 0x20 } as const
const blockSignature = { environment: 0xa0000001, darwin: 0xa0000006, iconEnvironment: 0xa0000007, propertyStore: 0xa0000009 } as const
/** The environment and Darwin blocks: 260 bytes of 8-bit text, then 260 units. */
const textBlock = { ansiBytes: 260, units: 260, size: 8 + 260 + 520 } as const

/** The strings in the order in which the file has them. */
const strings = [
  ['description', linkFlag.name], ['relativePath', linkFlag.relativePath], ['workingDirectory', linkFlag.workingDirectory],
  ['arguments', linkFlag.arguments], ['iconPath', linkFlag.iconLocation],
] as const
const textBlocks = [
  ['environmentTarget', blockSignature.environment, linkFlag.expandString],
  ['darwinDescriptor', blockSignature.darwin, linkFlag.darwin],
  ['environmentIcon', blockSignature.iconEnvironment, linkFlag.expandIcon],
] as const

/**
 * The bytes of a shell link.
 *
 * @throws FormatError ERROR_INVALID_PARAMETER for text that is too long for its field
 * @example
 * const bytes = writeShellLink({ target: 'C:\\Program Files\\App\\app.exe', arguments: '/quiet' })
 */
export function writeShellLink(link: ShellLink): Uint8Array {
  const idList = link.target === undefined ? undefined : idListOfPath(link.target, link.targetIsFolder ?? false, link.targetSizeBytes ?? 0) ?? idListOfAddress(link.target)
  const linkInfo = link.target === undefined ? undefined : linkInfoOfPath(link.target)
  let flags: number = linkFlag.unicode
  const parts: Uint8Array[] = []
  if (idList !== undefined) {
    flags |= linkFlag.idList
    parts.push(sizedIdList(idList))
  }
  if (linkInfo !== undefined) {
    flags |= linkFlag.linkInfo
    parts.push(linkInfo)
  }
  for (const [field, flag] of strings) {
    const text = link[field]
    if (text === undefined) continue
    flags |= flag
    parts.push(countedString(field, text))
  }
  for (const [field, signature, flag] of textBlocks) {
    const text = link[field]
    if (text === undefined) continue
    flags |= flag
    parts.push(writeTextBlock(field, signature, text))
  }
  if (link.properties !== undefined && link.properties.length > 0) parts.push(block(blockSignature.propertyStore, writePropertyStore(link.properties)))
  return concatBytes([writeHeader(link, flags), ...parts, new Uint8Array(4)])
}

function writeHeader(link: ShellLink, flags: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, headerBytes, true)
  bytes.set(guidToBytes(classId)!, 4)
  view.setUint32(20, flags, true)
  view.setUint32(24, link.target === undefined ? 0 : link.targetIsFolder === true ? fileAttribute.directory : fileAttribute.archive, true)
  view.setUint32(52, (link.targetSizeBytes ?? 0) >>> 0, true)
  view.setInt32(56, link.iconIndex ?? 0, true)
  view.setUint32(60, link.showCommand ?? ShowCommand.normal, true)
  view.setUint16(64, link.hotKey ?? 0, true)
  return bytes
}

function sizedIdList(list: Uint8Array): Uint8Array {
  if (list.length > 0xffff) throw tooLong('target', 'fewer than 65536 bytes of items', list.length)
  return concatBytes([Uint8Array.of(list.length & 0xff, list.length >> 8), list])
}

function countedString(field: string, text: string): Uint8Array {
  if (text.length > 0xffff) throw tooLong(field, 'at most 65535 units', text.length)
  return concatBytes([Uint8Array.of(text.length & 0xff, text.length >> 8), encodeUtf16(text)])
}

function writeTextBlock(field: string, signature: number, text: string): Uint8Array {
  const ansi = ansiText(text)
  if (text.length >= textBlock.units || ansi.length >= textBlock.ansiBytes) throw tooLong(field, `fewer than ${textBlock.units} units`, text.length)
  const body = new Uint8Array(textBlock.size - 8)
  body.set(ansi)
  body.set(encodeUtf16(text), textBlock.ansiBytes)
  return block(signature, body)
}

function block(signature: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length, true)
  view.setUint32(4, signature, true)
  bytes.set(body, 8)
  return bytes
}

function tooLong(field: string, expected: string, found: number): FormatError {
  return new FormatError({ structure, field, expected, found: `${found}` }, 'ERROR_INVALID_PARAMETER')
}

/**
 * Reads a shell link. The target comes from the link information, else from the item list.
 *
 * @throws FormatError ERROR_INVALID_DATA when it is no shell link; a truncated one is a finding
 */
export function readShellLink(bytes: Uint8Array, findings: Findings = new Findings()): ShellLink {
  if (bytes.length < headerBytes || bytes[0] !== headerBytes || guidFromBytes(bytes, 4) !== classId) {
    throw new FormatError({ structure, field: 'header', offsetBytes: 0, expected: `size 76 and class ${classId}`, found: bytes.length < headerBytes ? `${bytes.length} bytes` : 'something else' })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const flags = view.getUint32(20, true)
  const parts = new PartReader(bytes, findings)
  const idList = (flags & linkFlag.idList) === 0 ? undefined : parts.counted('item list', 1)
  const linkInfo = (flags & linkFlag.linkInfo) === 0 ? undefined : parts.sized('link information')
  const link: { -readonly [Key in keyof ShellLink]: ShellLink[Key] } = {
    iconIndex: view.getInt32(56, true), showCommand: view.getUint32(60, true), hotKey: view.getUint16(64, true), targetSizeBytes: view.getUint32(52, true),
  }
  const target = (linkInfo && pathOfLinkInfo(linkInfo)) ?? (idList && pathOfIdList(idList))
  if (target !== undefined) {
    link.target = target
    link.targetIsFolder = (view.getUint32(24, true) & fileAttribute.directory) !== 0
  }
  const isUnicode = (flags & linkFlag.unicode) !== 0
  for (const [field, flag] of strings) {
    if ((flags & flag) === 0) continue
    const text = parts.counted(field, isUnicode ? 2 : 1)
    link[field] = isUnicode ? decodeUtf16(text) : textFromAnsi(text)
  }
  for (let extra = parts.extraBlock(); extra !== undefined; extra = parts.extraBlock()) readExtraBlock(extra, link)
  return link
}

function readExtraBlock(extra: Uint8Array, link: { -readonly [Key in keyof ShellLink]: ShellLink[Key] }): void {
  const signature = new DataView(extra.buffer, extra.byteOffset, extra.length).getUint32(4, true)
  if (signature === blockSignature.propertyStore) link.properties = readPropertyStore(extra.subarray(8))
  const known = textBlocks.find((one) => one[1] === signature)
  if (known === undefined) return
  const wide = decodeUtf16(extra.subarray(8 + textBlock.ansiBytes, textBlock.size)).replace(/\0.*$/s, '')
  link[known[0]] = wide === '' ? nullTerminated(extra.subarray(0, 8 + textBlock.ansiBytes), 8) : wide
}

/** Takes the variable parts one after the other; what is cut off is a finding. */
class PartReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #findings: Findings
  #offset = headerBytes

  constructor(bytes: Uint8Array, findings: Findings) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#findings = findings
  }

  /** A 16-bit count, then as many units. */
  counted(field: string, unitBytes: number): Uint8Array {
    if (this.#offset + 2 > this.#bytes.length) return this.#cut(field, 2)
    const length = this.#view.getUint16(this.#offset, true) * unitBytes
    this.#offset += 2
    return this.#take(field, length)
  }

  /** A 32-bit size that counts itself; the result begins with it. */
  sized(field: string): Uint8Array {
    if (this.#offset + 4 > this.#bytes.length) return this.#cut(field, 4)
    return this.#take(field, Math.max(4, this.#view.getUint32(this.#offset, true)))
  }

  /** The next block of extra data, from its size on; undefined at the end. */
  extraBlock(): Uint8Array | undefined {
    if (this.#offset + 4 > this.#bytes.length || this.#view.getUint32(this.#offset, true) < 8) return undefined
    const extra = this.sized('extra data')
    return extra.length < 8 ? undefined : extra
  }

  #take(field: string, length: number): Uint8Array {
    if (this.#offset + length > this.#bytes.length) return this.#cut(field, length)
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  #cut(field: string, length: number): Uint8Array {
    const rest = this.#bytes.subarray(this.#offset)
    this.#findings.report({ id: 'shell-link-truncated', structure, field, offsetBytes: this.#offset, expected: `${length} bytes`, found: `${rest.length}` })
    this.#offset = this.#bytes.length
    return rest
  }
}
