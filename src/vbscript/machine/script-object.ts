// Objects that the script brings itself: instances of its classes, and references to its procedures. The machine calls
// them; a host that is given one can keep it and give it back.
import type { DispatchObject, MemberKind } from '../values/dispatch.ts'
import { scriptError } from '../values/script-error.ts'
import type { Variant } from '../values/variant.ts'
import { Cell, type Procedure, type ScriptClass } from './code.ts'
import { initialValue } from './compiler.ts'
import { keyOf } from './expression-compiler.ts'

export class ScriptObject implements DispatchObject {
  readonly class: ScriptClass
  readonly fields: ReadonlyMap<string, Cell>

  constructor(scriptClass: ScriptClass) {
    this.class = scriptClass
    this.fields = new Map(scriptClass.fields.map(({ name, bounds }) => [keyOf(name), new Cell(initialValue(bounds))]))
  }

  get typeName(): string {
    return this.class.name
  }

  isPrivateField(key: string): boolean {
    return this.class.fields.some((field) => field.isPrivate && keyOf(field.name) === key)
  }

  invoke(name: string): Variant {
    throw scriptError(445, name)
  }

  memberKind(name: string): MemberKind | undefined {
    return this.fields.has(keyOf(name)) ? 'property' : this.class.members.has(keyOf(name)) ? 'method' : undefined
  }
}

/** What GetRef gives. */
export class ProcedureReference implements DispatchObject {
  readonly typeName = 'Object'
  readonly procedure: Procedure

  constructor(procedure: Procedure) {
    this.procedure = procedure
  }

  invoke(name: string): Variant {
    throw scriptError(445, name)
  }

  memberKind(): undefined {
    return undefined
  }
}
