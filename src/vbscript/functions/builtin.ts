// What a built-in function is, and how its arguments are read.
import type { Environment } from '../machine/environment.ts'
import { isGiven, toLong, toNumber, toText } from '../values/convert.ts'
import { longestString } from '../values/operators.ts'
import { scriptError } from '../values/script-error.ts'
import type { Variant } from '../values/variant.ts'

export interface Builtin {
  readonly least: number
  readonly most: number
  /** Arguments that are objects are not replaced by their default values. */
  readonly takesObjects?: boolean
  call(args: readonly Variant[], environment: Environment): Variant | Promise<Variant>
}

export type BuiltinTable = Readonly<Record<string, Builtin>>

type Call = (args: readonly Variant[], environment: Environment) => Variant | Promise<Variant>

export function fixed(count: number, call: Call): Builtin {
  return { least: count, most: count, call }
}

export function between(least: number, most: number, call: Call): Builtin {
  return { least, most, call }
}

/** Of Null it is Null. */
export function ofValue(call: (value: Exclude<Variant, null>) => Variant): Builtin {
  return fixed(1, ([value]) => value === null ? null : call(value as Exclude<Variant, null>))
}

export function optionalLong(value: Variant, preset: number): number {
  return isGiven(value) ? toLong(value) : preset
}

export function optionalText(value: Variant, preset: string): string {
  return isGiven(value) ? toText(value) : preset
}

export function optionalNumber(value: Variant): number | undefined {
  return isGiven(value) ? toNumber(value) : undefined
}

/** vbBinaryCompare 0, vbTextCompare 1. @throws ScriptError 5 */
export function comparison(value: Variant): (text: string) => string {
  const mode = optionalLong(value, 0)
  if (mode !== 0 && mode !== 1) throw scriptError(5)
  return mode === 0 ? (text) => text : foldCase
}

/** Keeps the length, so that places in the folded text are places in the text. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase()
  return lower.length === text.length ? lower : [...text].map((one) => one.toLowerCase().length === one.length ? one.toLowerCase() : one).join('')
}

/** @throws ScriptError 14 */
export function checkedLength(length: number): number {
  if (length > longestString) throw scriptError(14)
  return length
}
