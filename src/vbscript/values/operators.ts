// Operators on Variants whose objects were replaced by their default values. Null makes most results Null; whole numbers
// that grow out of their subtype take the next wider one; strings are numbers for all arithmetic, but two strings under `+` are joined.
// https://learn.microsoft.com/previous-versions/tat83k8z(v=vs.85) (VBScript operators); comparison of literals with
// variables: "Typing hard can trip you up", learn.microsoft.com/archive/blogs/ericlippert
import { integralOf, realOf, roundHalfEven, toBoolean, toIntegral, toText, toVariantNumber } from './convert.ts'
import { scriptError } from './script-error.ts'
import { double, isArray, isObjectType, missing, VariantNumber, VariantType, type NumberType, type Variant } from './variant.ts'

export type BinaryOperator = '+' | '-' | '*' | '/' | '\\' | 'mod' | '^' | '&' | '=' | '<>' | '<' | '>' | '<=' | '>=' | 'is' | 'and' | 'or' | 'xor' | 'eqv' | 'imp'

/** Longest string that a script can make, in UTF-16 units. */
export const longestString = 1 << 24

export function concatenate(left: Variant, right: Variant): Variant {
  if (left === null && right === null) return null
  return joined(left === null ? '' : toText(left), right === null ? '' : toText(right))
}

function joined(left: string, right: string): string {
  if (left.length + right.length > longestString) throw scriptError(14)
  return left + right
}

export function add(left: Variant, right: Variant): Variant {
  if (typeof left === 'string' && (typeof right === 'string' || right === undefined)) return joined(left, right ?? '')
  if (typeof right === 'string' && left === undefined) return right
  return arithmetic(left, right, (a, b) => a + b)
}

export function subtract(left: Variant, right: Variant): Variant {
  if (isDate(left) && isDate(right)) return double(left.value - right.value)
  return arithmetic(left, right, (a, b) => a - b)
}

export function multiply(left: Variant, right: Variant): Variant {
  return arithmetic(left, right, (a, b) => a * b, false)
}

/** In the wider of both subtypes, and beyond it where the result is. */
function arithmetic(left: Variant, right: Variant, compute: (a: number, b: number) => number, keepsDate = true): Variant {
  if (left === null || right === null) return null
  const a = toVariantNumber(left)
  const b = toVariantNumber(right)
  const result = compute(a.value, b.value)
  const type = widerType(a.type, b.type, keepsDate)
  return type === VariantType.integer || type === VariantType.long || type === VariantType.byte ? integralOf(result, type) : realOf(result, type)
}

const width: Readonly<Record<NumberType, number>> = { 17: 0, 2: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6 }

function widerType(a: NumberType, b: NumberType, keepsDate: boolean): NumberType {
  const wider = width[a] >= width[b] ? a : b
  const narrower = wider === a ? b : a
  if (wider === VariantType.date && !keepsDate) return VariantType.double
  // A Single cannot hold every Long.
  return wider === VariantType.single && narrower === VariantType.long ? VariantType.double : wider
}

export function divide(left: Variant, right: Variant): Variant {
  if (left === null || right === null) return null
  const a = toVariantNumber(left)
  const b = toVariantNumber(right)
  // Zero by zero is no number of any size.
  if (b.value === 0) throw scriptError(a.value === 0 ? 6 : 11)
  return realOf(a.value / b.value, a.type === VariantType.single && b.type === VariantType.single ? VariantType.single : VariantType.double)
}

export function integerDivide(left: Variant, right: Variant): Variant {
  return integral(left, right, (a, b) => Math.trunc(a / b))
}

export function modulo(left: Variant, right: Variant): Variant {
  return integral(left, right, (a, b) => a % b)
}

/** Of operands rounded to Long, in the wider of their subtypes. */
function integral(left: Variant, right: Variant, compute: (a: number, b: number) => number): Variant {
  if (left === null || right === null) return null
  const type = integralType(left, right)
  const a = toIntegral(left, VariantType.long)
  const b = toIntegral(right, VariantType.long)
  if (b === 0) throw scriptError(11)
  const result = compute(a, b)
  return integralOf(result === 0 ? 0 : result, type)
}

function integralType(left: Variant, right: Variant): 2 | 3 | 17 {
  const types = [typeOf(left), typeOf(right)]
  if (types.every((type) => type === VariantType.byte)) return VariantType.byte
  return types.every((type) => type === VariantType.byte || type === VariantType.integer) ? VariantType.integer : VariantType.long
}

function typeOf(value: Variant): NumberType {
  return value instanceof VariantNumber ? value.type : value === undefined || typeof value === 'boolean' ? VariantType.integer : VariantType.double
}

