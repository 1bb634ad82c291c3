// Errors as the terminal shows them: what was read, where, what was expected, what was found, what to do.
import type { ErrorCodeName } from '../../base/index.ts'
import { WindowsError } from '../../base/index.ts'
import { windowsCodeOf } from '../../node/index.ts'

/** @param message of an error about a text that its code page does not have */
export function adviceForText(message: string): string | undefined {
  return /expected (?:text that|characters of) code page/.test(message) ? '`msikit set FILE Codepage=65001 Summary.codepage=65001` makes room for every text.' : undefined
}

/** The command line was wrong: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** An error about a file or another thing the user named. */
export class CommandError extends WindowsError {
  override readonly name = 'CommandError'
  /** What the user can do about it. */
  readonly advice: string | undefined

  constructor(code: ErrorCodeName, message: string, advice?: string, options?: { cause?: unknown }) {
    super(code, message, options)
    this.advice = advice
  }
}

/** What is written cannot be: nothing that comes later would fare better. */
export class OutputError extends CommandError {}

/** @param error given back as it is when it is none of the host's */
export function outputError(path: string, error: unknown): unknown {
  const system = error as NodeJS.ErrnoException
  if (typeof system?.syscall !== 'string') return error
  const code = system.code === 'EEXIST' ? 'ERROR_FILE_EXISTS' : hostCode(system)
  return new OutputError(code, `${path}: expected a file that can be written, found: ${system.code === 'EEXIST' ? 'another one' : describeHostError(system)}`, adviceFor[code] ?? placeAdvice[code], { cause: error })
}

export interface ExplainedError {
  readonly code: string
  readonly errno: number
  readonly message: string
  readonly advice?: string
}

/** `undefined` when the error is a mistake in msikit itself, whose stack trace is worth seeing. */
export function explainError(error: unknown): ExplainedError | undefined {
  if (error instanceof WindowsError) {
    const advice = error instanceof CommandError ? error.advice : adviceForText(error.message) ?? adviceFor[error.code]
    return { code: error.code, errno: error.errno, message: error.message, ...(advice === undefined ? {} : { advice }) }
  }
  const system = error as NodeJS.ErrnoException
  if (typeof system?.code !== 'string' || typeof system.syscall !== 'string') return undefined
  const path = system.path === undefined ? '' : `${system.path}: `
  return explainError(new WindowsError(hostCode(system), `${path}${system.code === 'EISDIR' ? 'expected a file, found ' : ''}${describeHostError(system)}`, { cause: error }))
}

/** A file that was named and cannot be read. @param error given back as it is when it is none of the host's */
export function inputError(path: string, what: string, error: unknown): unknown {
  const system = error as NodeJS.ErrnoException
  if (typeof system?.syscall !== 'string') return error
  return new CommandError(system.code === 'EACCES' || system.code === 'EPERM' ? 'ERROR_ACCESS_DENIED' : 'ERROR_OPEN_FAILED', `${path}: expected ${what}, found: ${describeHostError(system)}`,
    'Check the name of the file and the right to read it.', { cause: error })
}

/** What is missing is a folder on the way: a file that is missing is told by who looked for it. */
function hostCode(error: NodeJS.ErrnoException): ErrorCodeName {
  return error.code === 'ENOENT' ? 'ERROR_PATH_NOT_FOUND' : windowsCodeOf(error.code ?? '') ?? 'ERROR_FUNCTION_FAILED'
}

/** A folder to be used, and made when it is missing, that cannot be. @param error rethrown when it is none of the host's */
export function folderError(what: string, path: string, error: unknown, advice: string): unknown {
  const system = error as NodeJS.ErrnoException
  if (typeof system?.syscall !== 'string') return error
  const isFile = system.code === 'EEXIST'
  return new CommandError(isFile ? 'ERROR_DIRECTORY' : hostCode(system), `${what} ${path}: expected a folder, or a place for one, found: ${isFile ? 'a file' : describeHostError(system)}`,
    advice, { cause: error })
}

export function describeHostError(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ENOENT': return 'no such file or folder'
    case 'ENOTDIR': return 'a part of the path is no folder'
    case 'EACCES': case 'EPERM': return 'access denied'
    case 'EISDIR': return 'a folder'
    case 'ESPIPE': return 'a pipe or a device, which cannot be read in any order (save it as a file first)'
    case 'EROFS': return 'the file system is read-only'
    case 'EEXIST': return 'it exists already'
    case 'ENOSPC': case 'EDQUOT': return 'the disk is full'
    default: return error.message
  }
}

/** What the user can do, by code. */
const otherCode = 'Code of the package that this machine cannot run. `msikit plan` lists it; `--custom-actions skip` installs without it.'

const sourceFiles = 'Files and cabinets that are not in the package lie beside it; Z:\\ is the folder / of this machine. `msikit info` and `msikit extract --list` name them.'

/** By the number of the installer's message. */
export const adviceForMessage: Readonly<Record<number, string>> = {
  1721: otherCode, 1723: otherCode, 2738: otherCode, 2739: otherCode,
  1308: sourceFiles, 1311: sourceFiles, 1334: sourceFiles,
  1327: 'A root has the drive C: alone; Z: is the folder / of this machine, to read packages from.',
  2711: '`msikit info FILE` shows the features; upper and lower case matter.',
  2606: "Paths are those of the root: 'C:\\App' is the folder App of --root.",
}

const placeAdvice: Partial<Record<ErrorCodeName, string>> = {
  ERROR_ACCESS_DENIED: 'Choose a place that can be written to.', ERROR_PATH_NOT_FOUND: 'Make its folder first.',
}

export const adviceFor: Partial<Record<ErrorCodeName, string>> = {
  ERROR_INSTALL_ALREADY_RUNNING: 'Another installation is running on this root. Wait until it has finished, then try again.',
  ERROR_INSTALL_PACKAGE_OPEN_FAILED: 'Check the name of the file: C:\\ is the folder of --root, Z:\\ the folder / of this machine.',
  ERROR_UNKNOWN_PRODUCT: '`msikit list` shows which products are installed in the root.',
  ERROR_DISK_FULL: 'Make room on the disk and try again.',
  ERROR_WRITE_PROTECT: 'Choose a place that can be written to.',
  ERROR_BAD_QUERY_SYNTAX: 'The SQL dialect is described at https://learn.microsoft.com/windows/win32/msi/sql-syntax',
  ERROR_INSTALL_TRANSFORM_FAILURE: 'A transform is found in the current folder or beside the package, by its full path, or inside the package as :name.',
  ERROR_INSTALL_PLATFORM_UNSUPPORTED: 'The package is for another processor than the root.',
}
