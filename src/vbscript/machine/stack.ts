// The values that a running script is working with, and what a frame of it remembers.
import { toLong } from '../values/convert.ts'
import { scriptError, type ScriptPosition } from '../values/script-error.ts'
import { isObjectType, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import { Cell, Variable, type Procedure } from './code.ts'
import type { Kept } from './loops.ts'
import type { ScriptObject } from './script-object.ts'

export type StackValue = Variant | Variable

export interface Frame {
  readonly procedure: Procedure
  readonly locals: Variable[]
  readonly base: number
  readonly me: ScriptObject | undefined
  /** Where the result goes: onto the stack, into a place of it, or nowhere. */
  readonly deliver: Delivery
  /** Of variables that were never declared; shared with code that Execute runs. `undefined` at script level. */
  readonly undeclared: Map<string, Cell> | undefined
  readonly kept: Map<number, Kept>
  next: number
  position: ScriptPosition | undefined
  resumeNext: boolean
}

export type Delivery = 'push' | 'discard' | number

/** A call of the host that is not done yet. */
export interface Waiting {
  readonly promise: Promise<Variant>
  readonly deliver: Delivery
}

export class ValueStack {
  readonly values: StackValue[] = []

  get top(): number {
    return this.values.length - 1
  }

  push(value: StackValue): void {
    this.values.push(value)
  }

  popValue(): Variant {
    const value = this.values.pop()
    return value instanceof Variable ? value.value : value
  }

  popObject(shown: string): Variant {
    const value = this.popValue()
    if (!isObjectType(value)) throw scriptError(424, shown.includes('.') ? shown.slice(0, shown.indexOf('.')) : shown)
    return value
  }

  takeArguments(count: number): StackValue[] {
    return count === 0 ? [] : this.values.splice(-count)
  }
}

export function valueOf(value: StackValue): Variant {
  return value instanceof Variable ? value.value : value
}

export function copied(value: Variant): Variant {
  return value instanceof VariantArray ? value.copy() : value
}

export function indices(args: readonly StackValue[]): number[] {
  return args.map((one) => toLong(valueOf(one)))
}

/** @throws ScriptError 424 Set of no object, 501 a constant, 10 an array that is fixed */
export function assign(variable: Variable, value: Variant, isSet: boolean): void {
  if (variable instanceof Cell && variable.isConstant) throw scriptError(501)
  if (isSet && !isObjectType(value)) throw scriptError(424)
  variable.value = copied(value)
}
