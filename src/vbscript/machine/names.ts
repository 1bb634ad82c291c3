// Names that are looked up when an instruction runs: variables, members of the object whose method runs, procedures, objects of the
// host, members of those that are global, built-in functions; in this order.
import { builtins } from '../functions/index.ts'
import { scriptError } from '../values/script-error.ts'
import { isObject, isObjectType, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import type { Calls } from './calls.ts'
import { Cell, Variable, type Instruction } from './code.ts'
import type { Environment } from './environment.ts'
import { assign, valueOf, type Frame, type StackValue, type ValueStack, type Waiting } from './stack.ts'

export class Names {
  readonly #stack: ValueStack
  readonly #environment: Environment
  readonly #calls: Calls

  constructor(stack: ValueStack, environment: Environment, calls: Calls) {
    this.#stack = stack
    this.#environment = environment
    this.#calls = calls
  }

  /** A variable that exists: undeclared, of the object whose method runs, or of the script. */
  variable(frame: Frame, key: string): Cell | undefined {
    return frame.undeclared?.get(key) ?? frame.me?.fields.get(key) ?? this.#environment.globals.get(key)
  }

  variableToMake(frame: Frame, name: string, key: string): Cell {
    const found = this.variable(frame, key)
    if (found !== undefined) return found
    if (frame.procedure.explicit) throw scriptError(500, name)
    const cell = new Cell(undefined)
    ;(frame.undeclared ?? this.#environment.globals).set(key, cell)
    return cell
  }

  loadName(frame: Frame, name: string, key: string, asRef: boolean): Waiting | undefined {
    const variable = this.variable(frame, key)
    if (variable !== undefined) {
      this.#stack.push(asRef ? variable : variable.value)
      return undefined
    }
    const object = this.#environment.object(key)
    if (object !== undefined) {
      this.#stack.push(object)
      return undefined
    }
    if (this.isCallable(frame, key)) return this.callNamed(frame, name, key, [])
    if (asRef || frame.procedure.explicit) this.#stack.push(this.variableToMake(frame, name, key))
    else this.#stack.push(undefined)
    return undefined
  }

  isCallable(frame: Frame, key: string): boolean {
    return frame.me?.class.members.has(key) === true || this.#environment.procedures.has(key) || this.#environment.ownerOf(key) !== undefined || builtins.has(key)
  }

  callName(frame: Frame, { name, key, count, asRef, isStatement }: Instruction & { op: 'call-name' }): Waiting | undefined {
    const variable = this.variable(frame, key)
    if (variable !== undefined) {
      if (isStatement && !isObject(variable.value)) throw scriptError(13, name)
      return this.#calls.apply(variable.value, this.#stack.takeArguments(count), asRef, name)
    }
    const builtin = frame.me?.class.members.has(key) === true || this.#environment.procedures.has(key) ? undefined : builtins.get(key)
    if (builtin !== undefined && !builtin.takesObjects) {
      for (let at = this.#stack.values.length - count; at < this.#stack.values.length; at++) {
        const value = this.#stack.values[at]
        const plain = value instanceof Variable ? value.value : value
        if (!isObjectType(plain)) continue
        this.#stack.values[at] = plain
        return this.#calls.replaceByDefault(frame, at)
      }
    }
    const args = this.#stack.takeArguments(count)
    const object = this.#environment.object(key)
    if (object !== undefined) return this.#calls.apply(object, args, false, name)
    if (this.isCallable(frame, key)) return this.callNamed(frame, name, key, args)
    throw scriptError(frame.procedure.explicit ? 500 : 13, name)
  }

  callNamed(frame: Frame, name: string, key: string, args: readonly StackValue[]): Waiting | undefined {
    if (frame.me?.class.members.has(key) === true) return this.#calls.invoke(frame.me, name, 'get', args, 'push', name, true)
    const procedure = this.#environment.procedures.get(key)
    if (procedure !== undefined) {
      this.#calls.enter(procedure, args, 'push')
      return undefined
    }
    const builtin = builtins.get(key)
    const owner = this.#environment.ownerOf(key)
    if (owner !== undefined) return this.#calls.invoke(owner, name, 'get', args, 'push', name)
    if (args.length < builtin!.least || args.length > builtin!.most) throw scriptError(450, name)
    return this.#calls.settle(builtin!.call(args.map(valueOf), this.#environment), 'push')
  }

  storeName(frame: Frame, { name, key, how }: Instruction & { op: 'store-name' }): Waiting | undefined {
    const variable = this.variable(frame, key)
    if (variable !== undefined) return this.store(frame, how, variable)
    const kind = how === 'set' ? 'set' : 'let'
    if (frame.me?.class.members.has(key) === true) return this.#calls.invoke(frame.me, name, kind, [this.#stack.popValue()], 'discard', name, true)
    if (this.#environment.procedures.has(key) || this.#environment.object(key) !== undefined || builtins.isConstant(key)) throw scriptError(501, name)
    const owner = this.#environment.ownerOf(key)
    if (owner !== undefined) return this.#calls.invoke(owner, name, kind, [this.#stack.popValue()], 'discard', name)
    return this.store(frame, how, this.variableToMake(frame, name, key))
  }

  storeCallName(frame: Frame, { name, key, count, isSet }: Instruction & { op: 'store-call-name' }): Waiting | undefined {
    const variable = this.variable(frame, key)
    const top = this.#stack.top
    if (!isSet && variable?.value instanceof VariantArray && isObjectType(this.#stack.values[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
    const value = this.#stack.popValue()
    const args = this.#stack.takeArguments(count)
    if (variable !== undefined) return this.#calls.setElement(variable.value, args, value, isSet, name)
    const kind = isSet ? 'set' : 'let'
    if (frame.me?.class.members.has(key) === true) return this.#calls.invoke(frame.me, name, kind, [...args, value], 'discard', name, true)
    const object = this.#environment.object(key)
    if (object !== undefined) return this.#calls.setElement(object, args, value, isSet, name)
    const owner = this.#environment.ownerOf(key)
    if (owner !== undefined) return this.#calls.invoke(owner, name, kind, [...args, value], 'discard', name)
    throw scriptError(this.#environment.procedures.has(key) || builtins.has(key) ? 501 : frame.procedure.explicit ? 500 : 13, name)
  }

  store(frame: Frame, how: 'let' | 'set' | 'any', variable: Variable): Waiting | undefined {
    const top = this.#stack.top
    if (how === 'let' && isObjectType(this.#stack.values[top] as Variant)) return this.#calls.replaceByDefault(frame, top)
    const value = this.#stack.popValue()
    if (how === 'any') variable.value = value
    else assign(variable, value, how === 'set')
    return undefined
  }
}
