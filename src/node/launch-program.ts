// Starts a program that outlives its starter, as its user had started it: own session, own terminal where there is a display,
// nothing on its standard streams. Another user's program is started with that user's groups, through setpriv(1).
import { spawn } from 'node:child_process'
import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { WindowsError } from '../base/index.ts'
import type { LaunchSpec, ProcessIdentity } from '../platform/index.ts'

/** Terminals that take a command after `-e`, the one the system has chosen first. */
const terminals = ['x-terminal-emulator', 'xterm', 'konsole', 'xfce4-terminal', 'mate-terminal']

export async function launchProgram(program: LaunchSpec, identify: (pid: number) => ProcessIdentity | undefined): Promise<ProcessIdentity> {
  const { workingDirectory, environment } = program
  assertRunnable(program.file)
  const [file, args, argument0] = commandFor(program)
  const child = spawn(file, args, {
    detached: true, stdio: 'ignore', env: { ...process.env, ...environment },
    ...(argument0 === undefined ? {} : { argv0: argument0 }), ...(workingDirectory === undefined ? {} : { cwd: workingDirectory }),
  })
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', (error) => reject(new WindowsError('ERROR_FILE_NOT_FOUND', `${program.file} could not be started: ${error.message}`, { cause: error })))
  })
  child.unref()
  const identity = identify(child.pid!)
  if (!identity) throw new WindowsError('ERROR_FAIL_RESTART', `${program.file} was started and ended at once`)
  return identity
}

function assertRunnable(file: string): void {
  try {
    accessSync(file, constants.X_OK)
  } catch (error) {
    throw new WindowsError('ERROR_FILE_NOT_FOUND', `${file} is no longer there or cannot be run`, { cause: error })
  }
}

function commandFor({ file, args, argument0, environment, userId, terminal }: LaunchSpec): [string, readonly string[], string | undefined] {
  const switched = userId >= 0 && userId !== process.geteuid?.() ? ['setpriv', `--reuid=${userId}`, `--regid=${primaryGroup(userId)}`, '--init-groups', '--', file, ...args] : undefined
  const hasDisplay = environment.DISPLAY !== undefined || environment.WAYLAND_DISPLAY !== undefined
  const emulator = terminal && hasDisplay ? terminals.map(findProgram).find((found) => found !== undefined) : undefined
  if (emulator !== undefined) return [emulator, ['-e', ...switched ?? [file, ...args]], undefined]
  if (switched) return [switched[0]!, switched.slice(1), undefined]
  return [file, args, argument0]
}

function primaryGroup(userId: number): number {
  const line = readFileSync('/etc/passwd', 'utf8').split('\n').map((entry) => entry.split(':')).find((fields) => fields[2] === String(userId))
  return Number(line?.[3] ?? userId)
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, name)).find((path) => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
