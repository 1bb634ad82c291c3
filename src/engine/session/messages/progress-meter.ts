// What a progress bar shows, from the messages of an installation: how many ticks there are, how many are done, and in
// which direction. Ticks are no unit of time; one is about a byte copied.
// https://learn.microsoft.com/windows/win32/msi/parsing-windows-installer-messages
import { MessageType, type MessageRecord } from './messages.ts'

/** Field 1 of a progress message. */
export const ProgressKind = { reset: 0, actionInfo: 1, report: 2, addition: 3 } as const

/** Follows the messages of one installation. Before the first reset there is nothing to show. */
export class ProgressMeter {
  #total = 0
  #done = 0
  #backwards = false
  /** Ticks that each ActionData message of the running action stands for. */
  #perData = 0

  get total(): number {
    return this.#total
  }

  /** Never more than the total. */
  get done(): number {
    return this.#done
  }

  /** A rollback: what was done is being undone. */
  get isBackwards(): boolean {
    return this.#backwards
  }

  /** How much of the bar is filled, 0 to 1. */
  get share(): number {
    const share = this.#total === 0 ? 0 : this.#done / this.#total
    return this.#backwards ? 1 - share : share
  }

  /** Messages of other types than progress, action start and action data change nothing. */
  follow(type: MessageType, record: MessageRecord): void {
    if (type === MessageType.actionStart) this.#perData = 0
    else if (type === MessageType.actionData) this.#advance(this.#perData)
    else if (type === MessageType.progress) this.#change(record)
  }

  #change(record: MessageRecord): void {
    const [, kind, amount = 0, option = 0] = record.map((field) => Math.max(0, Number(field) || 0))
    if (kind === ProgressKind.reset) {
      this.#total = amount
      this.#done = 0
      this.#backwards = option === 1
      this.#perData = 0
    } else if (kind === ProgressKind.actionInfo) {
      this.#perData = option === 1 ? amount : 0
    } else if (kind === ProgressKind.report) {
      this.#advance(amount)
    } else if (kind === ProgressKind.addition) {
      this.#total += amount
    }
  }

  #advance(ticks: number): void {
    this.#done = Math.min(this.#total, this.#done + ticks)
  }
}
