// What For and For Each remember between rounds.
import { toNumber, toVariantNumber } from '../values/convert.ts'
import { add } from '../values/operators.ts'
import { scriptError } from '../values/script-error.ts'
import { integer, isArray, isObject, missing, nothing, type Variant } from '../values/variant.ts'

export interface ForLoop {
  readonly kind: 'for'
  readonly start: Variant
  isPast(value: Variant): boolean
  advance(value: Variant): Variant
}

export type Kept = ForLoop | { readonly kind: 'each'; readonly iterator: Iterator<Variant> }

/** Limit and step are computed once. @throws ScriptError 13 */
export function forLoop(from: Variant, to: Variant, by: Variant): ForLoop {
  const start = toVariantNumber(from)
  const limit = toNumber(to)
  const step = by === missing ? integer(1) : toVariantNumber(by)
  return {
    kind: 'for', start,
    isPast: (value) => step.value >= 0 ? toNumber(value) > limit : toNumber(value) < limit,
    advance: (value) => add(toVariantNumber(value), step),
  }
}

/** @throws ScriptError 451 */
export function iteratorOf(value: Variant): Iterator<Variant> {
  if (isArray(value)) return value.inOrder().values()
  if (value === nothing) throw scriptError(91)
  if (!isObject(value) || value.elements === undefined) throw scriptError(451)
  return value.elements()[Symbol.iterator]()
}
