// One line at the bottom of a terminal that is drawn again and again: a bar, how far it is, and what is being done.
// Nothing is drawn where there is no terminal. docs/decisions/0032-terminal.md
import type { Output } from './output.ts'

const barWidth = 24
const redrawMs = 80
/** What is over sooner needs no bar. */
const quietMs = 150

export class ProgressLine {
  readonly #err: Output
  readonly #startedMs = performance.now()
  #drawnMs = 0
  #shown = false

  constructor(err: Output) {
    this.#err = err
  }

  /** @param share of the whole, 0 to 1 */
  draw(share: number, text: string, force = false): void {
    const now = performance.now()
    if (!this.#err.isTerminal || now - this.#startedMs < quietMs || (!force && now - this.#drawnMs < redrawMs)) return
    this.#drawnMs = now
    this.#shown = true
    const { style } = this.#err
    const filled = Math.round(Math.max(0, Math.min(1, share)) * barWidth)
    const bar = `${style('green', '━'.repeat(filled))}${style('dim', '─'.repeat(barWidth - filled))}`
    const percent = `${Math.floor((filled === barWidth ? 1 : share) * 100)}%`.padStart(4)
    // Without wrapping (?7l) a text of wide characters cannot make two lines of one.
    this.#err.write(`\r\x1b[?7l\x1b[K${bar}${percent}  ${text}\x1b[?7h`)
    this.#err.flush()
  }

  /** Before anything else is written. */
  clear(): void {
    if (!this.#shown) return
    this.#shown = false
    this.#err.write('\r\x1b[K')
    this.#err.flush()
  }
}
