// What the packages of one multiple-package installation have in common: the transaction that all of them write to, and the
// packages themselves, which custom actions for commit and rollback still need at its end.
// https://learn.microsoft.com/windows/win32/msi/multiple-package-installations
import type { Package } from '../package/package.ts'
import type { Transaction } from '../script/index.ts'
import type { SessionMessages } from './messages/session-messages.ts'

export class SharedTransaction implements Disposable {
  readonly script: Transaction
  readonly #packages: Package[] = []
  /** Of the package that came last: the end of the transaction is told there. */
  messages: SessionMessages | undefined
  /** The package that came last may not take part: nothing was done for it. */
  leftOut = false

  constructor(script: Transaction) {
    this.script = script
  }

  keep(source: Package): void {
    this.#packages.push(source)
  }

  [Symbol.dispose](): void {
    for (const source of this.#packages.splice(0)) source[Symbol.dispose]()
  }
}
