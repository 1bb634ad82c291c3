// A process held on to: an open descriptor on its file in /proc belongs to that very process and answers ESRCH once it is
// gone, even if its number has been given to another. The check and the signal follow one another at once.
import { closeSync, openSync } from 'node:fs'
import { sameProcess, type ProcessHandle, type ProcessIdentity, type ProcessSignal } from '../../platform/index.ts'
import { hasEnded, parseProcessStat, type ProcessClock } from './process-stat.ts'
import { ProcReader } from './read.ts'

const signalNames: Readonly<Record<ProcessSignal, NodeJS.Signals>> = {
  interrupt: 'SIGINT', terminate: 'SIGTERM', hangup: 'SIGHUP', continue: 'SIGCONT', kill: 'SIGKILL',
}

export function pinProcess(
  identity: ProcessIdentity, clock: ProcessClock, closeWindows: () => Promise<number>,
): ProcessHandle | undefined {
  let descriptor: number
  try {
    descriptor = openSync(`/proc/${identity.pid}/stat`, 'r')
  } catch {
    // It has ended.
    return undefined
  }
  const handle = new PinnedProcess(identity, descriptor, clock, closeWindows)
  if (handle.running()) return handle
  handle[Symbol.dispose]()
  return undefined
}

class PinnedProcess implements ProcessHandle {
  readonly identity: ProcessIdentity
  readonly #clock: ProcessClock
  readonly #closeWindows: () => Promise<number>
  readonly #reader = new ProcReader(2048)
  #descriptor: number

  constructor(identity: ProcessIdentity, descriptor: number, clock: ProcessClock, closeWindows: () => Promise<number>) {
    this.identity = identity
    this.#descriptor = descriptor
    this.#clock = clock
    this.#closeWindows = closeWindows
  }

  running(): boolean {
    if (this.#descriptor < 0) return false
    const text = this.#reader.recordOf(this.#descriptor)
    const stat = text === undefined ? undefined : parseProcessStat(text)
    return stat !== undefined && !hasEnded(stat) && sameProcess(this.#clock.identity(stat), this.identity)
  }

  signal(signal: ProcessSignal): 'sent' | 'gone' | 'denied' {
    if (!this.running()) return 'gone'
    try {
      process.kill(this.identity.pid, signalNames[signal])
      return 'sent'
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM' ? 'denied' : 'gone'
    }
  }

  async closeWindows(): Promise<number> {
    return this.running() ? this.#closeWindows() : 0
  }

  [Symbol.dispose](): void {
    if (this.#descriptor >= 0) closeSync(this.#descriptor)
    this.#descriptor = -1
  }
}
