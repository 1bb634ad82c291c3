// Registry values as the port has them and as raw bytes. The two forms are inverse to each other: bytes that would
// not come back as they were (a REG_DWORD of three bytes, a REG_SZ without its terminator) are REG_RAW.
// https://learn.microsoft.com/windows/win32/sysinfo/registry-value-types
import { bytesFromHex, bytesToHex, decodeUtf16, encodeUtf16, equalBytes, registryTypes, WindowsError } from '../base/index.ts'
import type { RegistryValue } from './registry.ts'

const { REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD, REG_MULTI_SZ, REG_QWORD } = registryTypes

export interface RegistryData {
  /** Number of the type, such as 1 for REG_SZ. */
  readonly type: number
  readonly data: Uint8Array
}

/** @throws WindowsError ERROR_INVALID_DATA when hexadecimal digits are expected and others found */
export function registryDataOf(value: RegistryValue): RegistryData {
  switch (value.type) {
    case 'REG_SZ': return { type: REG_SZ, data: encodeUtf16(`${value.data}\0`) }
    case 'REG_EXPAND_SZ': return { type: REG_EXPAND_SZ, data: encodeUtf16(`${value.data}\0`) }
    case 'REG_DWORD': return { type: REG_DWORD, data: littleEndian(4, (view) => view.setUint32(0, value.data, true)) }
    case 'REG_QWORD': return { type: REG_QWORD, data: littleEndian(8, (view) => view.setBigUint64(0, value.data, true)) }
    case 'REG_MULTI_SZ': return { type: REG_MULTI_SZ, data: encodeUtf16(`${value.data.map((one) => `${one}\0`).join('')}\0`) }
    case 'REG_BINARY': return { type: REG_BINARY, data: fromDigits(value.data) }
    case 'REG_NONE': return { type: REG_NONE, data: fromDigits(value.data) }
    case 'REG_RAW': return { type: value.typeId, data: fromDigits(value.data) }
  }
}

export function registryValueOf({ type, data }: RegistryData): RegistryValue {
  return exactValue(type, data) ?? { type: 'REG_RAW', typeId: type, data: bytesToHex(data) }
}

/** The text of a string value, up to its first NUL, however it is stored; `undefined` for every other type. */
export function registryText(value: RegistryValue | undefined): string | undefined {
  if (value === undefined) return undefined
  if (value.type === 'REG_SZ' || value.type === 'REG_EXPAND_SZ') return value.data.split('\0', 1)[0]!
  if (value.type !== 'REG_RAW' || (value.typeId !== REG_SZ && value.typeId !== REG_EXPAND_SZ)) return undefined
  return decodeUtf16(bytesFromHex(value.data) ?? new Uint8Array(0)).split('\0', 1)[0]!
}

function exactValue(type: number, data: Uint8Array): RegistryValue | undefined {
  switch (type) {
    case REG_SZ:
    case REG_EXPAND_SZ:
    case REG_MULTI_SZ: {
      const text = decodeUtf16(data)
      if (data.length % 2 !== 0 || !text.endsWith('\0')) return undefined
      const body = text.slice(0, -1)
      if (type !== REG_MULTI_SZ) return { type: type === REG_SZ ? 'REG_SZ' : 'REG_EXPAND_SZ', data: body }
      if (body !== '' && !body.endsWith('\0')) return undefined
      return { type: 'REG_MULTI_SZ', data: body === '' ? [] : body.slice(0, -1).split('\0') }
    }
    case REG_DWORD: return data.length === 4 ? { type: 'REG_DWORD', data: viewOf(data).getUint32(0, true) } : undefined
    case REG_QWORD: return data.length === 8 ? { type: 'REG_QWORD', data: viewOf(data).getBigUint64(0, true) } : undefined
    case REG_BINARY: return { type: 'REG_BINARY', data: bytesToHex(data) }
    case REG_NONE: return { type: 'REG_NONE', data: bytesToHex(data) }
    default: return undefined
  }
}

export function sameRegistryData(a: RegistryData, b: RegistryData): boolean {
  return a.type === b.type && equalBytes(a.data, b.data)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
}

function littleEndian(size: number, write: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(size)
  write(new DataView(bytes.buffer))
  return bytes
}

function fromDigits(digits: string): Uint8Array {
  const bytes = bytesFromHex(digits)
  if (bytes === undefined) throw new WindowsError('ERROR_INVALID_DATA', `registry value: expected pairs of hexadecimal digits, found "${digits.slice(0, 40)}"`)
  return bytes
}
