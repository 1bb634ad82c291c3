// /proc/PID/stat: the fields this library uses, numbered as in proc_pid_stat(5). The command name is in parentheses and may
// itself hold parentheses, blanks and line feeds: everything counts from the last one that closes.
import { readFileSync } from 'node:fs'
import { sameProcess, type ProcessIdentity } from '../../platform/index.ts'
import { ProcReader } from './read.ts'

export interface ProcessStat {
  readonly pid: number
  readonly commandName: string
  /** One letter; Z is a zombie, T stopped by a signal. */
  readonly state: string
  readonly parentPid: number
  readonly processGroup: number
  readonly session: number
  /** 0 without a terminal. */
  readonly terminal: number
  readonly isKernelThread: boolean
  readonly threads: number
  /** Clock ticks since the machine started. */
  readonly startTicks: string
}

const kernelThreadFlag = 0x0020_0000

export function parseProcessStat(text: string): ProcessStat | undefined {
  const open = text.indexOf('(')
  const close = text.lastIndexOf(')')
  if (open < 0 || close < open) return undefined
  const fields = text.slice(close + 2).split(' ', 20)
  const field = (number: number) => fields[number - 3] ?? ''
  return {
    pid: Number.parseInt(text, 10), commandName: text.slice(open + 1, close), state: field(3), parentPid: Number(field(4)),
    processGroup: Number(field(5)), session: Number(field(6)), terminal: Number(field(7)),
    isKernelThread: (Number(field(9)) & kernelThreadFlag) !== 0, threads: Number(field(20)), startTicks: field(22).trim(),
  }
}

/** Its files are released: it is gone, or a zombie without living threads. */
export function hasEnded(stat: ProcessStat | undefined): boolean {
  return stat === undefined || stat.state === 'X' || (stat.state === 'Z' && stat.threads <= 1)
}

const bootIdPath = '/proc/sys/kernel/random/boot_id'

/** Names processes for all time. Reads what identifies the boot once. */
export class ProcessClock {
  readonly #reader: ProcReader
  #bootId: string | undefined
  #bootMs: number | undefined

  constructor(reader = new ProcReader()) {
    this.#reader = reader
  }

  stat(pid: number): ProcessStat | undefined {
    const text = this.#reader.text(`/proc/${pid}/stat`)
    return text === undefined ? undefined : parseProcessStat(text)
  }

  identity(stat: ProcessStat): ProcessIdentity {
    this.#bootId ??= (this.#reader.text(bootIdPath) ?? readFileSync(bootIdPath, 'latin1')).trim()
    return { pid: stat.pid, startTime: `${stat.startTicks}@${this.#bootId}` }
  }

  identify(pid: number): ProcessIdentity | undefined {
    const stat = this.stat(pid)
    return stat === undefined || hasEnded(stat) ? undefined : this.identity(stat)
  }

  isRunning(process: ProcessIdentity): boolean {
    const now = this.identify(process.pid)
    return now !== undefined && sameProcess(now, process)
  }

  /** Milliseconds since 1970. The kernel reports hundredths of a second (USER_HZ) on every architecture Node.js runs on. */
  startedMs(stat: ProcessStat): number {
    this.#bootMs ??= Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1] ?? 0) * 1000
    return this.#bootMs + Number(stat.startTicks) * 10
  }
}
