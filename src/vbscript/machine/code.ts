// What a script is compiled to: instructions of a stack machine. At every statement the stack of its procedure is empty, so
// that an error can go on with the next statement; what loops and With need to remember is in nameless locals.
import type { BinaryOperator } from '../values/operators.ts'
import type { ScriptPosition } from '../values/script-error.ts'
import type { Variant } from '../values/variant.ts'
import type { VariantArray } from '../values/variant-array.ts'

/** An assignment of values, of objects (Set), or of whatever an enumeration gives. */
export type StoreKind = 'let' | 'set' | 'any'

export type Instruction =
  /** A statement begins here; where On Error Resume Next goes on. */
  | { readonly op: 'statement'; readonly position: ScriptPosition }
  /** As `statement`, but no statement of the script: the end of a block. */
  | { readonly op: 'mark' }
  | { readonly op: 'constant'; readonly value: Variant }
  | { readonly op: 'missing' }
  | { readonly op: 'load-local'; readonly slot: number }
  | { readonly op: 'load-name'; readonly name: string; readonly key: string }
  /** The variable itself, to be passed to who may change it. */
  | { readonly op: 'ref-local'; readonly slot: number }
  | { readonly op: 'ref-name'; readonly name: string; readonly key: string }
  | { readonly op: 'me' }
  | { readonly op: 'new'; readonly name: string; readonly key: string }
  /** `name(args)`: a procedure, an element, the default member of an object. `asRef`: an element as variable. */
  | { readonly op: 'call-name'; readonly name: string; readonly key: string; readonly count: number; readonly asRef: boolean; readonly isStatement: boolean }
  | { readonly op: 'call-local'; readonly name: string; readonly slot: number; readonly count: number; readonly asRef: boolean }
  /** `value(args)`, the value below the arguments. */
  | { readonly op: 'call-value'; readonly count: number; readonly asRef: boolean }
  | { readonly op: 'call-member'; readonly name: string; readonly count: number; readonly shown: string }
  | { readonly op: 'store-local'; readonly slot: number; readonly how: StoreKind }
  | { readonly op: 'store-name'; readonly name: string; readonly key: string; readonly how: StoreKind }
  /** An element, or the default member with arguments; of the value below arguments and new value. */
  | { readonly op: 'store-element'; readonly count: number; readonly isSet: boolean; readonly shown: string }
  /** `name(args) = value`: an element of a variable, or a property of a host object whose members are global. */
  | { readonly op: 'store-call-name'; readonly name: string; readonly key: string; readonly count: number; readonly isSet: boolean }
  | { readonly op: 'store-member'; readonly name: string; readonly count: number; readonly isSet: boolean; readonly shown: string }
  | { readonly op: 'declare'; readonly name: string; readonly key: string; readonly bounds: readonly number[] | undefined }
  | { readonly op: 'dimension-local'; readonly slot: number; readonly bounds: readonly number[] }
  | { readonly op: 'declare-constant'; readonly name: string; readonly key: string }
  | { readonly op: 'fix-local'; readonly slot: number }
  | { readonly op: 'redim-local'; readonly slot: number; readonly count: number; readonly preserve: boolean }
  | { readonly op: 'redim-name'; readonly name: string; readonly key: string; readonly count: number; readonly preserve: boolean }
  | { readonly op: 'erase' }
  | { readonly op: 'binary'; readonly operator: BinaryOperator; readonly hardLeft: boolean; readonly hardRight: boolean }
  | { readonly op: 'unary'; readonly operator: '-' | '+' | 'not' }
  | { readonly op: 'jump'; target: number }
  | { readonly op: 'jump-if-false'; target: number }
  | { readonly op: 'jump-if-true'; target: number }
  | { readonly op: 'pop' }
  /** Keeps limit and step of For in two nameless locals; leaves the start on the stack. */
  | { readonly op: 'for-prepare'; readonly limit: number }
  | { readonly op: 'for-test'; readonly limit: number; target: number }
  | { readonly op: 'for-step'; readonly limit: number }
  | { readonly op: 'each-prepare'; readonly slot: number }
  | { readonly op: 'each-next'; readonly slot: number; target: number }
  | { readonly op: 'keep'; readonly slot: number }
  | { readonly op: 'keep-object'; readonly slot: number }
  | { readonly op: 'load-kept-object'; readonly slot: number }
  | { readonly op: 'on-error'; readonly resumeNext: boolean }
  | { readonly op: 'clear-error' }
  | { readonly op: 'run-text'; readonly scope: 'local' | 'global' | 'expression' }
  | { readonly op: 'return' }

export type ProcedureKind = 'main' | 'sub' | 'function' | 'get' | 'let' | 'set'

export interface Procedure {
  readonly name: string
  readonly kind: ProcedureKind
  readonly parameters: readonly { readonly name: string; readonly byValue: boolean }[]
  /** Where each name lies; parameters come first. */
  readonly slots: ReadonlyMap<string, number>
  readonly slotCount: number
  /** Of a function's result. */
  readonly result: number | undefined
  readonly code: readonly Instruction[]
  readonly explicit: boolean
  readonly isPrivate: boolean
}

export interface ClassMember {
  readonly name: string
  get?: Procedure
  let?: Procedure
  set?: Procedure
}

export interface ScriptClass {
  readonly name: string
  readonly fields: readonly { readonly name: string; readonly isPrivate: boolean; readonly bounds: readonly number[] | undefined }[]
  readonly members: ReadonlyMap<string, ClassMember>
  /** Key of the default member. */
  readonly defaultMember: string | undefined
}

/** A script, ready to run. */
export interface CompiledScript {
  readonly main: Procedure
  readonly procedures: ReadonlyMap<string, Procedure>
  readonly classes: ReadonlyMap<string, ScriptClass>
}

/** A variable: shared between who passes it and who is given it. */
export abstract class Variable {
  abstract value: Variant
}

export class Cell extends Variable {
  value: Variant
  isConstant = false

  constructor(value: Variant) {
    super()
    this.value = value
  }
}

/** An element of an array, as an argument that may be changed. */
export class ElementReference extends Variable {
  readonly #array: VariantArray
  readonly #cell: number

  constructor(array: VariantArray, cell: number) {
    super()
    this.#array = array
    this.#cell = cell
  }

  get value(): Variant {
    return this.#array.cells[this.#cell]
  }

  set value(value: Variant) {
    this.#array.cells[this.#cell] = value
  }
}
