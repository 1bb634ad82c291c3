// The files of a root as Scripting.FileSystemObject takes them. What a script writes line by line reaches a file when something
// else is asked of files, or when the script ends.
import { concatBytes, parentPath, WindowsError } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { ScriptFiles } from '../../scripting/index.ts'
import { versionOnDisk } from '../session/files/file-states.ts'
import type { RootChanges } from './script-changes.ts'

export interface RootScriptFiles extends ScriptFiles {
  /** Writes what waits. */
  flush(): void
}

export interface RootPlaces {
  readonly windowsFolder: string
  readonly systemFolder: string
  readonly temporaryFolder: string
  /** 32-bit programs have a system folder of their own. */
  readonly redirect: (path: string) => string
  /** Of milliseconds since 1970: the date as scripts have it. */
  readonly dateOf: (ms: number) => number
}

export function rootScriptFiles(platform: Platform, changes: RootChanges, { windowsFolder, systemFolder, temporaryFolder, redirect, dateOf }: RootPlaces): RootScriptFiles {
  const { files } = platform
  const waiting = new Map<string, Uint8Array[]>()
  const full = (path: string): string => redirect(fullPath(path, systemFolder))
  const read = (path: string): Uint8Array => {
    using file = files.open(path)
    return file.read(0, file.size).slice()
  }
  const write = (path: string, content: Uint8Array): void => {
    const folder = parentPath(path)
    if (folder !== undefined && files.stat(folder)?.kind !== 'directory') throw new WindowsError('ERROR_PATH_NOT_FOUND', `${path}: expected its folder, found none`)
    changes.writeFile(path, content)
  }
  const flush = (): void => {
    for (const [path, chunks] of waiting) {
      waiting.delete(path)
      write(path, concatBytes([files.stat(path) === undefined ? new Uint8Array() : read(path), ...chunks]))
    }
  }
  /** Of a path, with everything written. */
  const at = <T>(path: string, action: (path: string) => T): T => {
    flush()
    return action(full(path))
  }
  const refuseReadOnly = (path: string, evenReadOnly: boolean): void => {
    const stat = files.stat(path)
    if (stat === undefined) throw new WindowsError('ERROR_FILE_NOT_FOUND', `${path}: not found`)
    if (stat.attributes.readOnly && !evenReadOnly) throw new WindowsError('ERROR_ACCESS_DENIED', `${path}: it is read-only`)
  }
  const remove = (path: string): void => {
    if (files.stat(path)?.kind !== 'directory') return changes.removeFile(path)
    for (const name of files.list(path)) remove(`${path}\\${name}`)
    return changes.removeFolder(path)
  }
  const copy = (from: string, to: string): void => {
    if (files.stat(from)?.kind !== 'directory') return write(to, read(from))
    changes.createFolder(to)
    for (const name of files.list(from)) copy(`${from}\\${name}`, `${to}\\${name}`)
    return undefined
  }
  return {
    flush,
    stat: (path) => at(path, (place) => {
      const stat = files.stat(place)
      if (stat === undefined) return undefined
      const { readOnly, hidden, system } = stat.attributes
      return {
        isFolder: stat.kind === 'directory', size: stat.size, modified: dateOf(stat.modifiedMs), created: dateOf(stat.createdMs),
        attributes: (readOnly ? 1 : 0) | (hidden ? 2 : 0) | (system ? 4 : 0) | (stat.kind === 'directory' ? 0x10 : 0x20),
      }
    }),
    list: (folder) => at(folder, (place) => files.list(place)),
    read: (path) => at(path, read),
    write: (path, content) => { at(path, (place) => { write(place, content) }) },
    append: (path, content) => {
      const place = full(path)
      waiting.set(place, [...waiting.get(place) ?? [], content])
    },
    createFolder: (path) => {
      at(path, (place) => {
        const folder = parentPath(place)
        if (folder !== undefined && files.stat(folder)?.kind !== 'directory') throw new WindowsError('ERROR_PATH_NOT_FOUND', `${place}: expected its folder, found none`)
        changes.createFolder(place)
      })
    },
    removeFile: (path, evenReadOnly) => {
      at(path, (place) => {
        refuseReadOnly(place, evenReadOnly)
        changes.removeFile(place)
      })
    },
    removeFolder: (path, evenReadOnly) => {
      at(path, (place) => {
        refuseReadOnly(place, evenReadOnly)
        if (!files.isEmpty(place)) throw new WindowsError('ERROR_DIR_NOT_EMPTY', `${place}: it is not empty`)
        changes.removeFolder(place)
      })
    },
    rename: (from, to) => {
      at(from, (place) => {
        const target = full(to)
        copy(place, target)
        remove(place)
      })
    },
    setAttributes: (path, bits) => { at(path, (place) => { changes.setAttributes(place, { readOnly: (bits & 1) !== 0, hidden: (bits & 2) !== 0, system: (bits & 4) !== 0 }) }) },
    fullPath: (path) => fullPath(path, systemFolder),
    version: (path) => at(path, (place) => versionOnDisk(platform, place)?.version.join('.') ?? ''),
    temporaryFolder, windowsFolder, systemFolder,
  }
}

/** Relative paths count from the system folder, where installations run. */
function fullPath(path: string, current: string): string {
  const text = path.replaceAll('/', '\\')
  const from = /^[A-Za-z]:\\/.test(text) ? text : text.startsWith('\\') ? current.slice(0, 2) + text : `${current}\\${text.replace(/^[A-Za-z]:/, '')}`
  const names: string[] = []
  for (const name of from.slice(3).split('\\')) {
    if (name === '..') names.pop()
    else if (name !== '' && name !== '.') names.push(name)
  }
  return from.slice(0, 3) + names.join('\\')
}
