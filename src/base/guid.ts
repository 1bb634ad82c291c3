// GUIDs in the spellings that installer data use: the registry form `{8-4-4-4-12}`, the packed form of registry keys,
// the base-85 form of Darwin descriptors, and the 16 bytes of binary structures.
// https://learn.microsoft.com/windows/win32/msi/guid; packed and base-85 forms: docs/glossary.md

const registryForm = /^\{[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}\}$/i
const packedForm = /^[0-9A-F]{32}$/i
const base85Alphabet = "!$%&'()*+,-.0123456789=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{}~"

/** Whether the text is a GUID in registry form. Case is not checked. */
export function isGuid(text: string): boolean {
  return registryForm.test(text)
}

/** Where each character of the packed form stands in the registry form. */
const packedOrder = [8, 7, 6, 5, 4, 3, 2, 1, 13, 12, 11, 10, 18, 17, 16, 15, 21, 20, 23, 22, 26, 25, 28, 27, 30, 29, 32, 31, 34, 33, 36, 35]

/** `{12345678-90AB-CDEF-0123-456789ABCDEF}` → `87654321BA09FEDC1032547698BADCFE`; `undefined` when not a GUID. */
export function packGuid(guid: string): string | undefined {
  if (!isGuid(guid)) return undefined
  const upper = guid.toUpperCase()
  return String.fromCharCode(...packedOrder.map((at) => upper.charCodeAt(at)))
}

/** The inverse of {@link packGuid}. */
export function unpackGuid(packed: string): string | undefined {
  if (!packedForm.test(packed)) return undefined
  const hex = packed.toUpperCase()
  const tail = swapPairs(hex.slice(16))
  return `{${reverse(hex.slice(0, 8))}-${reverse(hex.slice(8, 12))}-${reverse(hex.slice(12, 16))}-${tail.slice(0, 4)}-${tail.slice(4)}}`
}

/** The 20 characters that stand for a GUID in a Darwin descriptor. */
export function guidToBase85(guid: string): string | undefined {
  const bytes = guidToBytes(guid)
  if (bytes === undefined) return undefined
  const view = new DataView(bytes.buffer)
  const digits: number[] = []
  for (let word = 0; word < 4; word++) {
    let rest = view.getUint32(word * 4, true)
    for (let digit = 0; digit < 5; digit++) {
      digits.push(base85Alphabet.charCodeAt(rest % 85))
      rest = Math.floor(rest / 85)
    }
  }
  // Not put together piece by piece: engines keep the pieces of such a text until it is read.
  return String.fromCharCode(...digits)
}

/** The inverse of {@link guidToBase85}; reads the first 20 characters. */
export function guidFromBase85(text: string): string | undefined {
  if (text.length < 20) return undefined
  const bytes = new Uint8Array(16)
  const view = new DataView(bytes.buffer)
  for (let word = 0; word < 4; word++) {
    let value = 0
    for (let digit = 4; digit >= 0; digit--) {
      const index = base85Alphabet.indexOf(text[word * 5 + digit]!)
      if (index < 0) return undefined
      value = value * 85 + index
    }
    if (value > 0xffffffff) return undefined
    view.setUint32(word * 4, value, true)
  }
  return guidFromBytes(bytes)
}

/** 16 bytes, the first three groups little-endian; `undefined` when not a GUID. */
export function guidToBytes(guid: string): Uint8Array<ArrayBuffer> | undefined {
  if (!isGuid(guid)) return undefined
  const hex = guid.replace(/[{}-]/g, '')
  const bytes = new Uint8Array(16)
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
  order.forEach((from, to) => { bytes[to] = Number.parseInt(hex.slice(from * 2, from * 2 + 2), 16) })
  return bytes
}

/** Registry form, upper case. */
export function guidFromBytes(bytes: Uint8Array, offset = 0): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset + offset, 16)
  let tail = ''
  for (let index = 8; index < 16; index++) tail += hex(view.getUint8(index), 2)
  return `{${hex(view.getUint32(0, true), 8)}-${hex(view.getUint16(4, true), 4)}-${hex(view.getUint16(6, true), 4)}-${tail.slice(0, 4)}-${tail.slice(4)}}`
}

function reverse(text: string): string {
  return [...text].toReversed().join('')
}

function hex(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, '0')
}

function swapPairs(text: string): string {
  return text.replace(/(.)(.)/g, '$2$1')
}
