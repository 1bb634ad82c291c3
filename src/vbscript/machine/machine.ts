// The machine that runs compiled scripts. Calls of the host that take their time suspend it: it holds its state in frames
// and a stack of values, never in the stack of the engine below. Steps, time and depth are bounded.
import { parseText } from '../language/text.ts'
import { ScriptError, scriptError, ScriptLimitError, type ScriptPosition } from '../values/script-error.ts'
import { toBoolean, toLong } from '../values/convert.ts'
import { isObject, isObjectType, missing, nothing, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import { builtins } from '../functions/index.ts'
import type { DispatchObject, InvokeKind } from '../values/dispatch.ts'
import { Cell, ElementReference, Variable, type CompiledScript, type Instruction, type Procedure } from './code.ts'
import { compileExpression, compileText, initialValue } from './compiler.ts'
import { Environment } from './environment.ts'
import { forLoop, iteratorOf, type Kept } from './loops.ts'
import { keyOf } from './expression-compiler.ts'
import { defaultLimits, type ScriptHost, type ScriptLimits } from './host.ts'
import { applyBinary, applyUnary } from './apply-operator.ts'
import { ProcedureReference, ScriptObject } from './script-object.ts'

type StackValue = Variant | Variable

interface Frame {
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

type Delivery = 'push' | 'discard' | number

/** A call of the host that is not done yet. */
interface Waiting {
  readonly promise: Promise<Variant>
  readonly deliver: Delivery
}

/** How many steps pass between looks at the clock. */
const stepsPerCheck = 4096
const stepsPerBreath = stepsPerCheck * 64

export class Machine {
  readonly environment: Environment
  readonly #limits: ScriptLimits
  readonly #frames: Frame[] = []
  readonly #stack: StackValue[] = []
  readonly #terminating: ScriptObject[] = []
  #steps = 0
  #nextCheck = 0
  #deadline = Infinity

  constructor(host: ScriptHost, limits: Partial<ScriptLimits> = {}) {
    this.environment = new Environment(host)
    this.#limits = { ...defaultLimits, ...limits }
  }

  /** Declarations first, then the statements at script level. @throws ScriptError what the script did not handle; ScriptLimitError */
  async run(script: CompiledScript): Promise<void> {
    this.#deadline = this.environment.host.now() + this.#limits.milliseconds
    this.environment.add(script)
    await this.#execute(script.main, [], 'discard')
  }

  /** Calls a procedure of the script; `undefined` when there is none of that name. */
  async call(name: string, args: readonly Variant[] = []): Promise<{ readonly result: Variant } | undefined> {
    const procedure = this.environment.procedures.get(keyOf(name))
    return procedure === undefined ? undefined : { result: await this.#execute(procedure, args, 'push') }
  }

  /** Class_Terminate of every object that was made: nobody counts references, so they all live as long as the script. */
  async end(): Promise<void> {
    for (const object of this.#terminating.splice(0)) {
      await this.#execute(object.class.members.get('class_terminate')!.get!, [], 'discard', object)
    }
  }

  async #execute(procedure: Procedure, args: readonly Variant[], deliver: Delivery, me?: ScriptObject): Promise<Variant> {
    const floor = this.#frames.length
    this.#enter(procedure, args, deliver, me)
    for (;;) {
      let waiting: Waiting | undefined
      try {
        waiting = this.#interpret(floor)
        if (waiting === undefined) return deliver === 'push' ? this.#stack.pop() as Variant : undefined
        const value = await waiting.promise
        this.#deliver(value, waiting.deliver)
      } catch (error) {
        this.#raise(error, floor)
      }
    }
  }

  /** On until a frame is left for good or the host has to be waited for. */
  #interpret(floor: number): Waiting | undefined {
    while (this.#frames.length > floor) {
      const frame = this.#frames.at(-1)!
      const { code } = frame.procedure
      do {
        const instruction = code[frame.next++]!
        if (++this.#steps >= this.#nextCheck) {
          const pause = this.#check()
          if (pause !== undefined) {
            frame.next--
            return pause
          }
        }
        const waiting = this.#perform(frame, instruction)
        if (waiting !== undefined) return waiting
      } while (this.#frames.at(-1) === frame)
    }
    return undefined
  }

  #check(): Waiting | undefined {
    const { host } = this.environment
    this.#nextCheck = this.#steps + stepsPerCheck
    if (this.#steps > this.#limits.steps) throw this.#limitError(`the script ran for more than ${this.#limits.steps} steps`)
    if (host.now() > this.#deadline) throw this.#limitError(`the script ran for more than ${this.#limits.milliseconds / 1000} seconds`)
    if (host.breathe === undefined || this.#steps % stepsPerBreath >= stepsPerCheck) return undefined
    return { promise: host.breathe().then(() => undefined), deliver: 'discard' }
  }

  #limitError(message: string): ScriptLimitError {
    const error = new ScriptLimitError(message)
    error.position = this.#frames.at(-1)?.position
    return error
  }

  /** To the innermost procedure that goes on after errors, or out of the script. */
  #raise(thrown: unknown, floor: number): void {
    const error = asScriptError(thrown)
    if (error === undefined) {
      this.#frames.length = floor
      throw thrown
    }
    for (let at = this.#frames.length - 1; at >= floor; at--) {
      const frame = this.#frames[at]!
      error.position ??= frame.position
      if (!frame.resumeNext) continue
      this.#frames.length = at + 1
      this.#stack.length = frame.base
      this.environment.error.set(error)
      frame.next = nextStatement(frame.procedure.code, frame.next)
      return
    }
    this.#stack.length = this.#frames[floor]?.base ?? this.#stack.length
    this.#frames.length = floor
    throw error
  }

  #perform(frame: Frame, instruction: Instruction): Waiting | undefined {
    const stack = this.#stack
    switch (instruction.op) {
      case 'statement': frame.position = instruction.position; return undefined
      case 'mark': return undefined
      case 'constant': stack.push(instruction.value); return undefined
      case 'missing': stack.push(missing); return undefined
      case 'load-local': stack.push(frame.locals[instruction.slot]!.value); return undefined
      case 'ref-local': stack.push(frame.locals[instruction.slot]!); return undefined
      case 'load-name': return this.#loadName(frame, instruction.name, instruction.key, false)
      case 'ref-name': return this.#loadName(frame, instruction.name, instruction.key, true)
      case 'me': stack.push(this.#me(frame)); return undefined
      case 'new': this.#new(instruction.name, instruction.key); return undefined
      case 'call-name': return this.#callName(frame, instruction)
      case 'call-local': return this.#apply(frame.locals[instruction.slot]!.value, this.#takeArguments(instruction.count), instruction.asRef, instruction.name)
      case 'call-value': {
        const args = this.#takeArguments(instruction.count)
        return this.#apply(this.#popValue(), args, instruction.asRef)
      }
      case 'call-member': {
        const args = this.#takeArguments(instruction.count)
        return this.#invoke(this.#popObject(instruction.shown), instruction.name, 'get', args, 'push', instruction.shown)
      }
      case 'store-local': return this.#store(frame, instruction.how, frame.locals[instruction.slot]!)
      case 'store-name': return this.#storeName(frame, instruction)
      case 'store-element': return this.#storeElement(frame, instruction)
      case 'store-call-name': return this.#storeCallName(frame, instruction)
      case 'store-member': return this.#storeMember(instruction)
      case 'declare': {
        if (frame.undeclared === undefined) this.environment.declare(instruction.key, instruction.bounds)
        else if (!frame.undeclared.has(instruction.key)) frame.undeclared.set(instruction.key, new Cell(initialValue(instruction.bounds)))
        return undefined
      }
      case 'dimension-local': frame.locals[instruction.slot]!.value = initialValue(instruction.bounds); return undefined
      case 'declare-constant': {
        const cell = new Cell(this.#popValue())
        cell.isConstant = true
        ;(frame.undeclared ?? this.environment.globals).set(instruction.key, cell)
        return undefined
      }
      case 'fix-local': (frame.locals[instruction.slot] as Cell).isConstant = true; return undefined
      case 'redim-local': return this.#redim(frame, frame.locals[instruction.slot]!, instruction)
      case 'redim-name': return this.#redim(frame, this.#variableToMake(frame, instruction.name, instruction.key), instruction)
      case 'erase': this.#erase(); return undefined
      case 'binary': {
        const top = stack.length - 1
        if (instruction.operator !== 'is') {
          if (isObjectType(stack[top - 1] as Variant)) return this.#replaceByDefault(frame, top - 1)
          if (isObjectType(stack[top] as Variant)) return this.#replaceByDefault(frame, top)
        }
        stack[top - 1] = applyBinary(instruction, stack[top - 1] as Variant, stack[top] as Variant)
        stack.length = top
        return undefined
      }
      case 'unary': {
        const top = stack.length - 1
        if (isObjectType(stack[top] as Variant)) return this.#replaceByDefault(frame, top)
        stack[top] = applyUnary(instruction.operator, stack[top] as Variant)
        return undefined
      }
      case 'jump': frame.next = instruction.target; return undefined
      case 'jump-if-false': case 'jump-if-true': {
        const top = stack.length - 1
        if (isObjectType(stack[top] as Variant)) return this.#replaceByDefault(frame, top)
        const value = stack.pop() as Variant
        const truth = value !== null && toBoolean(value)
        if (truth === (instruction.op === 'jump-if-true')) frame.next = instruction.target
        return undefined
      }
      case 'pop': stack.pop(); return undefined
      case 'for-prepare': {
        for (const at of [stack.length - 3, stack.length - 2, stack.length - 1]) if (isObjectType(stack[at] as Variant)) return this.#replaceByDefault(frame, at)
        const [start, limit, step] = stack.splice(-3) as Variant[]
        const loop = forLoop(start, limit, step)
        frame.kept.set(instruction.limit, loop)
        stack.push(loop.start)
        return undefined
      }
      case 'for-test': {
        const loop = frame.kept.get(instruction.limit)
        if (loop?.kind !== 'for') throw scriptError(92)
        if (loop.isPast(this.#popValue())) frame.next = instruction.target
        return undefined
      }
      case 'for-step': {
        const loop = frame.kept.get(instruction.limit)
        if (loop?.kind !== 'for') throw scriptError(92)
        stack.push(loop.advance(this.#popValue()))
        return undefined
      }
      case 'each-prepare': frame.kept.set(instruction.slot, { kind: 'each', iterator: iteratorOf(this.#popValue()) }); return undefined
      case 'each-next': {
        const loop = frame.kept.get(instruction.slot)
        if (loop?.kind !== 'each') throw scriptError(92)
        const { done, value } = loop.iterator.next()
        if (done === true) frame.next = instruction.target
        else stack.push(value as Variant)
        return undefined
      }
      case 'keep': {
        const top = stack.length - 1
        if (frame.procedure.name !== 'Eval' && isObjectType(stack[top] as Variant)) return this.#replaceByDefault(frame, top)
        frame.locals[instruction.slot]!.value = stack.pop() as Variant
        return undefined
      }
      case 'keep-object': {
        const value = this.#popValue()
        if (!isObjectType(value)) throw scriptError(424)
        frame.locals[instruction.slot]!.value = value
        return undefined
      }
      case 'load-kept-object': {
        if (instruction.slot < 0) throw scriptError(505)
        stack.push(frame.locals[instruction.slot]!.value)
        return undefined
      }
      case 'on-error':
        frame.resumeNext = instruction.resumeNext
        this.environment.error.clear()
        return undefined
      case 'clear-error': this.environment.error.clear(); return undefined
      case 'run-text': return this.#runText(frame, instruction.scope)
      default: this.#leave(frame); return undefined
    }
  }

  #enter(procedure: Procedure, args: readonly StackValue[], deliver: Delivery, me?: ScriptObject): void {
    if (this.#frames.length >= this.#limits.depth) throw scriptError(28)
    if (args.length !== procedure.parameters.length) throw scriptError(450, procedure.name)
    const locals: Variable[] = procedure.parameters.map(({ byValue }, at) => {
      const one = args[at]
      if (one instanceof Variable) return byValue || (one instanceof Cell && one.isConstant) ? new Cell(copied(one.value)) : one
      return new Cell(copied(one))
    })
    while (locals.length < procedure.slotCount) locals.push(new Cell(undefined))
    const undeclared = procedure.kind === 'main' ? undefined : new Map<string, Cell>()
    this.#frames.push({ procedure, locals, base: this.#stack.length, me, deliver, undeclared, kept: new Map(), next: 0, position: undefined, resumeNext: false })
  }

  #leave(frame: Frame): void {
    this.#frames.pop()
    this.#stack.length = frame.base
    const { result } = frame.procedure
    this.#deliver(result === undefined ? undefined : frame.locals[result]!.value, frame.deliver)
  }

  #deliver(value: Variant, deliver: Delivery): void {
    if (deliver === 'push') this.#stack.push(value)
    else if (deliver !== 'discard') this.#stack[deliver] = value
  }

  /** The instruction is performed again with the object's default value in its place. */
  #replaceByDefault(frame: Frame, at: number): Waiting | undefined {
    frame.next--
    return this.#invoke(this.#stack[at] as Variant, '', 'get', [], at)
  }

  #popValue(): Variant {
    const value = this.#stack.pop()
    return value instanceof Variable ? value.value : value
  }

  #popObject(shown: string): Variant {
    const value = this.#popValue()
    if (!isObjectType(value)) throw scriptError(424, shown.includes('.') ? shown.slice(0, shown.indexOf('.')) : shown)
    return value
  }

  #takeArguments(count: number): StackValue[] {
    return count === 0 ? [] : this.#stack.splice(-count)
  }

  #me(frame: Frame): Variant {
    if (frame.me === undefined) throw scriptError(424, 'Me')
    return frame.me
  }

  #new(name: string, key: string): void {
    if (key === 'regexp') {
      this.#stack.push(builtins.newRegExp())
      return
    }
    const scriptClass = this.environment.classes.get(key)
    if (scriptClass === undefined) throw scriptError(506, name)
    const object = new ScriptObject(scriptClass)
    this.#stack.push(object)
    if (scriptClass.members.get('class_terminate')?.get !== undefined) this.#terminating.push(object)
    const initialize = scriptClass.members.get('class_initialize')?.get
    if (initialize !== undefined) this.#enter(initialize, [], 'discard', object)
  }

  /** A variable that exists: undeclared, of the object whose method runs, or of the script. */
  #variable(frame: Frame, key: string): Cell | undefined {
    return frame.undeclared?.get(key) ?? frame.me?.fields.get(key) ?? this.environment.globals.get(key)
  }

  #variableToMake(frame: Frame, name: string, key: string): Cell {
    const found = this.#variable(frame, key)
    if (found !== undefined) return found
    if (frame.procedure.explicit) throw scriptError(500, name)
    const cell = new Cell(undefined)
    ;(frame.undeclared ?? this.environment.globals).set(key, cell)
    return cell
  }

  #loadName(frame: Frame, name: string, key: string, asRef: boolean): Waiting | undefined {
    const variable = this.#variable(frame, key)
    if (variable !== undefined) {
      this.#stack.push(asRef ? variable : variable.value)
      return undefined
    }
    const object = this.environment.object(key)
    if (object !== undefined) {
      this.#stack.push(object)
      return undefined
    }
    if (this.#isCallable(frame, key)) return this.#callNamed(frame, name, key, [])
    if (asRef || frame.procedure.explicit) this.#stack.push(this.#variableToMake(frame, name, key))
    else this.#stack.push(undefined)
    return undefined
  }

  #isCallable(frame: Frame, key: string): boolean {
    return frame.me?.class.members.has(key) === true || this.environment.procedures.has(key) || this.environment.ownerOf(key) !== undefined || builtins.has(key)
  }

  #callName(frame: Frame, { name, key, count, asRef, isStatement }: Instruction & { op: 'call-name' }): Waiting | undefined {
    const variable = this.#variable(frame, key)
    if (variable !== undefined) {
      if (isStatement && !isObject(variable.value)) throw scriptError(13, name)
      return this.#apply(variable.value, this.#takeArguments(count), asRef, name)
    }
    const builtin = frame.me?.class.members.has(key) === true || this.environment.procedures.has(key) ? undefined : builtins.get(key)
    if (builtin !== undefined && !builtin.takesObjects) {
      for (let at = this.#stack.length - count; at < this.#stack.length; at++) {
        const value = this.#stack[at]
        const plain = value instanceof Variable ? value.value : value
        if (!isObjectType(plain)) continue
        this.#stack[at] = plain
        return this.#replaceByDefault(frame, at)
      }
    }
    const args = this.#takeArguments(count)
    const object = this.environment.object(key)
    if (object !== undefined) return this.#apply(object, args, false, name)
    if (this.#isCallable(frame, key)) return this.#callNamed(frame, name, key, args)
    throw scriptError(frame.procedure.explicit ? 500 : 13, name)
  }

  #callNamed(frame: Frame, name: string, key: string, args: readonly StackValue[]): Waiting | undefined {
    if (frame.me?.class.members.has(key) === true) return this.#invoke(frame.me, name, 'get', args, 'push', name, true)
    const procedure = this.environment.procedures.get(key)
    if (procedure !== undefined) {
      this.#enter(procedure, args, 'push')
      return undefined
    }
    const builtin = builtins.get(key)
    const owner = this.environment.ownerOf(key)
    if (owner !== undefined) return this.#invoke(owner, name, 'get', args, 'push', name)
    if (args.length < builtin!.least || args.length > builtin!.most) throw scriptError(450, name)
    return this.#settle(builtin!.call(args.map(valueOf), this.environment), 'push')
  }

  /** `value(args)`. */
  #apply(value: Variant, args: readonly StackValue[], asRef: boolean, name?: string): Waiting | undefined {
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
    if (isObject(value)) return this.#invoke(value, '', 'get', args, 'push', name)
    if (args.length === 0 && name === undefined) {
      this.#stack.push(value)
      return undefined
    }
    throw scriptError(13, name)
  }

  #invoke(value: Variant, name: string, kind: InvokeKind, args: readonly StackValue[], deliver: Delivery, shown?: string, isInside = false): Waiting | undefined {
    if (value === nothing || !isObject(value)) throw scriptError(value === nothing ? 91 : 424, shown)
    if (value instanceof ProcedureReference && name === '') {
      this.#enter(value.procedure, args, deliver)
      return undefined
    }
    if (value instanceof ScriptObject) return this.#invokeScriptObject(value, name, kind, args, deliver, shown ?? name, isInside || this.#frames.at(-1)?.me?.class === value.class)
    return this.#settle(invokeHost(value, name, kind, args, shown), deliver)
  }

  #invokeScriptObject(object: ScriptObject, name: string, kind: InvokeKind, args: readonly StackValue[], deliver: Delivery, shown: string, isInside: boolean): Waiting | undefined {
    const key = name === '' ? object.class.defaultMember : keyOf(name)
    const field = key === undefined ? undefined : object.fields.get(key)
    if (field !== undefined && (isInside || !object.isPrivateField(key!))) return this.#invokeField(field, kind, args, deliver, shown)
    const member = key === undefined ? undefined : object.class.members.get(key)
    const procedure = kind === 'get' ? member?.get : kind === 'set' ? member?.set : member?.let ?? (isObject(valueOf(args.at(-1))) ? member?.set : undefined)
    if (procedure === undefined || (procedure.isPrivate && !isInside)) throw scriptError(438, shown === '' ? undefined : shown)
    this.#enter(procedure, args, kind === 'get' ? deliver : 'discard', object)
    return undefined
  }

  #invokeField(field: Cell, kind: InvokeKind, args: readonly StackValue[], deliver: Delivery, shown: string): Waiting | undefined {
    if (kind === 'get' && args.length === 0) {
      this.#deliver(field.value, deliver)
      return undefined
    }
    if (kind === 'get') return this.#apply(field.value, args, false, shown)
    if (args.length > 1) return this.#setElement(field.value, args.slice(0, -1), valueOf(args.at(-1)), kind === 'set', shown)
    assign(field, valueOf(args[0]), kind === 'set')
    return undefined
  }

  #settle(result: Variant | Promise<Variant>, deliver: Delivery): Waiting | undefined {
    if (result instanceof Promise) return { promise: result, deliver }
    this.#deliver(result, deliver)
    return undefined
  }

  #store(frame: Frame, how: 'let' | 'set' | 'any', variable: Variable): Waiting | undefined {
    const top = this.#stack.length - 1
    if (how === 'let' && isObjectType(this.#stack[top] as Variant)) return this.#replaceByDefault(frame, top)
    const value = this.#popValue()
    if (how === 'any') variable.value = value
    else assign(variable, value, how === 'set')
    return undefined
  }

  #storeName(frame: Frame, { name, key, how }: Instruction & { op: 'store-name' }): Waiting | undefined {
    const variable = this.#variable(frame, key)
    if (variable !== undefined) return this.#store(frame, how, variable)
    const kind = how === 'set' ? 'set' : 'let'
    if (frame.me?.class.members.has(key) === true) return this.#invoke(frame.me, name, kind, [this.#popValue()], 'discard', name, true)
    if (this.environment.procedures.has(key) || this.environment.object(key) !== undefined || builtins.isConstant(key)) throw scriptError(501, name)
    const owner = this.environment.ownerOf(key)
    if (owner !== undefined) return this.#invoke(owner, name, kind, [this.#popValue()], 'discard', name)
    return this.#store(frame, how, this.#variableToMake(frame, name, key))
  }

  #storeElement(frame: Frame, { count, isSet, shown }: Instruction & { op: 'store-element' }): Waiting | undefined {
    const top = this.#stack.length - 1
    const target = valueOf(this.#stack[top - count - 1])
    if (!isSet && target instanceof VariantArray && isObjectType(this.#stack[top] as Variant)) return this.#replaceByDefault(frame, top)
    const value = this.#popValue()
    const args = this.#takeArguments(count)
    this.#stack.pop()
    return this.#setElement(target, args, value, isSet, shown)
  }

  #setElement(target: Variant, args: readonly StackValue[], value: Variant, isSet: boolean, shown: string): Waiting | undefined {
    if (target instanceof VariantArray) {
      assign(new ElementReference(target, target.cellAt(indices(args))), value, isSet)
      return undefined
    }
    if (isObjectType(target)) return this.#invoke(target, '', isSet ? 'set' : 'let', [...args, value], 'discard', shown)
    throw scriptError(13, shown)
  }

  #storeCallName(frame: Frame, { name, key, count, isSet }: Instruction & { op: 'store-call-name' }): Waiting | undefined {
    const variable = this.#variable(frame, key)
    const top = this.#stack.length - 1
    if (!isSet && variable?.value instanceof VariantArray && isObjectType(this.#stack[top] as Variant)) return this.#replaceByDefault(frame, top)
    const value = this.#popValue()
    const args = this.#takeArguments(count)
    if (variable !== undefined) return this.#setElement(variable.value, args, value, isSet, name)
    const kind = isSet ? 'set' : 'let'
    if (frame.me?.class.members.has(key) === true) return this.#invoke(frame.me, name, kind, [...args, value], 'discard', name, true)
    const object = this.environment.object(key)
    if (object !== undefined) return this.#setElement(object, args, value, isSet, name)
    const owner = this.environment.ownerOf(key)
    if (owner !== undefined) return this.#invoke(owner, name, kind, [...args, value], 'discard', name)
    throw scriptError(this.environment.procedures.has(key) || builtins.has(key) ? 501 : frame.procedure.explicit ? 500 : 13, name)
  }

  #storeMember({ name, count, isSet, shown }: Instruction & { op: 'store-member' }): Waiting | undefined {
    const value = this.#popValue()
    const args = this.#takeArguments(count)
    return this.#invoke(this.#popObject(shown), name, isSet ? 'set' : 'let', [...args, value], 'discard', shown)
  }

  #redim(frame: Frame, variable: Variable, { count, preserve }: { readonly count: number; readonly preserve: boolean }): Waiting | undefined {
    for (let at = this.#stack.length - count; at < this.#stack.length; at++) if (isObjectType(valueOf(this.#stack[at]))) return this.#replaceByDefault(frame, at)
    const bounds = this.#takeArguments(count).map((one) => toLong(valueOf(one)))
    if (variable.value instanceof VariantArray) variable.value.resize(bounds, preserve)
    else if (variable.value === undefined || !preserve) variable.value = new VariantArray(bounds)
    else throw scriptError(13)
    return undefined
  }

  #erase(): void {
    const value = this.#popValue()
    if (!(value instanceof VariantArray)) throw scriptError(13)
    value.erase()
  }

  #runText(frame: Frame, scope: 'local' | 'global' | 'expression'): Waiting | undefined {
    const top = this.#stack.length - 1
    if (isObjectType(this.#stack[top] as Variant)) return this.#replaceByDefault(frame, top)
    const value = this.#popValue()
    // Eval of what is no text is the value itself.
    if (scope === 'expression' && typeof value !== 'string') {
      this.#stack.push(value)
      return undefined
    }
    const around = scope === 'global' ? undefined : frame.procedure
    const text = parseText(value, scope)
    const procedure = text.kind === 'expression' ? compileExpression(text.expression, around) : compileText(text.script, around)
    if (text.kind === 'script') this.environment.add(text.compiled)
    if (this.#frames.length >= this.#limits.depth) throw scriptError(28)
    const locals: Variable[] = scope === 'global' ? [] : frame.locals.slice(0, frame.procedure.slotCount)
    while (locals.length < procedure.slotCount) locals.push(new Cell(undefined))
    this.#frames.push({
      procedure, locals, base: this.#stack.length, me: scope === 'global' ? undefined : frame.me, deliver: 'push',
      undeclared: scope === 'global' ? undefined : frame.undeclared, kept: new Map(), next: 0, position: frame.position, resumeNext: false,
    })
    return undefined
  }
}

function valueOf(value: StackValue): Variant {
  return value instanceof Variable ? value.value : value
}

function copied(value: Variant): Variant {
  return value instanceof VariantArray ? value.copy() : value
}

function indices(args: readonly StackValue[]): number[] {
  return args.map((one) => toLong(valueOf(one)))
}

/** @throws ScriptError 424 Set of no object, 501 a constant, 10 an array that is fixed */
function assign(variable: Variable, value: Variant, isSet: boolean): void {
  if (variable instanceof Cell && variable.isConstant) throw scriptError(501)
  if (isSet && !isObjectType(value)) throw scriptError(424)
  variable.value = copied(value)
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

function nextStatement(code: readonly Instruction[], from: number): number {
  let at = from
  while (at < code.length - 1 && code[at]!.op !== 'statement' && code[at]!.op !== 'mark') at++
  return at
}

function asScriptError(thrown: unknown): ScriptError | undefined {
  if (thrown instanceof ScriptError) return thrown
  return thrown instanceof RangeError && /string length/i.test(thrown.message) ? scriptError(14) : undefined
}
