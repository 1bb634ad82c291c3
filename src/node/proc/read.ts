// Reading of /proc: small files, read whole and synchronously into one buffer. A process may vanish at any step,
// and what is gone or withheld is told apart by the error's name only, never by an exception that escapes.
import { closeSync, openSync, readdirSync, readlinkSync, readSync, statSync, type Stats } from 'node:fs'
import type { HostPath } from '../../platform/index.ts'

/** What the system answered instead of content. */
export type Refusal = 'gone' | 'denied'

export function refusalOf(error: unknown): Refusal {
  const code = (error as NodeJS.ErrnoException).code
  // Without a descriptor to spare nothing was learnt, which is not that nothing is there.
  return code === 'EACCES' || code === 'EPERM' || code === 'EMFILE' || code === 'ENFILE' ? 'denied' : 'gone'
}

/** Grows to the longest file read; content is valid until the next read. */
export class ProcReader {
  #buffer: Buffer

  constructor(initialBytes = 64 * 1024) {
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  /** @param records the file is made record by record, so that a short answer need not be its end, as with maps */
  read(path: string, records = true): Buffer | Refusal {
    let descriptor: number
    try {
      descriptor = openSync(path, 'r')
    } catch (error) {
      return refusalOf(error)
    }
    return this.readOpened(descriptor, records)
  }

  /** A file of one record that stays open, as it is now; `undefined` once its process is gone. */
  recordOf(descriptor: number): string | undefined {
    try {
      return this.#buffer.toString('utf8', 0, readSync(descriptor, this.#buffer, 0, this.#buffer.length, 0))
    } catch {
      return undefined
    }
  }

  /** Closes it. */
  readOpened(descriptor: number, records = true): Buffer | Refusal {
    try {
      return this.#readAll(descriptor, records)
    } catch (error) {
      return refusalOf(error)
    } finally {
      closeSync(descriptor)
    }
  }

  text(path: string, records = false): string | undefined {
    const bytes = this.read(path, records)
    return typeof bytes === 'string' ? undefined : bytes.toString('utf8')
  }

  #readAll(descriptor: number, records: boolean): Buffer {
    let length = 0
    while (true) {
      if (length === this.#buffer.length) this.#buffer = Buffer.concat([this.#buffer], this.#buffer.length * 2)
      const count = readSync(descriptor, this.#buffer, length, this.#buffer.length - length, null)
      length += count
      if (count === 0 || (records ? endsWithGate(this.#buffer, length) : length < this.#buffer.length)) return this.#buffer.subarray(0, length)
    }
  }
}

/** What the line of the highest mapping begins with, which every process on x86-64 has, and more bytes than it has. */
const gate = 'ffffffffff600000-'
const gateBytes = 128

/** Whether mappings are complete: what has been read need not be asked for its end. */
export function endsWithGate(bytes: Buffer, length: number): boolean {
  if (bytes[length - 1] !== 0x0a || bytes[length - 2] !== 0x5d) return false
  const end = bytes.toString('latin1', Math.max(length - gateBytes, 0), length)
  const newline = end.lastIndexOf('\n', end.length - 2)
  return newline >= 0 && end.startsWith(gate, newline + 1)
}

export function names(path: string): string[] | Refusal {
  try {
    return readdirSync(path)
  } catch (error) {
    return refusalOf(error)
  }
}

export function linkTarget(path: string): string | Refusal | undefined {
  try {
    return readlinkSync(path)
  } catch (error) {
    return refusalOf(error) === 'denied' ? 'denied' : undefined
  }
}

export function bytesOf(path: HostPath): Buffer {
  return typeof path === 'string' ? Buffer.from(path) : Buffer.from(path.buffer, path.byteOffset, path.length)
}

export function nameOf(path: HostPath): string {
  return typeof path === 'string' ? path : bytesOf(path).toString()
}

const quietly = { throwIfNoEntry: false } as const

export function statOf(path: string | Buffer): Stats | Refusal {
  try {
    return statSync(path, quietly) ?? 'gone'
  } catch (error) {
    return refusalOf(error)
  }
}

/** Process numbers, ascending as the system lists them. */
export function processNumbers(): number[] {
  const found = names('/proc')
  if (typeof found === 'string') return []
  return found.filter((name) => name.charCodeAt(0) >= 0x31 && name.charCodeAt(0) <= 0x39).map(Number)
}
