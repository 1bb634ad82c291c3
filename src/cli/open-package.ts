// Opens the package that a command line names.
import { WindowsError, type ErrorCodeName } from '../base/index.ts'
import { openDatabase, type Database } from '../database/index.ts'
import { openFileSource } from '../node/index.ts'
import { CommandError, describeHostError } from './errors.ts'

export interface OpenedPackage {
  readonly path: string
  readonly size: number
  readonly database: Database
}

/**
 * The file stays open until the process ends.
 * @throws CommandError ERROR_INSTALL_PACKAGE_OPEN_FAILED (1619) when the file cannot be opened,
 * ERROR_INSTALL_PACKAGE_INVALID (1620) when it is no package.
 */
export function openPackage(path: string): OpenedPackage {
  const source = within(path, 'ERROR_INSTALL_PACKAGE_OPEN_FAILED', () => openFileSource(path))
  return within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => ({ path, size: source.size, database: openDatabase(source) }))
}

/** Runs what reads the package; what goes wrong is told with the name of the file. */
export function within<T>(path: string, code: ErrorCodeName, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (error instanceof WindowsError) throw new CommandError(code, `${path}: ${error.message}`, notAPackage, { cause: error })
    const system = error as NodeJS.ErrnoException
    if (typeof system.syscall !== 'string') throw error
    throw new CommandError(code, `${path}: expected a package, found: ${describeHostError(system)}`, 'Check the name of the file and the right to read it.', { cause: error })
  }
}

const notAPackage = 'The file is no Windows Installer package (.msi, .msm, .msp, .mst), or it is damaged or incomplete. Compare its size and checksum with the original\'s.'
