// Calls: into procedures of the script, members of objects, elements of arrays. Where a procedure is entered, its result comes
// when its frame is left; where the host takes its time, when that is over.
import { builtins } from '../functions/index.ts'
import type { DispatchObject, InvokeKind } from '../values/dispatch.ts'
import { ScriptError, scriptError } from '../values/script-error.ts'
import { isObject, isObjectType, nothing, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import { Cell, ElementReference, Variable, type Procedure } from './code.ts'
import type { Environment } from './environment.ts'
import { keyOf } from './expression-compiler.ts'
import { ProcedureReference, ScriptObject } from './script-object.ts'
import { assign, copied, indices, valueOf, type Delivery, type Frame, type StackValue, type ValueStack, type Waiting } from './stack.ts'

export class Calls {
  readonly frames: Frame[] = []
  /** Objects whose class has a Class_Terminate. */
  readonly terminating: ScriptObject[] = []
  readonly #stack: ValueStack
  readonly #environment: Environment
  readonly #depth: number

  /** @param depth how many procedures may be within each other */
  constructor(stack: ValueStack, environment: Environment, depth: number) {
    this.#stack = stack
    this.#environment = environment
    this.#depth = depth
  }

  /** @throws ScriptError 28 */
  pushFrame(frame: Frame): void {
    if (this.frames.length >= this.#depth) throw scriptError(28)
    this.frames.push(frame)
  }

  enter(procedure: Procedure, args: readonly StackValue[], deliver: Delivery, me?: ScriptObject): void {
    if (args.length !== procedure.parameters.length) throw scriptError(450, procedure.name)
    const locals: Variable[] = procedure.parameters.map(({ byValue }, at) => {
      const one = args[at]
      if (one instanceof Variable) return byValue || (one instanceof Cell && one.isConstant) ? new Cell(copied(one.value)) : one
      return new Cell(copied(one))
    })
    while (locals.length < procedure.slotCount) locals.push(new Cell(undefined))
    const undeclared = procedure.kind === 'main' ? undefined : new Map<string, Cell>()
    this.pushFrame({ procedure, locals, base: this.#stack.values.length, me, deliver, undeclared, kept: new Map(), next: 0, position: undefined, resumeNext: false })
  }

  leave(frame: Frame): void {
    this.frames.pop()
    this.#stack.values.length = frame.base
    const { result } = frame.procedure
    this.deliver(result === undefined ? undefined : frame.locals[result]!.value, frame.deliver)
  }

  deliver(value: Variant, deliver: Delivery): void {
    if (deliver === 'push') this.#stack.push(value)
    else if (deliver !== 'discard') this.#stack.values[deliver] = value
  }

  /** The instruction is performed again with the object's default value in its place. */
  replaceByDefault(frame: Frame, at: number): Waiting | undefined {
    frame.next--
    return this.invoke(this.#stack.values[at] as Variant, '', 'get', [], at)
  }

  new(name: string, key: string): void {
    if (key === 'regexp') {
      this.#stack.push(builtins.newRegExp())
      return
    }
    const scriptClass = this.#environment.classes.get(key)
    if (scriptClass === undefined) throw scriptError(506, name)
    const object = new ScriptObject(scriptClass)
    this.#stack.push(object)
    if (scriptClass.members.get('class_terminate')?.get !== undefined) this.terminating.push(object)
    const initialize = scriptClass.members.get('class_initialize')?.get
    if (initialize !== undefined) this.enter(initialize, [], 'discard', object)
  }

  /** `value(args)`. */
  apply(value: Variant, args: readonly StackValue[], asRef: boolean, name?: string): Waiting | undefined {
    if (value instanceof VariantArray) {
      if (args.length === 0) {
        this.#stack.push(value)
        return undefined
      }
      const cell = value.cellAt(indices(args))
      this.#stack.push(asRef ? new ElementReference(value, cell) : value.cells[cell])
      return undefined
    }
    if (value === nothing) throw scriptError(91, name)
    if (isObject(value)) return this.invoke(value, '', 'get', args, 'push', name)
    if (args.length === 0 && name === undefined) {
      this.#stack.push(value)
      return undefined
    }
    throw scriptError(13, name)
  }

  invoke(value: Variant, name: string, kind: InvokeKind, args: readonly StackValue[], deliver: Delivery, shown?: string, isInside = false): Waiting | undefined {
    if (value === nothing || !isObject(value)) throw scriptError(value === nothing ? 91 : 424, shown)
    if (value instanceof ProcedureReference && name === '') {
      this.enter(value.procedure, args, deliver)
      return undefined
    }
    if (value instanceof ScriptObject) return this.invokeScriptObject(value, name, kind, args, deliver, shown ?? name, isInside || this.frames.at(-1)?.me?.class === value.class)
    return this.settle(invokeHost(value, name, kind, args, shown), deliver)
  }

  invokeScriptObject(object: ScriptObject, name: string, kind: InvokeKind, args: readonly StackValue[], deliver: Delivery, shown: string, isInside: boolean): Waiting | undefined {
    const key = name === '' ? object.class.defaultMember : keyOf(name)
    const field = key === undefined ? undefined : object.fields.get(key)
    if (field !== undefined && (isInside || !object.isPrivateField(key!))) return this.invokeField(field, kind, args, deliver, shown)
    const member = key === undefined ? undefined : object.class.members.get(key)
    const procedure = kind === 'get' ? member?.get : kind === 'set' ? member?.set : member?.let ?? (isObject(valueOf(args.at(-1))) ? member?.set : undefined)
    if (procedure === undefined || (procedure.isPrivate && !isInside)) throw scriptError(438, shown === '' ? undefined : shown)
    this.enter(procedure, args, kind === 'get' ? deliver : 'discard', object)
    return undefined
  }

  invokeField(field: Cell, kind: InvokeKind, args: readonly StackValue[], deliver: Delivery, shown: string): Waiting | undefined {
    if (kind === 'get' && args.length === 0) {
      this.deliver(field.value, deliver)
      return undefined
    }
    if (kind === 'get') return this.apply(field.value, args, false, shown)
    if (args.length > 1) return this.setElement(field.value, args.slice(0, -1), valueOf(args.at(-1)), kind === 'set', shown)
    assign(field, valueOf(args[0]), kind === 'set')
    return undefined
  }

  settle(result: Variant | Promise<Variant>, deliver: Delivery): Waiting | undefined {
    if (result instanceof Promise) return { promise: result, deliver }
    this.deliver(result, deliver)
    return undefined
  }

  setElement(target: Variant, args: readonly StackValue[], value: Variant, isSet: boolean, shown: string): Waiting | undefined {
    if (target instanceof VariantArray) {
      assign(new ElementReference(target, target.cellAt(indices(args))), value, isSet)
      return undefined
    }
    if (isObjectType(target)) return this.invoke(target, '', isSet ? 'set' : 'let', [...args, value], 'discard', shown)
    throw scriptError(13, shown)
  }
}

function invokeHost(object: DispatchObject, name: string, kind: InvokeKind, args: readonly StackValue[], shown: string | undefined): Variant | Promise<Variant> {
  try {
    return object.invoke(name, kind, args.map(valueOf))
  } catch (error) {
    // The object knows its own members only; the script's text has the variable too.
    if (error instanceof ScriptError && error.number === 438 && shown !== undefined) throw scriptError(438, shown)
    throw error
  }
}