export function power(left: Variant, right: Variant): Variant {
  if (left === null || right === null) return null
  const base = toVariantNumber(left).value
  const exponent = toVariantNumber(right).value
  if (base < 0 && !Number.isInteger(exponent)) throw scriptError(5)
  if (base === 0 && exponent < 0) throw scriptError(5)
  return realOf(base ** exponent, VariantType.double)
}

export function negate(value: Variant): Variant {
  if (value === null) return null
  const { type, value: number } = toVariantNumber(value)
  if (type === VariantType.byte) return integralOf(-number, VariantType.integer)
  return type === VariantType.integer || type === VariantType.long ? integralOf(number === 0 ? 0 : -number, type) : realOf(-number, type)
}

/** -1, 0 or 1; `undefined` when a Null makes the result Null. `hard` operands are literals. */
function order(left: Variant, right: Variant, hardLeft: boolean, hardRight: boolean): number | undefined {
  if (left === null || right === null) return undefined
  if (isArray(left) || isArray(right) || left === missing || right === missing) throw scriptError(13)
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right)
  if (left === undefined && right === undefined) return 0
  if (typeof left === 'string') return right === undefined ? compareText(left, '') : stringWithNumber(left, right, hardLeft, hardRight)
  if (typeof right === 'string') return left === undefined ? compareText('', right) : -stringWithNumber(right, left, hardRight, hardLeft)
  const a = toVariantNumber(left).value
  const b = toVariantNumber(right).value
  return a < b ? -1 : a > b ? 1 : 0
}

/** A literal draws the other side to its type; of two variables the number is always the lesser. */
function stringWithNumber(text: string, number: Variant, hardText: boolean, hardNumber: boolean): number {
  if (hardNumber) {
    const a = typeof number === 'boolean' && /^\s*(true|false)\s*$/i.test(text) ? (toBoolean(text) ? -1 : 0) : toVariantNumber(text).value
    const b = toVariantNumber(number).value
    return a < b ? -1 : a > b ? 1 : 0
  }
  return hardText ? compareText(text, toText(number)) : 1
}

/** By code units: Option Compare is Binary. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0
}

export function compare(operator: '=' | '<>' | '<' | '>' | '<=' | '>=', left: Variant, right: Variant, hardLeft = false, hardRight = false): Variant {
  const result = order(left, right, hardLeft, hardRight)
  if (result === undefined) return null
  switch (operator) {
    case '=': return result === 0
    case '<>': return result !== 0
    case '<': return result < 0
    case '>': return result > 0
    case '<=': return result <= 0
    default: return result >= 0
  }
}

/** Is: the same object. @throws ScriptError 424 */
export function isSame(left: Variant, right: Variant): boolean {
  if (!isObjectType(left) || !isObjectType(right)) throw scriptError(424)
  return left === right
}

export function not(value: Variant): Variant {
  if (value === null) return null
  if (typeof value === 'boolean') return !value
  if (value instanceof VariantNumber && value.type === VariantType.byte) return new VariantNumber(VariantType.byte, ~value.value & 0xff)
  return bits(~toIntegral(value, VariantType.long), value, value)
}

/** Two booleans give a boolean, anything else bit by bit in Integer or Long. */
export function logic(operator: 'and' | 'or' | 'xor' | 'eqv' | 'imp', left: Variant, right: Variant): Variant {
  if (left === null || right === null) return logicOfNull(operator, left, right)
  if (typeof left === 'boolean' && typeof right === 'boolean') return combine(operator, left ? -1 : 0, right ? -1 : 0) !== 0
  return bits(combine(operator, toIntegral(left, VariantType.long), toIntegral(right, VariantType.long)), left, right)
}

function combine(operator: 'and' | 'or' | 'xor' | 'eqv' | 'imp', a: number, b: number): number {
  switch (operator) {
    case 'and': return a & b
    case 'or': return a | b
    case 'xor': return a ^ b
    case 'eqv': return ~(a ^ b)
    default: return ~a | b
  }
}

/** Null is "unknown": the result is known where the other operand settles it. */
function logicOfNull(operator: string, left: Variant, right: Variant): Variant {
  const known = left === null ? right : left
  if (known === null) return null
  const isFalse = roundHalfEven(toVariantNumber(known).value) === 0
  if (operator === 'and') return isFalse ? (typeof known === 'boolean' ? false : bits(0, known, known)) : null
  if (operator === 'or') return isFalse ? null : known
  if (operator === 'imp') return left === null ? (isFalse ? null : known) : (isFalse ? true : null)
  return null
}

function bits(result: number, left: Variant, right: Variant): Variant {
  return integralOf(result, integralType(left, right))
}

function isDate(value: Variant): value is VariantNumber {
  return value instanceof VariantNumber && value.type === VariantType.date
}
