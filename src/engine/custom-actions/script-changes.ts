// What scripts of packages may change in the root. At once they change nothing: an installation decides before it does. A deferred
// script's changes are operations of the script that it is part of, so that they are taken back with all others; rollback and
// commit scripts, behind which nothing is taken back, change files and registry themselves.
import { bytesToHex, WindowsError } from '../../base/index.ts'
import type { FileSystem, Platform, Registry } from '../../platform/index.ts'
import type { Operation } from '../script/operation.ts'
import { InstallError } from '../session/messages/install-error.ts'

type RegistryChanges = Pick<Registry, 'createKey' | 'setValue' | 'deleteValue' | 'deleteKey'>

export interface RootChanges {
  writeFile(path: string, content: Uint8Array): void
  createFolder(path: string): void
  removeFile(path: string): void
  /** An empty one. */
  removeFolder(path: string): void
  setAttributes(path: string, attributes: Parameters<FileSystem['setAttributes']>[1]): void
  readonly registry: RegistryChanges
}

/** The content of a file that a script writes stands in the journal. */
const largestFileBytes = 16 << 20

export function noChanges(log: (line: string) => void, action: string): RootChanges {
  const refuse = (what: string): never => {
    log(`Custom action ${action}: its script may not change ${what} at once; deferred scripts may`)
    throw new WindowsError('ERROR_ACCESS_DENIED', `${what}: scripts that run at once change nothing in the root`)
  }
  return {
    writeFile: refuse, createFolder: refuse, removeFile: refuse, removeFolder: refuse, setAttributes: refuse,
    registry: { createKey: refuse, setValue: refuse, deleteValue: refuse, deleteKey: refuse },
  }
}

/** @param perform does an operation before it returns */
export function journalledChanges(perform: (operation: Operation) => void): RootChanges {
  const done = (operation: Operation): void => {
    try {
      perform(operation)
    } catch (error) {
      if (!(error instanceof InstallError)) throw error
      throw error.cause instanceof WindowsError ? error.cause : new WindowsError('ERROR_ACCESS_DENIED', error.message, { cause: error })
    }
  }
  return {
    writeFile: (path, content) => {
      if (content.length > largestFileBytes) throw new WindowsError('ERROR_DISK_FULL', `${path}: expected at most ${largestFileBytes} bytes of a script, found ${content.length}`)
      done({ op: 'FileWrite', path, content: bytesToHex(content) })
    },
    createFolder: (folder) => { done({ op: 'FolderCreate', folder, persistent: false }) },
    removeFile: (path) => { done({ op: 'FileRemove', path }) },
    removeFolder: (folder) => { done({ op: 'FolderRemove', folder, persistent: true, foreign: true }) },
    setAttributes: (path) => { throw new WindowsError('ERROR_ACCESS_DENIED', `${path}: attributes that a script sets could not be taken back`) },
    registry: {
      createKey: (key) => { done({ op: 'RegCreateKey', key }) },
      setValue: (key, name, value) => { done({ op: 'RegAddValue', key, name, value, mode: 'replace' }) },
      deleteValue: (key, name) => { done({ op: 'RegRemoveValue', key, name, pruneEmptyKeys: false }) },
      deleteKey: (key) => { done({ op: 'RegRemoveKey', key, ifEmpty: false }) },
    },
  }
}

export function directChanges({ files, registry }: Pick<Platform, 'files' | 'registry'>): RootChanges {
  return {
    writeFile: (path, content) => {
      const writer = files.create(path)
      try {
        writer.write(content)
      } finally {
        writer.close()
      }
    },
    createFolder: (path) => { files.createDirectory(path) }, removeFile: (path) => { files.removeFile(path, true) },
    removeFolder: (path) => { files.removeDirectory(path) }, setAttributes: (path, attributes) => { files.setAttributes(path, attributes) },
    registry,
  }
}
