// The event loop, given way to in time by long work that is synchronous.
import { WindowsError } from '../../base/index.ts'

/** How long the event loop may be held. */
const turnMs = 15

export class Turns {
  readonly #signal: AbortSignal | undefined
  #end = performance.now() + turnMs

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal
  }

  get isOver(): boolean {
    return performance.now() >= this.#end
  }

  /** @throws ERROR_CANCELLED */
  async next(): Promise<void> {
    await new Promise(setImmediate)
    if (this.#signal?.aborted) throw new WindowsError('ERROR_CANCELLED', 'the scan was cancelled')
    this.#end = performance.now() + turnMs
  }
}
