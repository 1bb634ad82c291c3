// Instructions of expressions, and the slots and code that a procedure under compilation has so far.
import type { Argument, Expression } from '../language/ast.ts'
import type { BinaryOperator } from '../values/operators.ts'
import type { Instruction } from './code.ts'

/** Names are compared by it. */
export function keyOf(name: string): string {
  return name.toLowerCase()
}

/** Functions that run text: known to the compiler, for what they run sees the variables around. */
const textFunctions: ReadonlyMap<string, 'local' | 'global' | 'expression'> = new Map([['execute', 'local'], ['executeglobal', 'global'], ['eval', 'expression']])

export class ExpressionCompiler {
  readonly code: Instruction[] = []
  readonly slots: Map<string, number>
  slotCount: number
  /** Where the objects of the With statements around are kept, innermost last. */
  readonly withSlots: number[] = []
  /** Key of the function under compilation: with arguments its name is a call of itself, not its result. */
  ownName: string | undefined

  constructor(slots: Map<string, number>, slotCount: number) {
    this.slots = slots
    this.slotCount = slotCount
  }

  emit<I extends Instruction>(instruction: I): I {
    this.code.push(instruction)
    return instruction
  }

  /** A slot for a name; the one that it has already. */
  declare(name: string): number {
    const key = keyOf(name)
    const slot = this.slots.get(key) ?? this.newSlot()
    this.slots.set(key, slot)
    return slot
  }

  newSlot(): number {
    return this.slotCount++
  }

  get here(): number {
    return this.code.length
  }

  value(expression: Expression): void {
    switch (expression.type) {
      case 'literal': this.emit({ op: 'constant', value: expression.value }); break
      case 'name': this.#name(expression.name); break
      case 'me': this.emit({ op: 'me' }); break
      case 'new': this.emit({ op: 'new', name: expression.name, key: keyOf(expression.name) }); break
      case 'group': this.value(expression.expression); break
      case 'member': this.#member(expression.object, expression.name, []); break
      case 'index': this.call(expression.target, expression.args, false); break
      case 'unary':
        this.value(expression.operand)
        this.emit({ op: 'unary', operator: expression.operator })
        break
      default: this.#binary(expression)
    }
  }

  #name(name: string): void {
    const key = keyOf(name)
    const slot = this.slots.get(key)
    this.emit(slot === undefined ? { op: 'load-name', name, key } : { op: 'load-local', slot })
  }

  /** Long chains grow to the left: no recursion for them. */
  #binary(expression: Expression & { type: 'binary' }): void {
    const chain: { operator: BinaryOperator; right: Expression; hardLeft: boolean }[] = []
    let left: Expression = expression
    while (left.type === 'binary') {
      chain.push({ operator: left.operator, right: left.right, hardLeft: isHard(left.left) })
      left = left.left
    }
    this.value(left)
    for (const { operator, right, hardLeft } of chain.toReversed()) {
      this.value(right)
      this.emit({ op: 'binary', operator, hardLeft, hardRight: isHard(right) })
    }
  }

  /** A call with its arguments, as statement or as value. */
  call(target: Expression, args: readonly Argument[], asRef: boolean, isStatement = false): void {
    if (target.type === 'name') {
      this.#callName(target.name, args, asRef, isStatement)
    } else if (target.type === 'member') {
      this.#member(target.object, target.name, args)
    } else {
      this.value(target)
      if (args.length > 0 || isStatement) {
        this.arguments(args)
        this.emit({ op: 'call-value', count: args.length, asRef })
      } else if (target.type === 'group' || target.type === 'index') {
        this.emit({ op: 'call-value', count: 0, asRef })
      }
    }
  }

  #callName(name: string, args: readonly Argument[], asRef: boolean, isStatement: boolean): void {
    const key = keyOf(name)
    const slot = this.slots.get(key)
    const scope = slot === undefined ? textFunctions.get(key) : undefined
    if (scope !== undefined && args.length === 1 && args[0] !== undefined) {
      this.value(args[0])
      this.emit({ op: 'run-text', scope })
      return
    }
    this.arguments(args)
    if (slot === undefined || key === this.ownName) this.emit({ op: 'call-name', name, key, count: args.length, asRef, isStatement })
    else this.emit({ op: 'call-local', name, slot, count: args.length, asRef })
  }

  #member(object: Expression | undefined, name: string, args: readonly Argument[]): void {
    this.target(object)
    this.arguments(args)
    this.emit({ op: 'call-member', name, count: args.length, shown: shownName(object, name) })
  }

  /** The object of a member: what stands before the point, or the With statement's. */
  target(object: Expression | undefined): void {
    if (object !== undefined) this.value(object)
    else this.emit({ op: 'load-kept-object', slot: this.withSlots.at(-1) ?? -1 })
  }

  /** Variables and elements are passed themselves, everything else by value. */
  arguments(args: readonly Argument[]): void {
    for (const one of args) {
      if (one === undefined) this.emit({ op: 'missing' })
      else if (one.type === 'name') this.#reference(one.name)
      else if (one.type === 'index' && (one.target.type === 'name' || one.target.type === 'index')) this.call(one.target, one.args, true)
      else this.value(one)
    }
  }

  #reference(name: string): void {
    const key = keyOf(name)
    const slot = this.slots.get(key)
    this.emit(slot === undefined ? { op: 'ref-name', name, key } : { op: 'ref-local', slot })
  }

  /** An assignment; `value` emits what comes onto the stack last. */
  store(target: Expression, value: () => void, isSet: boolean): void {
    switch (target.type) {
      case 'name': {
        value()
        const key = keyOf(target.name)
        const slot = this.slots.get(key)
        this.emit(slot === undefined ? { op: 'store-name', name: target.name, key, how: isSet ? 'set' : 'let' } : { op: 'store-local', slot, how: isSet ? 'set' : 'let' })
        break
      }
      case 'member':
        this.target(target.object)
        value()
        this.emit({ op: 'store-member', name: target.name, count: 0, isSet, shown: shownName(target.object, target.name) })
        break
      case 'index': this.#storeIndexed(target.target, target.args, value, isSet); break
      default: throw new TypeError(`no assignment to ${target.type}`)
    }
  }

  #storeIndexed(target: Expression, args: readonly Argument[], value: () => void, isSet: boolean): void {
    const key = target.type === 'name' ? keyOf(target.name) : ''
    if (target.type === 'member') {
      this.target(target.object)
      this.arguments(args)
      value()
      this.emit({ op: 'store-member', name: target.name, count: args.length, isSet, shown: shownName(target.object, target.name) })
    } else if (target.type === 'name' && !this.slots.has(key)) {
      this.arguments(args)
      value()
      this.emit({ op: 'store-call-name', name: target.name, key, count: args.length, isSet })
    } else {
      this.value(target)
      this.arguments(args)
      value()
      this.emit({ op: 'store-element', count: args.length, isSet, shown: target.type === 'name' ? target.name : '' })
    }
  }
}

/** Literals keep their type in comparisons. */
function isHard(expression: Expression): boolean {
  return expression.type === 'literal' && expression.value !== undefined && expression.value !== null
}

/** For error texts: `object.name` where the object has one. */
function shownName(object: Expression | undefined, name: string): string {
  return object?.type === 'name' ? `${object.name}.${name}` : name
}
