// Starts a program that outlives its starter, as its user had started it: a session of its own, a new terminal where it had one and
// there is a display, its output appended to the files it went to, or else to the journal. Another user's program is started with
// that user's groups (setpriv(1)) and nothing of the starter's environment. A starter that is itself part of a systemd service puts
// it into a scope of its own (systemd-run(1)), because everything of a service ends with it. See docs/decisions/0023.
import { spawn } from 'node:child_process'
import { accessSync, closeSync, constants, existsSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { WindowsError } from '../../base/index.ts'
import type { LaunchSpec, ProcessIdentity } from '../../platform/index.ts'
import { parseControlGroups } from '../proc/facts.ts'

/** Terminals that take a command after `-e`, the one the system has chosen first. */
const terminals = ['x-terminal-emulator', 'xterm', 'konsole', 'xfce4-terminal', 'mate-terminal']

interface Command {
  readonly file: string
  readonly args: readonly string[]
  readonly argument0?: string
  /** To be switched to by spawn itself. */
  readonly user?: { readonly uid: number; readonly gid: number }
  /** The service of its starter, which it is carried out of. */
  readonly leaves?: string
}

/** For the service manager to make a scope. */
const scopeLimitMs = 30_000

export async function launchProgram(program: LaunchSpec, identify: (pid: number) => ProcessIdentity | undefined): Promise<ProcessIdentity> {
  const { workingDirectory, environment } = program
  assertRunnable(program.file)
  const outputs = isOtherUser(program) ? [undefined, undefined] : [openOutput(program.output), openOutput(program.errorOutput)]
  const { file, args, argument0, user, leaves } = commandFor(program, outputs.some((output) => output !== undefined))
  try {
    const child = spawn(file, args, {
      detached: true, stdio: ['ignore', ...outputs.map((output) => output ?? 'ignore' as const)],
      env: isOtherUser(program) ? { ...environment } : { ...process.env, ...environment },
      ...(argument0 === undefined ? {} : { argv0: argument0 }), ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }), ...user,
    })
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', (error) => reject(new WindowsError('ERROR_FILE_NOT_FOUND', `${program.file} could not be started: ${error.message}`, { cause: error })))
    })
    child.unref()
    if (leaves !== undefined) await left(child.pid!, leaves, program.file)
    const identity = identify(child.pid!)
    if (!identity) throw new WindowsError('ERROR_FAIL_RESTART', `${program.file} was started and ended at once`)
    return identity
  } finally {
    for (const output of outputs) if (output !== undefined) closeSync(output)
  }
}

/** Should its starter's service end before it has a scope of its own, it would end with that. */
async function left(pid: number, service: string, file: string): Promise<void> {
  const end = performance.now() + scopeLimitMs
  for (let pauseMs = 1; serviceOf(pid) === service; pauseMs = Math.min(pauseMs * 2, 50)) {
    if (performance.now() > end) throw new WindowsError('ERROR_FAIL_RESTART', `${file} was started, but is still a part of ${service} and ends with it: systemd gave it no scope in ${scopeLimitMs} ms`)
    await pause(pauseMs)
  }
}

function serviceOf(process: number | 'self'): string | undefined {
  return parseControlGroups(readText(`/proc/${process}/cgroup`), globalThis.process.geteuid?.()).service
}

function assertRunnable(file: string): void {
  try {
    accessSync(file, constants.X_OK)
  } catch (error) {
    throw new WindowsError('ERROR_FILE_NOT_FOUND', `${file} is no longer there or cannot be run`, { cause: error })
  }
}

function isOtherUser({ userId }: LaunchSpec): boolean {
  return userId >= 0 && userId !== process.geteuid?.()
}

/** Only a regular file that is still there: a pipe's reader does not wait for a second writer. */
function openOutput(path: string | undefined): number | undefined {
  if (path === undefined) return undefined
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    // It has been removed or is protected now: the program starts without it.
    return undefined
  }
  if (fstatSync(descriptor).isFile()) return descriptor
  closeSync(descriptor)
  return undefined
}

function commandFor(program: LaunchSpec, hasOutput: boolean): Command {
  const { file, args, argument0, environment, userId, terminal } = program
  const user = isOtherUser(program) ? { uid: userId, gid: primaryGroup(userId) } : undefined
  const setpriv = user === undefined ? undefined : findProgram('setpriv')
  const switching = user === undefined || setpriv === undefined ? [] : [setpriv, `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--']
  const hasDisplay = environment.DISPLAY !== undefined || environment.WAYLAND_DISPLAY !== undefined
  const emulator = terminal && hasDisplay ? terminals.map(findProgram).find((found) => found !== undefined) : undefined
  const scope = scopeCarrier()
  const carrier = [
    ...scope.words, ...emulator !== undefined ? [emulator, '-e'] : hasOutput ? [] : journalCarrier(file), ...switching,
  ]
  const [first, ...others] = [...carrier, ...renamed(carrier.length > 0 ? argument0 : undefined), file, ...args]
  return {
    file: first!, args: others, ...(carrier.length > 0 || argument0 === undefined ? {} : { argument0 }),
    ...(user === undefined || switching.length > 0 ? {} : { user }), ...(scope.leaves === undefined ? {} : { leaves: scope.leaves }),
  }
}

/** Out of the service that this process belongs to. The system's manager gives scopes to the administrator only. */
function scopeCarrier(): { readonly words: readonly string[]; readonly leaves?: string } {
  const service = existsSync('/run/systemd/system') ? serviceOf('self') : undefined
  const isUsers = service?.startsWith('user:') === true
  const systemdRun = service !== undefined && (isUsers || process.geteuid?.() === 0) ? findProgram('systemd-run') : undefined
  if (service === undefined || systemdRun === undefined) return { words: [] }
  return { words: [systemdRun, ...(isUsers ? ['--user'] : []), '--scope', '--collect', '--quiet', '--'], leaves: service }
}

/** What it prints is not lost where there is a journal. */
function journalCarrier(file: string): string[] {
  const systemdCat = existsSync('/run/systemd/journal/stdout') ? findProgram('systemd-cat') : undefined
  return systemdCat === undefined ? [] : [systemdCat, `--identifier=${file.slice(file.lastIndexOf('/') + 1)}`, '--']
}

/** Through other programs only a shell can hand on a name. */
function renamed(argument0: string | undefined): string[] {
  const bash = argument0 === undefined ? undefined : findProgram('bash')
  return bash === undefined ? [] : [bash, '-c', 'exec -a "$0" -- "$@"', argument0!]
}

function primaryGroup(userId: number): number {
  const line = readText('/etc/passwd').split('\n').map((entry) => entry.split(':')).find((fields) => fields[2] === String(userId))
  return Number(line?.[3] ?? userId)
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // What cannot be read says nothing.
    return ''
  }
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      // Not in this folder.
      return false
    }
  })
}
