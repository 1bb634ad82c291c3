// The SessionStore port in a folder of the user's own, mode 0700, on the file system that is emptied when the user logs out.
// Files are replaced by rename. A folder that is a link, another user's or open to others is not touched.
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WindowsError } from '../../base/index.ts'
import type { ApplicationQueries, ProcessIdentity, Processes, SessionStore } from '../../platform/index.ts'
import { sweepLocks, takeLock } from './session-lock.ts'
import { SocketQueries } from './session-queries.ts'

const locksFolder = 'locks'
const queriesFolder = 'queries'

export class FolderSessionStore implements SessionStore {
  readonly queries: ApplicationQueries
  readonly #folder: string
  readonly #processes: Pick<Processes, 'self' | 'identify'>
  #self: ProcessIdentity | undefined
  #counter = 0
  #swept = false

  constructor(processes: Pick<Processes, 'self' | 'identify'>, folder = defaultSessionFolder()) {
    this.#folder = folder
    this.#processes = processes
    this.queries = new SocketQueries(() => this.#subfolder(queriesFolder), processes)
  }

  folders(): readonly string[] {
    return this.#guard(() => names(this.#trusted('reading')).filter((name) => name !== locksFolder && name !== queriesFolder).sort())
  }

  createFolder(folder: string): boolean {
    return this.#guard(() => makeFolder(join(this.#trusted(), folder)))
  }

  removeFolder(folder: string): void {
    this.#guard(() => rmSync(join(this.#trusted('reading'), folder), { recursive: true, force: true }))
  }

  files(folder: string): readonly string[] {
    return this.#guard(() => names(join(this.#trusted('reading'), folder)).filter((name) => !name.startsWith('.')).sort())
  }

  read(folder: string, file: string): Uint8Array | undefined {
    return this.#guard(() => {
      const path = join(this.#trusted('reading'), folder, file)
      // Most processes have not registered: asking costs less than an exception.
      if (!exists(path)) return undefined
      try {
        return readFileSync(path)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
    })
  }

  write(folder: string, file: string, bytes: Uint8Array): void {
    this.#guard(() => {
      const path = join(this.#trusted(), folder)
      const pending = join(path, `.${file}.${process.pid}.${this.#counter++}`)
      try {
        writeFileSync(pending, bytes, { mode: 0o600, flag: 'wx' })
        renameSync(pending, join(path, file))
      } catch (error) {
        rmSync(pending, { force: true })
        throw error
      }
    })
  }

  removeFile(folder: string, file: string): void {
    this.#guard(() => rmSync(join(this.#trusted('reading'), folder, file), { force: true }))
  }

  async lock(name: string, waitMs: number, signal?: AbortSignal): Promise<Disposable> {
    this.#self ??= this.#processes.self()
    const folder = this.#subfolder(locksFolder)
    const lock = await takeLock(join(folder, name), this.#self, (process) => this.#processes.identify(process.pid)?.startTime === process.startTime, waitMs, signal)
    this.#sweep(folder)
    return lock
  }

  /** Once for each store that is opened. */
  #sweep(folder: string): void {
    if (this.#swept) return
    this.#swept = true
    this.#guard(() => sweepLocks(folder, (pid) => this.#processes.identify(pid) !== undefined))
  }

  #subfolder(name: string): string {
    return this.#guard(() => {
      const folder = join(this.#trusted(), name)
      if (!exists(folder)) makeFolder(folder)
      return folder
    })
  }

  /** Whoever only looks makes no folder: one that is not there has nothing in it. */
  #trusted(purpose: 'reading' | 'writing' = 'writing'): string {
    if (!exists(this.#folder)) {
      if (purpose === 'reading') return this.#folder
      makeFolder(this.#folder)
    }
    const stat = lstatSync(this.#folder)
    const problem = !stat.isDirectory() ? 'it is no folder' : stat.uid !== process.geteuid?.() && process.geteuid ? `it belongs to user ${stat.uid}`
      : process.platform !== 'win32' && (stat.mode & 0o777) !== 0o700 ? `its mode is ${(stat.mode & 0o777).toString(8)}` : undefined
    if (problem === undefined) return this.#folder
    throw new WindowsError('ERROR_WRITE_FAULT', `session store ${this.#folder}: expected a folder of this user with mode 700, but ${problem}`)
  }

  #guard<Value>(action: () => Value): Value {
    try {
      return action()
    } catch (error) {
      if (error instanceof WindowsError) throw error
      throw new WindowsError('ERROR_WRITE_FAULT', `session store ${this.#folder}: ${(error as Error).message}`, { cause: error })
    }
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

/** False when it exists. */
function makeFolder(path: string): boolean {
  try {
    mkdirSync(path, { mode: 0o700 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

/**
 * Of the login session where there is one of the caller's own; otherwise below the folder for temporary files. Processes in
 * a namespace of their own, those of a container, have another one: they and the host's would take each other for dead.
 */
export function defaultSessionFolder(environment: NodeJS.ProcessEnv = process.env, namespace = ownNamespace()): string {
  if (environment.MSIKIT_SESSIONS) return environment.MSIKIT_SESSIONS
  const userId = process.geteuid?.() ?? 0
  const candidates = [environment.XDG_RUNTIME_DIR, `/run/user/${userId}`]
  const runtime = candidates.find((folder) => folder?.startsWith('/') && lstatSync(folder, { throwIfNoEntry: false })?.uid === userId)
  const folder = runtime === undefined ? `/tmp/msikit-sessions-${userId}` : join(runtime, 'msikit-sessions')
  return namespace === undefined ? folder : `${folder}-in-${namespace}`
}

/** The number of the first namespace, PROC_PID_INIT_INO of Linux. */
const firstNamespace = '4026531836'

/** The number of the caller's namespace of processes, unless it is the first one or the host does not tell. */
function ownNamespace(): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const [number] = /\d+/.exec(readlinkSync('/proc/self/ns/pid')) ?? []
    return number === firstNamespace ? undefined : number
  } catch {
    // No /proc, or none of this kind: there is nothing to tell apart.
    return undefined
  }
}
