// Scripting.FileSystemObject over the files of this machine, with the rights of who runs the script. Paths may have either slash.
// Files and folders as objects, drives and special folders other than the temporary one are not there.
// https://learn.microsoft.com/office/vba/language/reference/user-interface-help/filesystemobject-object
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { decodeScript, HostObject, isGiven, members, method, scriptError, toLong, toText, type MemberTable, type Variant } from '../../scripting/index.ts'
import { hostPath } from './paths.ts'
import { TextStream } from './text-stream.ts'

export class FileSystemObject extends HostObject {
  readonly typeName = 'FileSystemObject'
  readonly members: MemberTable<never> = table
  #names = 0

  /** @param mode 1 reading, 2 writing, 8 appending */
  open(path: string, mode: number, creates: boolean): Variant {
    const isThere = existsSync(path)
    if (!isThere && !creates) throw scriptError(53)
    if (mode === 1) return TextStream.reading(isThere ? decodeScript(readFileSync(path)) : '')
    if (mode === 2 || !isThere) writeFileSync(path, '')
    return TextStream.writing((text) => { appendFileSync(path, text) })
  }

  create(path: string, overwrites: boolean): Variant {
    if (!overwrites && existsSync(path)) throw scriptError(58)
    return this.open(path, 2, true)
  }

  temporaryName(): string {
    return `rad${String(process.pid).padStart(5, '0')}${this.#names++}.tmp`
  }
}

/** What the host says is an error of scripts. */
function guarded<T>(action: () => T): T {
  try {
    return action()
  } catch (error) {
    switch ((error as NodeJS.ErrnoException).code) {
      case 'ENOENT': throw scriptError(53)
      case 'EEXIST': throw scriptError(58)
      case 'EACCES': case 'EPERM': case 'EISDIR': case 'ERR_FS_EISDIR': throw scriptError(70)
      case 'ENOTDIR': throw scriptError(76)
      case 'ENOSPC': throw scriptError(61)
      default: throw error
    }
  }
}

function is(path: string, kind: 'isFile' | 'isDirectory'): boolean {
  return statSync(path, { throwIfNoEntry: false })?.[kind]() ?? false
}

const path = (value: Variant): string => hostPath(toText(value))
const yes = (value: Variant, preset: boolean): boolean => isGiven(value) ? value !== false && !(typeof value === 'object' && toLong(value) === 0) : preset

const table = members<FileSystemObject>({
  FileExists: method(1, (_, file) => is(path(file), 'isFile')), FolderExists: method(1, (_, folder) => is(path(folder), 'isDirectory')),
  BuildPath: method(2, (_, folder, name) => join(path(folder), path(name))), GetAbsolutePathName: method(1, (_, file) => resolve(path(file))),
  GetFileName: method(1, (_, file) => basename(path(file))), GetBaseName: method(1, (_, file) => basename(path(file), extname(path(file)))),
  GetExtensionName: method(1, (_, file) => extname(path(file)).slice(1)),
  GetParentFolderName: method(1, (_, file) => dirname(path(file)) === '.' ? '' : dirname(path(file))),
  GetTempName: method(0, (self) => self.temporaryName()), GetSpecialFolder: method(1, (_, which) => {
    if (toLong(which) !== 2) throw scriptError(5)
    return tmpdir()
  }),
  OpenTextFile: method([1, 4], (self, file, mode, creates) => guarded(() => self.open(path(file), isGiven(mode) ? toLong(mode) : 1, yes(creates, false)))),
  CreateTextFile: method([1, 3], (self, file, overwrites) => guarded(() => self.create(path(file), yes(overwrites, true)))),
  CreateFolder: method(1, (_, folder) => guarded(() => void mkdirSync(path(folder)))),
  DeleteFile: method([1, 2], (_, file) => guarded(() => void rmSync(path(file)))),
  DeleteFolder: method([1, 2], (_, folder) => guarded(() => {
    if (!is(path(folder), 'isDirectory')) throw scriptError(76)
    rmSync(path(folder), { recursive: true })
    return undefined
  })),
  CopyFile: method([2, 3], (_, from, to, overwrites) => guarded(() => void cpSync(path(from), into(path(to), path(from)), { errorOnExist: true, force: yes(overwrites, true) }))),
  MoveFile: method(2, (_, from, to) => guarded(() => void renameSync(path(from), into(path(to), path(from))))),
})

/** A folder, or a name that ends like one, takes the file under its own name. */
function into(to: string, from: string): string {
  return to.endsWith('/') || is(to, 'isDirectory') ? join(to, basename(from)) : to
}
