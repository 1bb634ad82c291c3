// The machine that runs compiled scripts. Calls of the host that take their time suspend it: it holds its state in frames
// and a stack of values, never in the stack of the engine below. Steps, time and depth are bounded.
import { parseText } from '../language/text.ts'
import { toBoolean, toLong } from '../values/convert.ts'
import { ScriptError, scriptError, ScriptLimitError } from '../values/script-error.ts'
import { isObjectType, missing, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import { applyBinary, applyUnary } from './apply-operator.ts'
import { Calls } from './calls.ts'
import { Cell, Variable, type CompiledScript, type Instruction, type Procedure } from './code.ts'
import { compileExpression, compileText, initialValue } from './compiler.ts'
import { Environment } from './environment.ts'
import { keyOf } from './expression-compiler.ts'
import { defaultLimits, type ScriptHost, type ScriptLimits } from './host.ts'
import { forLoop, iteratorOf } from './loops.ts'
import { Names } from './names.ts'
import type { ScriptObject } from './script-object.ts'
import { ValueStack, valueOf, type Delivery, type Frame, type Waiting } from './stack.ts'

/** How many steps pass between looks at the clock. */
const stepsPerCheck = 4096
const stepsPerBreath = stepsPerCheck * 64

export class Machine {
  readonly environment: Environment
  readonly #limits: ScriptLimits
  readonly #stack = new ValueStack()
  readonly #calls: Calls
  readonly #names: Names
  #steps = 0
  #nextCheck = 0
  #deadline = Infinity

  constructor(host: ScriptHost, limits: Partial<ScriptLimits> = {}) {
    this.environment = new Environment(host)
    this.#limits = { ...defaultLimits, ...limits }
    this.#calls = new Calls(this.#stack, this.environment, this.#limits.depth)
    this.#names = new Names(this.#stack, this.environment, this.#calls)
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
    for (const object of this.#calls.terminating.splice(0)) {
      await this.#execute(object.class.members.get('class_terminate')!.get!, [], 'discard', object)
    }
  }

  async #execute(procedure: Procedure, args: readonly Variant[], deliver: Delivery, me?: ScriptObject): Promise<Variant> {
    const floor = this.#calls.frames.length
    this.#calls.enter(procedure, args, deliver, me)
    for (;;) {
      let waiting: Waiting | undefined
      try {
        waiting = this.#interpret(floor)
        if (waiting === undefined) return deliver === 'push' ? this.#stack.values.pop() as Variant : undefined
        const value = await waiting.promise
        this.#calls.deliver(value, waiting.deliver)
      } catch (error) {
        this.#raise(error, floor)
      }
    }
  }

  /** On until a frame is left for good or the host has to be waited for. */
  #interpret(floor: number): Waiting | undefined {
    while (this.#calls.frames.length > floor) {
      const frame = this.#calls.frames.at(-1)!
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
      } while (this.#calls.frames.at(-1) === frame)
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
    error.position = this.#calls.frames.at(-1)?.position
    return error
  }

  /** To the innermost procedure that goes on after errors, or out of the script. */
  #raise(thrown: unknown, floor: number): void {
    const error = asScriptError(thrown)
    if (error === undefined) {
      this.#calls.frames.length = floor
      throw thrown
    }
    for (let at = this.#calls.frames.length - 1; at >= floor; at--) {
      const frame = this.#calls.frames[at]!
      error.position ??= frame.position
      if (!frame.resumeNext) continue
      this.#calls.frames.length = at + 1
      this.#stack.values.length = frame.base
      this.environment.error.set(error)
      frame.next = nextStatement(frame.procedure.code, frame.next)
      return
    }
    this.#stack.values.length = this.#calls.frames[floor]?.base ?? this.#stack.values.length
    this.#calls.frames.length = floor
    throw error
  }

  #perform(frame: Frame, instruction: Instruction): Waiting | undefined {
    const stack = this.#stack.values
    switch (instruction.op) {
      case 'statement': frame.position = instruction.position; return undefined
      case 'mark': return undefined
      case 'constant': stack.push(instruction.value); return undefined
      case 'missing': stack.push(missing); return undefined
      case 'load-local': stack.push(frame.locals[instruction.slot]!.value); return undefined
      case 'ref-local': stack.push(frame.locals[instruction.slot]!); return undefined
      case 'load-name': return this.#names.loadName(frame, instruction.name, instruction.key, false)
      case 'ref-name': return this.#names.loadName(frame, instruction.name, instruction.key, true)
      case 'me': stack.push(this.#me(frame)); return undefined
      case 'new': this.#calls.new(instruction.name, instruction.key); return undefined
      case 'call-name': return this.#names.callName(frame, instruction)
      case 'call-local': return this.#calls.apply(frame.locals[instruction.slot]!.value, this.#stack.takeArguments(instruction.count), instruction.asRef, instruction.name)
      case 'call-value': {
        const args = this.#stack.takeArguments(instruction.count)
        return this.#calls.apply(this.#stack.popValue(), args, instruction.asRef)
      }
      case 'call-member': {
        const args = this.#stack.takeArguments(instruction.count)
        return this.#calls.invoke(this.#stack.popObject(instruction.shown), instruction.name, 'get', args, 'push', instruction.shown)
      }
      case 'store-local': return this.#names.store(frame, instruction.how, frame.locals[instruction.slot]!)
      case 'store-name': return this.#names.storeName(frame, instruction)
      case 'store-element': return this.#storeElement(frame, instruction)
      case 'store-call-name': return this.#names.storeCallName(frame, instruction)
      case 'store-member': return this.#storeMember(instruction)
      case 'declare': {
        if (frame.undeclared === undefined) this.environment.declare(instruction.key, instruction.bounds)
        else if (!frame.undeclared.has(instruction.key)) frame.undeclared.set(instruction.key, new Cell(initialValue(instruction.bounds)))
        return undefined
      }
      case 'dimension-local': frame.locals[instruction.slot]!.value = initialValue(instruction.bounds); return undefined
      case 'declare-constant': {
        const cell = new Cell(this.#stack.popValue())
        cell.isConstant = true
        ;(frame.undeclared ?? this.environment.globals).set(instruction.key, cell)
        return undefined
      }
      case 'fix-local': (frame.locals[instruction.slot] as Cell).isConstant = true; return undefined
      case 'redim-local': return this.#redim(frame, frame.locals[instruction.slot]!, instruction)
      case 'redim-name': return this.#redim(frame, this.#names.variableToMake(frame, instruction.name, instruction.key), instruction)
      case 'erase': this.#erase(); return undefined
      case 'binary': {
        const top = stack.length - 1
        if (instruction.operator !== 'is') {
          if (isObjectType(stack[top - 1] as Variant)) return this.#calls.replaceByDefault(frame, top - 1)
          if (isObjectType(stack[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
        }
        stack[top - 1] = applyBinary(instruction, stack[top - 1] as Variant, stack[top] as Variant)
        stack.length = top
        return undefined
      }
      case 'unary': {
        const top = stack.length - 1
        if (isObjectType(stack[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
        stack[top] = applyUnary(instruction.operator, stack[top] as Variant)
        return undefined
      }
      case 'jump': frame.next = instruction.target; return undefined
      case 'jump-if-false': case 'jump-if-true': {
        const top = stack.length - 1
        if (isObjectType(stack[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
        const value = stack.pop() as Variant
        const truth = value !== null && toBoolean(value)
        if (truth === (instruction.op === 'jump-if-true')) frame.next = instruction.target
        return undefined
      }
      case 'pop': stack.pop(); return undefined
      case 'for-prepare': {
        for (const at of [stack.length - 3, stack.length - 2, stack.length - 1]) if (isObjectType(stack[at] as Variant)) return this.#calls.replaceByDefault(frame, at)
        const [start, limit, step] = stack.splice(-3) as Variant[]
        const loop = forLoop(start, limit, step)
        frame.kept.set(instruction.limit, loop)
        stack.push(loop.start)
        return undefined
      }
      case 'for-test': {
        const loop = frame.kept.get(instruction.limit)
        if (loop?.kind !== 'for') throw scriptError(92)
        if (loop.isPast(this.#stack.popValue())) frame.next = instruction.target
        return undefined
      }
      case 'for-step': {
        const loop = frame.kept.get(instruction.limit)
        if (loop?.kind !== 'for') throw scriptError(92)
        stack.push(loop.advance(this.#stack.popValue()))
        return undefined
      }
      case 'each-prepare': frame.kept.set(instruction.slot, { kind: 'each', iterator: iteratorOf(this.#stack.popValue()) }); return undefined
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
        if (frame.procedure.name !== 'Eval' && isObjectType(stack[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
        frame.locals[instruction.slot]!.value = stack.pop() as Variant
        return undefined
      }
      case 'keep-object': {
        const value = this.#stack.popValue()
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
      default: this.#calls.leave(frame); return undefined
    }
  }

  #me(frame: Frame): Variant {
    if (frame.me === undefined) throw scriptError(424, 'Me')
    return frame.me
  }

  #storeElement(frame: Frame, { count, isSet, shown }: Instruction & { op: 'store-element' }): Waiting | undefined {
    const top = this.#stack.values.length - 1
    const target = valueOf(this.#stack.values[top - count - 1])
    if (!isSet && target instanceof VariantArray && isObjectType(this.#stack.values[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
    const value = this.#stack.popValue()
    const args = this.#stack.takeArguments(count)
    this.#stack.values.pop()
    return this.#calls.setElement(target, args, value, isSet, shown)
  }

  #storeMember({ name, count, isSet, shown }: Instruction & { op: 'store-member' }): Waiting | undefined {
    const value = this.#stack.popValue()
    const args = this.#stack.takeArguments(count)
    return this.#calls.invoke(this.#stack.popObject(shown), name, isSet ? 'set' : 'let', [...args, value], 'discard', shown)
  }

  #redim(frame: Frame, variable: Variable, { count, preserve }: { readonly count: number; readonly preserve: boolean }): Waiting | undefined {
    for (let at = this.#stack.values.length - count; at < this.#stack.values.length; at++) if (isObjectType(valueOf(this.#stack.values[at]))) return this.#calls.replaceByDefault(frame, at)
    const bounds = this.#stack.takeArguments(count).map((one) => toLong(valueOf(one)))
    if (variable.value instanceof VariantArray) variable.value.resize(bounds, preserve)
    else if (variable.value === undefined || !preserve) variable.value = new VariantArray(bounds)
    else throw scriptError(13)
    return undefined
  }

  #erase(): void {
    const value = this.#stack.popValue()
    if (!(value instanceof VariantArray)) throw scriptError(13)
    value.erase()
  }

  #runText(frame: Frame, scope: 'local' | 'global' | 'expression'): Waiting | undefined {
    const top = this.#stack.values.length - 1
    if (isObjectType(this.#stack.values[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
    const value = this.#stack.popValue()
    // Eval of what is no text is the value itself.
    if (scope === 'expression' && typeof value !== 'string') {
      this.#stack.values.push(value)
      return undefined
    }
    const around = scope === 'global' ? undefined : frame.procedure
    const text = parseText(value, scope)
    const procedure = text.kind === 'expression' ? compileExpression(text.expression, around) : compileText(text.script, around)
    if (text.kind === 'script') this.environment.add(text.compiled)
    const locals: Variable[] = scope === 'global' ? [] : frame.locals.slice(0, frame.procedure.slotCount)
    while (locals.length < procedure.slotCount) locals.push(new Cell(undefined))
    this.#calls.pushFrame({
      procedure, locals, base: this.#stack.values.length, me: scope === 'global' ? undefined : frame.me, deliver: 'push',
      undeclared: scope === 'global' ? undefined : frame.undeclared, kept: new Map(), next: 0, position: frame.position, resumeNext: false,
    })
    return undefined
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
