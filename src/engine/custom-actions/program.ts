// Programs of custom actions: types 2, 18, 34 and 50. A program of the host runs as it is; one of Windows needs a
// runner. Paths: the program's own is translated to the host, its arguments are passed as they are, for only the author
// knows which of them are paths. The host path of each drive is in the environment (MSIKIT_DRIVE_C and so on).
// https://learn.microsoft.com/windows/win32/msi/executable-files; docs/decisions: custom actions
import { isFullPath, joinPath, parentPath } from '../../base/index.ts'
import type { Platform, ProgramResult } from '../../platform/index.ts'
import type { InstallSession } from '../session/install-session.ts'
import { splitArguments, splitProgram } from './command-arguments.ts'
import type { CustomActionSource } from './custom-action.ts'
import { createTemporaryFile, type TemporaryFile } from './temporary-file.ts'

/** Everything that a program action has, formatted: in the session, or captured in the script. */
export interface ProgramAction {
  readonly action: string
  readonly sourceKind: CustomActionSource
  /** Binary key, full path of the file, full path of the working directory, or full path of the program. */
  readonly source: string
  /** Arguments; the whole command line with a directory. */
  readonly target: string
  /** The arguments stay out of the log. */
  readonly hidden: boolean
  /** Async with Continue: it may outlive the installation. */
  readonly letGo?: boolean
}

export type ProgramOutcome =
  | { readonly ran: true; readonly result: ProgramResult }
  /** Not a program that this machine can run. */
  | { readonly ran: false; readonly why: string }

interface Located {
  readonly windowsPath: string
  readonly hostPath: string | undefined
  readonly commandLine: string
  readonly workingDirectory: string | undefined
  /** To be deleted afterwards. */
  readonly temporary: TemporaryFile | undefined
}

export async function runProgram(session: InstallSession, action: ProgramAction): Promise<ProgramOutcome> {
  const located = locate(session, action)
  try {
    return await start(session, located, action.hidden ? '**********' : located.commandLine, action.letGo === true)
  } finally {
    located.temporary?.[Symbol.dispose]()
  }
}

async function start(session: InstallSession, located: Located, shown: string, letGo: boolean): Promise<ProgramOutcome> {
  const { settings } = session.installation
  const { processes, files } = session.platform
  const { hostPath, commandLine } = located
  const runner = settings.foreignRunner
  const windowsPath = hostPath === undefined ? await runner?.ownProgram?.(located.windowsPath) : located.windowsPath
  if (windowsPath === undefined) return { ran: false, why: `the program ${located.windowsPath} was not found` }
  const workingDirectory = located.workingDirectory === undefined ? undefined : files.hostPath(located.workingDirectory)
  const common = { timeLimitMs: settings.timeLimitMs, letGo, ...(settings.signal === undefined ? {} : { signal: settings.signal }) }
  if (hostPath !== undefined && processes.canRun(hostPath)) {
    session.messages.log(`Running ${hostPath} ${shown}`)
    const result = await processes.run({
      file: hostPath, args: splitArguments(commandLine), environment: driveVariables(session.platform), ...common,
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
    })
    return { ran: true, result }
  }
  if (runner !== undefined) {
    session.messages.log(`Running ${windowsPath} ${shown} through ${runner.name}`)
    return { ran: true, result: await runner.runProgram({ hostPath, windowsPath, commandLine, args: splitArguments(commandLine), workingDirectory, ...common }) }
  }
  return { ran: false, why: `${windowsPath} is no program of this host` }
}

/** The program that an action means, where it is not in Binary. */
export function findProgram(session: InstallSession, sourceKind: CustomActionSource, source: string, target: string): { readonly windowsPath: string; readonly hostPath: string | undefined } {
  return sourceKind === 'directory' ? locateCommandLine(session, source, target) : at(session, source, target, undefined)
}

/** Where each drive lies on the host, for programs that get Windows paths as arguments. */
function driveVariables(platform: Platform): Record<string, string> {
  const variables: Record<string, string> = {}
  for (const drive of platform.files.drives()) {
    const host = platform.files.hostPath(drive)
    if (host !== undefined) variables[`MSIKIT_DRIVE_${drive[0]!.toUpperCase()}`] = host
  }
  return variables
}

function locate(session: InstallSession, { sourceKind, source, target }: ProgramAction): Located {
  switch (sourceKind) {
    case 'binary': return locateBinary(session, source, target)
    case 'directory': return locateCommandLine(session, source, target)
    default: return at(session, source, target, parentPath(source))
  }
}

function at(session: InstallSession, path: string, commandLine: string, workingDirectory: string | undefined): Located {
  return { windowsPath: path, hostPath: hostProgram(session.platform, path), commandLine, workingDirectory, temporary: undefined }
}

/** A path of the root, or of the host itself. */
function hostProgram(platform: Platform, path: string): string | undefined {
  if (path.startsWith('/')) return path
  if (!isFullPath(path)) return undefined
  return platform.files.stat(path)?.kind === 'file' ? platform.files.hostPath(path) : undefined
}

function locateCommandLine(session: InstallSession, directory: string, commandLine: string): Located {
  const found = (name: string): string | undefined => searchProgram(session, directory, name)
  const { program, rest } = splitProgram(commandLine, (name) => found(name) !== undefined)
  return at(session, found(program) ?? program, rest, directory === '' ? undefined : directory)
}

/** As CreateProcess looks: the path itself, the working directory, the system folders. */
function searchProgram(session: InstallSession, directory: string, name: string): string | undefined {
  const { properties, platform } = session
  const names = /\.[^\\.]*$/.test(name) ? [name] : [name, `${name}.exe`]
  for (const one of names) {
    if (isFullPath(one) || one.startsWith('/')) {
      if (hostProgram(platform, one) !== undefined) return one
      continue
    }
    for (const folder of [directory, properties.get('System64Folder'), properties.get('SystemFolder'), properties.get('WindowsFolder')]) {
      if (folder !== '' && platform.files.stat(joinPath(folder, one))?.kind === 'file') return joinPath(folder, one)
    }
  }
  return undefined
}

/** The stream becomes a file in the user's temporary folder for as long as it runs. */
function locateBinary(session: InstallSession, key: string, commandLine: string): Located {
  const { platform, properties } = session
  const bytes = session.stream('Binary', key)
  if (bytes === undefined) return { windowsPath: `Binary.${key}`, hostPath: undefined, commandLine, workingDirectory: undefined, temporary: undefined }
  const folder = properties.get('TempFolder')
  const temporary = createTemporaryFile(platform, folder, () => freeName(platform, folder), (sink) => { sink.write(bytes) })
  return { windowsPath: temporary.path, hostPath: platform.files.hostPath(temporary.path), commandLine, workingDirectory: folder, temporary }
}

/** A name that nobody has, such as MSI1A2B.tmp. */
function freeName(platform: Platform, folder: string): string {
  const [a = 0, b = 0] = platform.random.bytes(2)
  let number = a << 8 | b
  let path = ''
  do path = joinPath(folder, `MSI${(number++ & 0xffff).toString(16).toUpperCase().padStart(4, '0')}.tmp`)
  while (platform.files.stat(path) !== undefined)
  return path
}
