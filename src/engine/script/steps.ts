// What a transaction has journalled, with all that undoing it takes. A large package has a hundred thousand of these, so they are kept
// packed: those of the registry, which are read again for a rollback alone, apart from the others, which a commit goes through too.
import { PackedList } from '../../base/index.ts'
import type { AnyOperation, UndoContext } from './handler.ts'
import type { ActionData } from './operation.ts'
import { handlerOf } from './operations/index.ts'

export interface UndoStep {
  readonly sequence: number
  readonly operation: AnyOperation
  readonly image: unknown
  readonly context: UndoContext
  /** What the operation counted for on the progress bar. */
  readonly ticks?: number | undefined
  readonly data?: ActionData | undefined
}

export type Step<Context extends UndoContext> = UndoStep & { readonly context: Context }

type PackedStep = Omit<UndoStep, 'context'> & { readonly context: number }

/** Taking back a change of the registry sets what the image says, whatever was to be done: of the operation the name is enough. */
type PackedRegistryStep = Omit<PackedStep, 'operation'> & { readonly operation: Pick<AnyOperation, 'op'> }

// V8 keeps what an object with a spread in its literal holds for longer than it is used: there are none on ways that are gone this often.
export class Steps<Context extends UndoContext = UndoContext> {
  readonly #registry = new PackedList<PackedRegistryStep>()
  readonly #others = new PackedList<PackedStep>()
  readonly #contexts: Context[] = []

  /** Of those that do not only change the registry. */
  get otherCount(): number {
    return this.#others.length
  }

  push(step: Omit<UndoStep, 'context'>, context: Context): void {
    if (this.#contexts.at(-1) !== context) this.#contexts.push(context)
    const { sequence, operation, image, ticks, data } = step
    const number = this.#contexts.length - 1
    if (handlerOf(operation).effect === 'registry') this.#registry.push({ sequence, operation: { op: operation.op }, image, ticks, data, context: number })
    else this.#others.push({ sequence, operation, image, ticks, data, context: number })
  }

  /** The one of this number among those that do not only change the registry. */
  other(index: number): Step<Context> {
    return this.#unpacked(this.#others.at(index)!)
  }

  /** As they were pushed, but those that only change the registry. */
  * others(start = 0, end = this.#others.length): Generator<UndoStep, void> {
    for (let index = start; index < end; index++) yield this.other(index)
  }

  /** All, the last one first. */
  * backwards(): Generator<UndoStep, void> {
    const registry = this.registryBackwards()
    let next = registry.next()
    for (const step of this.othersBackwards()) {
      for (; next.done !== true && next.value.sequence > step.sequence; next = registry.next()) yield next.value
      yield step
    }
    for (; next.done !== true; next = registry.next()) yield next.value
  }

  * registryBackwards(): Generator<UndoStep, void> {
    for (const step of this.#registry.backwards()) yield this.#unpacked(step)
  }

  * othersBackwards(): Generator<UndoStep, void> {
    for (const step of this.#others.backwards()) yield this.#unpacked(step)
  }

  /** Forgets those that do not only change the registry from this number on: they were not journalled. */
  truncate(otherCount: number): void {
    this.#others.truncate(otherCount)
  }

  #unpacked({ sequence, operation, image, ticks, data, context }: PackedStep | PackedRegistryStep): Step<Context> {
    return { sequence, operation: operation as AnyOperation, image, ticks, data, context: this.#contexts[context]! }
  }
}
