// The one data type of the language, the Variant, and its subtypes. Empty is `undefined`, Null is `null`, Boolean and
// String are JavaScript's own; every number carries its subtype, dates too (days since 1899-12-30, the time as fraction).
// https://learn.microsoft.com/previous-versions/9e7a57cf(v=vs.85) (VBScript Data Types), VarType and TypeName
import type { DispatchObject } from './dispatch.ts'
import type { VariantArray } from './variant-array.ts'

/** VarType's numbers. */
export const VariantType = {
  empty: 0, null: 1, integer: 2, long: 3, single: 4, double: 5, currency: 6, date: 7, string: 8, object: 9, error: 10, boolean: 11,
  variant: 12, byte: 17, array: 0x2000,
} as const

export type NumberType = 2 | 3 | 4 | 5 | 6 | 7 | 17

/** A number of some subtype. Values of integral subtypes are whole and in range. */
export class VariantNumber {
  readonly type: NumberType
  readonly value: number

  constructor(type: NumberType, value: number) {
    this.type = type
    this.value = value
  }
}

/** An object variable that refers to no object. */
export class NothingValue {
  readonly name = 'Nothing'
}
export const nothing = new NothingValue()

/** An argument that was left out: VT_ERROR, DISP_E_PARAMNOTFOUND. */
export class MissingValue {
  readonly name = 'Missing'
}
export const missing = new MissingValue()

export type Variant = undefined | null | boolean | string | VariantNumber | VariantArray | DispatchObject | NothingValue | MissingValue

const smallIntegers: readonly VariantNumber[] = Array.from({ length: 512 }, (_, index) => new VariantNumber(VariantType.integer, index - 128))

export function integer(value: number): VariantNumber {
  return value >= -128 && value < 384 ? smallIntegers[value + 128]! : new VariantNumber(VariantType.integer, value)
}

export function long(value: number): VariantNumber {
  return new VariantNumber(VariantType.long, value)
}

export function double(value: number): VariantNumber {
  return new VariantNumber(VariantType.double, value)
}

/** @param serial days since 1899-12-30 */
export function date(serial: number): VariantNumber {
  return new VariantNumber(VariantType.date, serial)
}

/** Whole numbers take the smallest of Integer, Long and Double, as literals do. */
export function wholeNumber(value: number): VariantNumber {
  if (value >= -32768 && value <= 32767) return integer(value)
  return value >= -2147483648 && value <= 2147483647 ? long(value) : double(value)
}

export function isArray(value: Variant): value is VariantArray {
  return typeof value === 'object' && value !== null && 'bounds' in value
}

export function isObject(value: Variant): value is DispatchObject {
  return typeof value === 'object' && value !== null && 'invoke' in value
}

/** Of the subtype's kind: an object, or Nothing. */
export function isObjectType(value: Variant): value is DispatchObject | NothingValue {
  return value === nothing || isObject(value)
}

export function variantType(value: Variant): number {
  if (value === undefined) return VariantType.empty
  if (value === null) return VariantType.null
  if (typeof value === 'string') return VariantType.string
  if (typeof value === 'boolean') return VariantType.boolean
  if (value instanceof VariantNumber) return value.type
  if (value === missing) return VariantType.error
  if (isArray(value)) return VariantType.array | VariantType.variant
  return VariantType.object
}

const numberNames: Readonly<Record<NumberType, string>> = { 2: 'Integer', 3: 'Long', 4: 'Single', 5: 'Double', 6: 'Currency', 7: 'Date', 17: 'Byte' }

/** What TypeName answers. */
export function typeName(value: Variant): string {
  if (value === undefined) return 'Empty'
  if (value === null) return 'Null'
  if (typeof value === 'string') return 'String'
  if (typeof value === 'boolean') return 'Boolean'
  if (value instanceof VariantNumber) return numberNames[value.type]
  if (value === nothing) return 'Nothing'
  if (value === missing) return 'Error'
  return isArray(value) ? 'Variant()' : (value as DispatchObject).typeName
}
