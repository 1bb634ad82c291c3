// The syntax tree of a script. Names are kept as written; they are compared without regard to case.
import type { BinaryOperator } from '../values/operators.ts'
import type { ScriptPosition } from '../values/script-error.ts'
import type { Variant } from '../values/variant.ts'

export type Expression =
  | { readonly type: 'literal'; readonly value: Variant }
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'me' }
  | { readonly type: 'new'; readonly name: string }
  /** Without object: of the With statement around it. */
  | { readonly type: 'member'; readonly object: Expression | undefined; readonly name: string }
  | { readonly type: 'index'; readonly target: Expression; readonly args: readonly Argument[] }
  | { readonly type: 'unary'; readonly operator: '-' | '+' | 'not'; readonly operand: Expression }
  | { readonly type: 'binary'; readonly operator: BinaryOperator; readonly left: Expression; readonly right: Expression }
  /** In parentheses: a value, never a variable to be changed by who is called. */
  | { readonly type: 'group'; readonly expression: Expression }

/** `undefined` is left out: `f(a, , c)`. */
export type Argument = Expression | undefined

export interface Parameter {
  readonly name: string
  readonly byValue: boolean
}

export interface VariableDeclaration {
  readonly name: string
  /** Empty: dynamic; `undefined`: no array. */
  readonly bounds: readonly number[] | undefined
}

export type Access = 'public' | 'private'

export interface ProcedureDeclaration extends ScriptPosition {
  readonly type: 'procedure'
  readonly kind: 'sub' | 'function' | 'get' | 'let' | 'set'
  readonly name: string
  readonly parameters: readonly Parameter[]
  readonly body: readonly Statement[]
  readonly access: Access
  readonly isDefault: boolean
}

export interface ClassDeclaration extends ScriptPosition {
  readonly type: 'class'
  readonly name: string
  readonly fields: readonly (VariableDeclaration & { readonly access: Access })[]
  readonly members: readonly ProcedureDeclaration[]
}

export type CaseTest = Expression

export type Statement = ScriptPosition & (
  | { readonly type: 'dim'; readonly variables: readonly VariableDeclaration[] }
  | { readonly type: 'redim'; readonly preserve: boolean; readonly name: string; readonly bounds: readonly Expression[] }
  | { readonly type: 'erase'; readonly target: Expression }
  | { readonly type: 'const'; readonly name: string; readonly value: Expression }
  | { readonly type: 'assign'; readonly target: Expression; readonly value: Expression; readonly isSet: boolean }
  | { readonly type: 'call'; readonly target: Expression; readonly args: readonly Argument[] }
  | { readonly type: 'if'; readonly condition: Expression; readonly body: readonly Statement[]; readonly otherwise: readonly Statement[] }
  | { readonly type: 'select'; readonly subject: Expression; readonly cases: readonly { readonly tests: readonly CaseTest[]; readonly body: readonly Statement[] }[]; readonly otherwise: readonly Statement[] }
  | { readonly type: 'for'; readonly variable: string; readonly from: Expression; readonly to: Expression; readonly step: Expression | undefined; readonly body: readonly Statement[] }
  | { readonly type: 'each'; readonly variable: string; readonly collection: Expression; readonly body: readonly Statement[] }
  /** `until` turns the condition around; without a condition it is endless. */
  | { readonly type: 'do'; readonly condition: Expression | undefined; readonly until: boolean; readonly test: 'before' | 'after'; readonly body: readonly Statement[] }
  | { readonly type: 'with'; readonly object: Expression; readonly body: readonly Statement[] }
  | { readonly type: 'exit'; readonly what: 'do' | 'for' | 'function' | 'sub' | 'property' }
  | { readonly type: 'on-error'; readonly resumeNext: boolean }
  | { readonly type: 'stop' }
  )

export interface Script {
  readonly explicit: boolean
  readonly statements: readonly Statement[]
  readonly procedures: readonly ProcedureDeclaration[]
  readonly classes: readonly ClassDeclaration[]
}
