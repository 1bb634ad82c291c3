// A session store in memory. Several instances of the Restart Manager may share one, as processes share the real one.
import { WindowsError } from '../../base/index.ts'
import type { ProcessIdentity } from '../processes.ts'
import type { ApplicationQueries, SessionStore } from '../session-store.ts'

export class MemorySessionStore implements SessionStore {
  readonly content = new Map<string, Map<string, Uint8Array>>()
  /** Answers by pid; a process without one is not asked. */
  readonly answers = new Map<number, 'yes' | 'no' | 'no-answer'>()
  readonly queries: ApplicationQueries = {
    answer: () => Promise.resolve({ [Symbol.dispose]() {} }),
    ask: (process: ProcessIdentity) => Promise.resolve(this.answers.get(process.pid) ?? 'not-asked'),
  }
  /** Every call fails as it does with a store that cannot be trusted. */
  untrusted = false
  readonly #waiting = new Map<string, (() => void)[]>()

  folders(): readonly string[] {
    this.#trust()
    return [...this.content.keys()].sort()
  }

  createFolder(folder: string): boolean {
    this.#trust()
    if (this.content.has(folder)) return false
    this.content.set(folder, new Map())
    return true
  }

  removeFolder(folder: string): void {
    this.#trust()
    this.content.delete(folder)
  }

  files(folder: string): readonly string[] {
    this.#trust()
    return [...this.content.get(folder)?.keys() ?? []].sort()
  }

  read(folder: string, file: string): Uint8Array | undefined {
    this.#trust()
    return this.content.get(folder)?.get(file)
  }

  write(folder: string, file: string, bytes: Uint8Array): void {
    this.#trust()
    const files = this.content.get(folder)
    if (!files) throw new WindowsError('ERROR_WRITE_FAULT', `the session store has no folder ${folder}`)
    files.set(file, bytes.slice())
  }

  removeFile(folder: string, file: string): void {
    this.#trust()
    this.content.get(folder)?.delete(file)
  }

  async lock(name: string): Promise<Disposable> {
    this.#trust()
    const queue = this.#waiting.get(name)
    if (queue) await new Promise<void>((resume) => { queue.push(resume) })
    else this.#waiting.set(name, [])
    return { [Symbol.dispose]: () => this.#unlock(name) }
  }

  #unlock(name: string): void {
    const next = this.#waiting.get(name)?.shift()
    if (next) next()
    else this.#waiting.delete(name)
  }

  #trust(): void {
    if (this.untrusted) throw new WindowsError('ERROR_WRITE_FAULT', 'the session store cannot be trusted')
  }
}
