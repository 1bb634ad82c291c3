// The names of a running script: its variables, procedures and classes, the host's objects, the built-in functions.
import { RandomNumbers } from '../functions/random.ts'
import type { DispatchObject } from '../values/dispatch.ts'
import { scriptError } from '../values/script-error.ts'
import type { Variant } from '../values/variant.ts'
import { Cell, type CompiledScript, type Procedure, type ScriptClass } from './code.ts'
import { initialValue } from './compiler.ts'
import { ErrorObject } from './error-object.ts'
import { keyOf } from './expression-compiler.ts'
import type { ScriptHost } from './host.ts'
import { ProcedureReference } from './script-object.ts'

export class Environment {
  readonly host: ScriptHost
  readonly globals = new Map<string, Cell>()
  readonly procedures = new Map<string, Procedure>()
  readonly classes = new Map<string, ScriptClass>()
  readonly error = new ErrorObject()
  readonly random = new RandomNumbers()
  readonly #objects = new Map<string, DispatchObject>()
  readonly #globalObjects: DispatchObject[] = []

  constructor(host: ScriptHost) {
    this.host = host
    this.#objects.set('err', this.error)
    for (const [name, { object, globalMembers }] of host.objects) {
      this.#objects.set(keyOf(name), object)
      if (globalMembers === true) this.#globalObjects.push(object)
    }
  }

  add({ procedures, classes }: CompiledScript): void {
    for (const [key, procedure] of procedures) this.procedures.set(key, procedure)
    for (const [key, one] of classes) {
      if (this.classes.has(key)) throw scriptError(1041)
      this.classes.set(key, one)
    }
  }

  object(key: string): DispatchObject | undefined {
    return this.#objects.get(key)
  }

  /** The first object of the host whose members are global and that has this one. */
  ownerOf(key: string): DispatchObject | undefined {
    return this.#globalObjects.find((one) => one.memberKind(key) !== undefined)
  }

  /** Dim at script level: again is the same variable. */
  declare(key: string, bounds: readonly number[] | undefined): void {
    if (!this.globals.has(key)) this.globals.set(key, new Cell(initialValue(bounds)))
  }

  /** GetRef. */
  reference(name: string): Variant {
    const procedure = this.procedures.get(keyOf(name))
    if (procedure === undefined) throw scriptError(5, name)
    return new ProcedureReference(procedure)
  }

  get currentYear(): number {
    return new Date(this.host.now() + this.host.utcOffsetMinutes * 60_000).getUTCFullYear()
  }
}
