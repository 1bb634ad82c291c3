// The Value column of the Registry table: prefixes choose the type, `[~]` (a NUL once formatted) makes a string list.
// https://learn.microsoft.com/windows/win32/msi/registry-table
import type { RegistryValue } from '../../platform/index.ts'

export interface ParsedRegistryValue {
  readonly value: RegistryValue
  readonly mode: 'replace' | 'append' | 'prepend'
}

/** `text` is the formatted value. */
export function parseRegistryValue(text: string): ParsedRegistryValue {
  // A prefix of text says nothing about a list; its strings are stored without it.
  if (text.includes('\0')) return multiString(text.replace(/^#(?:%|(?=#))/, ''))
  return { value: singleValue(text), mode: 'replace' }
}

function singleValue(text: string): RegistryValue {
  if (text.startsWith('##')) return { type: 'REG_SZ', data: text.slice(1) }
  if (text.startsWith('#%')) return { type: 'REG_EXPAND_SZ', data: text.slice(2) }
  if (/^#x[0-9a-f]*$/i.test(text)) return { type: 'REG_BINARY', data: evenDigits(text.slice(2)) }
  if (/^#[+-]?\d+$/.test(text)) return { type: 'REG_DWORD', data: Number(BigInt.asUintN(32, BigInt(text.slice(1).replace(/^\+/, '')))) }
  return { type: 'REG_SZ', data: text }
}

/** An odd number of digits gets a zero in front. */
function evenDigits(digits: string): string {
  return (digits.length % 2 === 0 ? digits : `0${digits}`).toLowerCase()
}

/** A leading NUL appends to what is there, a trailing one prepends, both or neither replace. */
function multiString(text: string): ParsedRegistryValue {
  const leading = text.startsWith('\0')
  const trailing = text.length > 1 && text.endsWith('\0')
  const mode = leading === trailing || text === '\0' ? 'replace' : leading ? 'append' : 'prepend'
  // An empty string ends what is stored: only one that others follow is left.
  const strings = text.slice(leading ? 1 : 0).replace(/\0+$/, '')
  const data = strings === '' ? [] : strings.split('\0').filter((part) => mode === 'replace' || part !== '')
  return { value: { type: 'REG_MULTI_SZ', data }, mode }
}
