// One line at the bottom of a terminal that is drawn again and again: a bar, how far it is, and what is being done.
// Nothing is drawn where there is no terminal. docs/decisions/0032-terminal.md
import { escapeControls } from './columns.ts'
import type { Output } from './output.ts'

const barWidth = 24
const redrawMs = 80
/** What is over sooner needs no bar. */
const quietMs = 150

/** Of a clock that is there already: `performance` loads a module when it is first asked. */
function nowMs(): number {
  return process.uptime() * 1000
}

export class ProgressLine {
  readonly #err: Output
  #dueMs = nowMs() + quietMs
  #shown = false
  #share = 0
  #text = ''
  #timer: NodeJS.Timeout | undefined

  constructor(err: Output) {
    this.#err = err
  }

  /** @param share of the whole, 0 to 1 */
  draw(share: number, text: string): void {
    if (!this.#err.isTerminal) return
    this.#share = Math.max(0, Math.min(1, share))
    this.#text = escapeControls(text)
    const earlyMs = this.#dueMs - nowMs()
    if (earlyMs <= 0) this.#redraw()
    // What takes long may say nothing more for a while.
    else this.#timer ??= setTimeout(() => this.#redraw(), earlyMs).unref()
  }

  #redraw(): void {
    this.#stopTimer()
    this.#dueMs = nowMs() + redrawMs
    this.#shown = true
    const { style } = this.#err
    const filled = Math.round(this.#share * barWidth)
    const bar = `${style('green', '━'.repeat(filled))}${style('dim', '─'.repeat(barWidth - filled))}`
    // Without wrapping (?7l) a text of wide characters cannot make two lines of one.
    this.#err.write(`\r\x1b[?7l\x1b[K${bar}${`${Math.floor(this.#share * 100)}%`.padStart(5)}  ${this.#text}\x1b[?7h`)
    this.#err.flush()
  }

  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** Before anything else is written. */
  clear(): void {
    this.#stopTimer()
    if (!this.#shown) return
    this.#shown = false
    this.#err.write('\r\x1b[K')
    this.#err.flush()
  }
}
