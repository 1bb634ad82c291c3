// Opens the package that a command line names: a file, or `FILE:STORAGE` for a package or transform that lies in one.
import { existsSync } from 'node:fs'
import { FormatError, WindowsError, type ByteSource, type ErrorCodeName } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import { databaseClassIds, openDatabase, openTransform, storageFromFile, type Database } from '../../database/index.ts'
import { openFileSource, type FileSource } from '../../node/index.ts'
import { adviceForText, CommandError, describeHostError } from '../program/errors.ts'
import { adviseOn } from './not-a-package.ts'

export interface OpenedFile extends Disposable {
  /** As it was named. */
  readonly path: string
  /** The file alone, without a storage. */
  readonly file: string
  readonly source: FileSource
  readonly size: number
  /** What was named: the file, or a storage in it. */
  readonly content: StorageContent | FileSource
}

export interface OpenedPackage extends OpenedFile {
  /** Of a transform, its content in the table `_TransformView`. */
  readonly database: Database
}

/**
 * The file stays open until it is disposed of, or the process ends.
 * @throws CommandError ERROR_INSTALL_PACKAGE_OPEN_FAILED (1619) when the file cannot be opened,
 * ERROR_INSTALL_PACKAGE_INVALID (1620) when it is no package.
 */
export function openPackage(path: string): OpenedPackage {
  const opened = openFile(path)
  return within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => {
    const database = openDatabase(opened.content)
    const isTransform = database.classId.toUpperCase() === databaseClassIds.transform
    return { ...opened, database: isTransform ? openTransform(opened.content) : database }
  }, opened.source)
}

/** A package or transform whose content is read by other means. @throws as {@link openPackage} */
export function openFile(path: string): OpenedFile {
  const [file, storage] = splitPath(path)
  const source = within(file, 'ERROR_INSTALL_PACKAGE_OPEN_FAILED', () => openFileSource(file))
  return {
    path, file, source, size: source.size, [Symbol.dispose]: () => { source[Symbol.dispose]() },
    content: storage === undefined ? source : within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => findStorage(file, storageFromFile(source), storage), source),
  }
}

/** A colon is also a character of file names, and follows the letter of a drive. */
function splitPath(path: string): [file: string, storage?: string] {
  const colon = path.indexOf(':', 2)
  if (colon < 0 || existsSync(path)) return [path]
  const file = path.slice(0, colon)
  return existsSync(file) ? [file, path.slice(colon + 1)] : [path]
}

function findStorage(file: string, root: StorageContent, name: string): StorageContent {
  const storages = root.entries.flatMap((entry) => entry.kind === 'storage' ? [entry] : [])
  const found = storages.find((entry) => entry.name === name)
  if (found !== undefined) return found.content
  throw new CommandError('ERROR_INVALID_PARAMETER', `${file}: expected a storage "${name}" in the file, found ${storages.map((entry) => entry.name).join(', ') || 'none'}`)
}

/** Runs what reads the package; what goes wrong is told with the name of the file. @param advice for what is not damage; or for damage; or the file, which tells more */
export function within<T>(path: string, code: ErrorCodeName, read: () => T, advice?: string | { readonly forDamage: string } | ByteSource): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof CommandError) throw error
    if (error instanceof WindowsError) {
      const what = adviceForText(error.message) ?? (typeof advice !== 'object' ? error instanceof FormatError ? notAPackage : advice
        : 'forDamage' in advice ? error instanceof FormatError ? advice.forDamage : undefined : adviseOn(advice))
      throw new CommandError(code, `${path}: ${error.message}`, what, { cause: error })
    }
    const system = error as NodeJS.ErrnoException
    if (typeof system.syscall !== 'string') throw error
    throw new CommandError(code, `${path}: expected a package, found: ${describeHostError(system)}`, 'Check the name of the file and the right to read it.', { cause: error })
  }
}

const notAPackage = 'The file is no Windows Installer package (.msi, .msm, .msp, .mst), or it is damaged or incomplete. Compare its size and checksum with the original\'s.'
