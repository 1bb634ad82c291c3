// The engine's side of the progress bar: one per call, whatever number of products take part. It makes the ticks add up:
// what custom actions announce while the script is written is part of the total that the script starts with, what they
// report beyond that is left out, and what they announced and never reported comes at the end.
// https://learn.microsoft.com/windows/win32/msi/adding-custom-actions-to-the-progressbar
import { MessageType, type MessageRecord } from './messages.ts'
import { ProgressKind, ProgressMeter } from './progress-meter.ts'

export class Progress {
  readonly #meter = new ProgressMeter()
  #isRunning = false
  #announced = 0

  /** The message that starts the bar of a script. */
  start(ticks: number): MessageRecord {
    const total = ticks + this.#announced
    this.#announced = 0
    return [null, ProgressKind.reset, total, 0, 0]
  }

  /** The message that a script ends with, when ticks are missing. */
  rest(): MessageRecord | undefined {
    const missing = this.#meter.total - this.#meter.done
    return this.#isRunning && missing > 0 ? [null, ProgressKind.report, missing, 0] : undefined
  }

  stop(): void {
    this.#isRunning = false
  }

  /** The message as it goes out; `undefined` for one that does not. */
  pass(type: MessageType, record: MessageRecord): MessageRecord | undefined {
    const passed = type === MessageType.progress ? this.#fitting(record) : record
    if (passed !== undefined) this.#meter.follow(type, passed)
    return passed
  }

  #fitting(record: MessageRecord): MessageRecord | undefined {
    const [kind, ticks] = [Number(record[1]), Math.max(0, Number(record[2]) || 0)]
    if (kind === ProgressKind.reset) this.#isRunning = true
    if (kind === ProgressKind.addition && !this.#isRunning) {
      this.#announced += ticks
      return undefined
    }
    if (kind !== ProgressKind.report) return record
    const left = this.#meter.total - this.#meter.done
    return left === 0 ? undefined : ticks <= left ? record : [record[0] ?? null, ProgressKind.report, left, ...record.slice(3)]
  }
}
