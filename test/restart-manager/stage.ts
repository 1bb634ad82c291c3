// A folder with files, programs that use them, and a Restart Manager whose sessions live in that folder. At the end every
// program that was started here, or by a restart, is ended by its identity, and the folder is removed.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { HostProcesses } from 'msikit/node'
import type { ProcessIdentity, Services } from 'msikit/platform'
import { createHostRestartManager, RestartManagerError, type Application, type RestartManager, type Session, type TaskOutcome } from 'msikit/restart-manager'

export const programs = resolve(import.meta.dirname, '../../test/programs')
export const repository = resolve(import.meta.dirname, '../..')

export interface StartOptions {
  /** Words before the interpreter, such as `setpriv …` or `unshare -m`. */
  readonly through?: readonly string[]
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly argv0?: string
  /** In a session of its own. */
  readonly detached?: boolean
}

export interface Started {
  readonly pid: number
  readonly identity: ProcessIdentity
  readonly child: ChildProcess
  /** The signal it was ended by, or its status. */
  readonly ended: Promise<string>
  readonly output: () => string
}

export class Stage implements AsyncDisposable {
  readonly folder: string
  readonly sessionFolder: string
  readonly processes = new HostProcesses()
  readonly #started: { identity: ProcessIdentity; child?: ChildProcess }[] = []
  #manager: RestartManager | undefined

  constructor(place = tmpdir()) {
    this.folder = mkdtempSync(join(place, 'rm-'))
    this.sessionFolder = join(this.folder, 'sessions')
    // So that programs of other users can be given files here.
    chmodSync(this.folder, 0o755)
  }

  get manager(): RestartManager {
    return this.#manager ??= createHostRestartManager({ sessionFolder: this.sessionFolder })
  }

  useServices(services: Services): void {
    this.#manager = createHostRestartManager({ sessionFolder: this.sessionFolder, services })
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  file(name: string, content: string | Uint8Array = name): string {
    writeFileSync(this.path(name), content)
    return this.path(name)
  }

  directory(name: string): string {
    mkdirSync(this.path(name), { recursive: true })
    return this.path(name)
  }

  async session(...files: (string | Uint8Array)[]): Promise<Session> {
    const session = await this.manager.startSession()
    await session.register({ files })
    return session
  }

  /** One of test/programs; it has said `ready`. */
  run(program: string, args: readonly string[] = [], options: StartOptions = {}): Promise<Started> {
    const interpreter = program.endsWith('.py') ? 'python3' : 'bash'
    return this.start([...options.through ?? [], interpreter, join(programs, program), ...args], options)
  }

  async start([file, ...args]: readonly string[], options: StartOptions = {}): Promise<Started> {
    const child = spawn(file!, args, {
      stdio: ['ignore', 'pipe', 'pipe'], cwd: options.cwd ?? this.folder, env: { ...process.env, ...options.env }, detached: options.detached ?? false,
      ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
    })
    let output = ''
    const ended = new Promise<string>((done) => { child.once('exit', (status, signal) => done(signal ?? String(status))) })
    const ready = new Promise<void>((done, fail) => {
      child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); if (output.includes('ready')) done() })
      child.stderr.on('data', (chunk: Buffer) => { output += chunk.toString() })
      child.once('error', fail)
      child.once('close', () => fail(new Error(`${file} ${args.join(' ')} ended before it was ready: ${output}`)))
    })
    await ready
    const identity = this.processes.identify(child.pid!)
    if (!identity) throw new Error(`${file} is gone`)
    this.#started.push({ identity, child })
    return { pid: child.pid!, identity, child, ended, output: () => output }
  }

  /** A process somebody else started for this test. */
  adopt(pid: number): ProcessIdentity {
    const identity = this.processes.identify(pid)
    if (!identity) throw new Error(`process ${pid} is gone`)
    this.#started.push({ identity })
    return identity
  }

  /** Remembers what a restart has started. */
  restarted(outcome: Pick<TaskOutcome, 'applications'>): TaskOutcome['applications'] {
    for (const { restartedAs } of outcome.applications) if (restartedAs) this.#started.push({ identity: restartedAs })
    return outcome.applications
  }

  isRunning(identity: ProcessIdentity): boolean {
    return this.processes.identify(identity.pid)?.startTime === identity.startTime
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { identity, child } of this.#started.toReversed()) {
      using handle = this.processes.pin(identity)
      handle?.signal('kill')
      child?.stdout?.destroy()
      child?.stderr?.destroy()
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

export async function failure(action: Promise<unknown>): Promise<RestartManagerError> {
  try {
    await action
  } catch (error) {
    if (error instanceof RestartManagerError) return error
    throw error
  }
  throw new Error('expected it to fail')
}

export function pids(applications: readonly Application[]): number[] {
  return applications.map(({ process }) => process.pid).sort((a, b) => a - b)
}

/** In the order of `pids`. */
export function pidsOf(started: readonly Started[]): number[] {
  return started.map(({ pid }) => pid).sort((a, b) => a - b)
}

/** Waits for what is bound to happen, however busy the machine is; what does not happen for a minute never will. */
export async function until(isSo: () => boolean | Promise<boolean>, what = String(isSo)): Promise<void> {
  const end = performance.now() + 60_000
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`waited a minute in vain for: ${what}`)
    await pause(10)
  }
}

/** The content of a file once it is there: its writer moves it into place whole. */
export async function appeared(path: string): Promise<string> {
  await until(() => existsSync(path), path)
  return readFileSync(path, 'utf8')
}

/** Nobody is waited for longer than he takes, so these may be as long as a busy machine needs. */
export const patient = { queryMs: 30_000, windowMs: 30_000, consoleMs: 30_000, serviceMs: 30_000, respawnMs: 500 }
/** For those that will not end. */
export const impatient = { queryMs: 300, windowMs: 300, consoleMs: 300, serviceMs: 300, respawnMs: 300 }

function hasCommand(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0
}

type Need = 'linux' | 'root' | 'namespaces' | 'python' | 'perl' | 'script' | 'fuse'

const checks: Readonly<Record<Need, () => string | undefined>> = {
  linux: () => process.platform === 'linux' ? undefined : 'this system has no /proc',
  root: () => process.geteuid?.() === 0 ? undefined : 'only the administrator can do this',
  namespaces: () => spawnSync('unshare', ['-m', 'true']).status === 0 ? undefined : 'mount namespaces cannot be made here',
  python: () => hasCommand('python3') ? undefined : 'python3 is not installed',
  perl: () => hasCommand('perl') ? undefined : 'perl is not installed',
  script: () => hasCommand('script') ? undefined : 'script(1), which makes terminals, is not installed',
  fuse: () => existsSync('/dev/fuse') ? undefined : 'there is no /dev/fuse',
}

/** Test options that skip, with the reason, where something is missing. */
export function needs(...list: Need[]): { skip?: string } {
  for (const need of ['linux' as const, ...list]) {
    const reason = checks[need]()
    if (reason !== undefined) return { skip: reason }
  }
  return {}
}
