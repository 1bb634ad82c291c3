// A serialized property store, MS-PROPSTORE 2.2: what the MsiShortcutProperty table gives a shortcut. Values are kept
// per property key, a format id and a number. Properties with names instead of numbers are not supported.
import { concatBytes, decodeUtf16, encodeUtf16, guidFromBytes, guidToBytes, WindowsError } from '../base/index.ts'

export type ShellPropertyValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }
  /** Unsigned, 32 bits. */
  | { readonly type: 'number'; readonly value: number }
  /** Any other variant type, with its bytes as they are stored. */
  | { readonly type: 'other'; readonly variant: number; readonly bytes: Uint8Array }

export interface ShellProperty {
  /** GUID in registry form. */
  readonly formatId: string
  readonly id: number
  readonly value: ShellPropertyValue
}

const version = 0x53505331
const variants = { boolean: 11, number: 19, string: 31 } as const
/** Of a store: its size, version and format id. */
const storageHeaderBytes = 24
const valueHeaderBytes = 9

/** The store in the order of the properties, one storage for each format id. */
export function writePropertyStore(properties: readonly ShellProperty[]): Uint8Array {
  const formatIds = [...new Set(properties.map((one) => one.formatId.toUpperCase()))]
  const storages = formatIds.map((formatId) => {
    const key = guidToBytes(formatId)
    if (key === undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `property key: expected a GUID, found ${formatId}`)
    const values = properties.filter((one) => one.formatId.toUpperCase() === formatId).map(storedProperty)
    const head = new Uint8Array(storageHeaderBytes)
    const body = concatBytes([head, ...values, new Uint8Array(4)])
    const view = new DataView(body.buffer)
    view.setUint32(0, body.length, true)
    view.setUint32(4, version, true)
    body.set(key, 8)
    return body
  })
  return concatBytes([...storages, new Uint8Array(4)])
}

function storedProperty({ id, value }: ShellProperty): Uint8Array {
  const data = variantBytes(value)
  const bytes = new Uint8Array(valueHeaderBytes + 4 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length, true)
  view.setUint32(4, id, true)
  view.setUint16(valueHeaderBytes, value.type === 'other' ? value.variant : variants[value.type], true)
  bytes.set(data, valueHeaderBytes + 4)
  return bytes
}

function variantBytes(value: ShellPropertyValue): Uint8Array {
  if (value.type === 'other') return value.bytes
  if (value.type === 'boolean') return value.value ? Uint8Array.of(0xff, 0xff, 0, 0) : new Uint8Array(4)
  if (value.type === 'number') {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, value.value, true)
    return bytes
  }
  const text = encodeUtf16(`${value.value}\0`)
  const bytes = new Uint8Array(4 + Math.ceil(text.length / 4) * 4)
  new DataView(bytes.buffer).setUint32(0, text.length / 2, true)
  bytes.set(text, 4)
  return bytes
}

/** What can be read of a store; a damaged one gives what comes before the damage. */
export function readPropertyStore(bytes: Uint8Array): ShellProperty[] {
  const properties: ShellProperty[] = []
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let offset = 0; offset + storageHeaderBytes <= bytes.length;) {
    const size = view.getUint32(offset, true)
    if (size < storageHeaderBytes || size > bytes.length - offset || view.getUint32(offset + 4, true) !== version) break
    readStorage(bytes.subarray(offset, offset + size), properties)
    offset += size
  }
  return properties
}

function readStorage(storage: Uint8Array, properties: ShellProperty[]): void {
  const view = new DataView(storage.buffer, storage.byteOffset, storage.length)
  const formatId = guidFromBytes(storage, 8)
  for (let offset = storageHeaderBytes; offset + valueHeaderBytes + 4 <= storage.length;) {
    const size = view.getUint32(offset, true)
    if (size < valueHeaderBytes + 4 || size > storage.length - offset) break
    const id = view.getUint32(offset + 4, true)
    const variant = view.getUint16(offset + valueHeaderBytes, true)
    properties.push({ formatId, id, value: readVariant(variant, storage.subarray(offset + valueHeaderBytes + 4, offset + size)) })
    offset += size
  }
}

function readVariant(variant: number, bytes: Uint8Array): ShellPropertyValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  if (variant === variants.boolean && bytes.length >= 2) return { type: 'boolean', value: view.getUint16(0, true) !== 0 }
  if (variant === variants.number && bytes.length >= 4) return { type: 'number', value: view.getUint32(0, true) }
  if (variant === variants.string && bytes.length >= 4) {
    const text = decodeUtf16(bytes.subarray(4, 4 + view.getUint32(0, true) * 2))
    const end = text.indexOf('\0')
    return { type: 'string', value: end < 0 ? text : text.slice(0, end) }
  }
  return { type: 'other', variant, bytes: Uint8Array.from(bytes) }
}
