// Scripting.FileSystemObject over the files of some machine: names, text files, copying, moving, deleting, folders and files as
// objects. Drives are names only.
// https://learn.microsoft.com/office/vba/language/reference/user-interface-help/filesystemobject-object
import { codePage } from '../../base/index.ts'
import { HostObject, isGiven, members, method, scriptError, toBoolean, toLong, toText, type MemberTable, type Variant } from '../../vbscript/index.ts'
import { guarded } from './file-errors.ts'
import { FileObject, FolderObject } from './file-objects.ts'
import { baseName, driveName, extensionName, fileName, hasWildcard, joined, matches, parentFolder } from './paths.ts'
import type { ScriptFiles, ScriptFileStat } from './ports.ts'
import { TextStream } from './text-stream.ts'

/** TristateTrue and TristateUseDefault; the third is the code page of Windows. */
const unicode = -1
const byMark = -2
const openMode = { reading: 1, writing: 2, appending: 8 } as const
/** Folders within each other. */
const deepest = 200

export class FileSystemObject extends HostObject {
  readonly typeName = 'FileSystemObject'
  readonly members: MemberTable<never> = table
  readonly files: ScriptFiles
  #names = 0

  constructor(files: ScriptFiles) {
    super()
    this.files = files
  }

  is(path: string, folder: boolean): boolean {
    return this.files.stat(path)?.isFolder === folder
  }

  open(path: string, mode: number, creates: boolean, format: number): TextStream {
    const { files } = this
    if (mode !== openMode.reading && mode !== openMode.writing && mode !== openMode.appending) throw scriptError(5)
    const stat = files.stat(path)
    if (stat === undefined && !creates) throw scriptError(53)
    if (stat?.isFolder === true) throw scriptError(70)
    if (mode === openMode.reading) return TextStream.reading(stat === undefined ? '' : decoded(files.read(path), format))
    const isNew = stat === undefined || mode === openMode.writing || stat.size === 0
    if (isNew) files.write(path, format === unicode ? Uint8Array.of(0xff, 0xfe) : new Uint8Array())
    return TextStream.writing((text) => { guarded(() => { files.append(path, encoded(text, format)) }) })
  }

  create(path: string, overwrites: boolean, isUnicode: boolean): TextStream {
    if (!overwrites && this.files.stat(path) !== undefined) throw scriptError(58)
    return this.open(path, openMode.writing, true, isUnicode ? unicode : 0)
  }

  temporaryName(): string {
    return `rad${(0x10000 + this.#names++ * 7919 % 0xefff).toString(16).toUpperCase()}.tmp`
  }

  /** What a name with `*` and `?` means. @throws ScriptError 53 for files and 76 for folders when it is nothing */
  #meant(path: string, folder: boolean): string[] {
    if (!hasWildcard(path)) {
      if (!this.is(path, folder)) throw scriptError(folder ? 76 : 53)
      return [path]
    }
    const within = parentFolder(path)
    const found = this.files.list(within === '' ? '.' : within).filter((name) => matches(name, fileName(path))).map((name) => joined(within, name)).filter((one) => this.is(one, folder))
    if (found.length === 0) throw scriptError(folder ? 76 : 53)
    return found
  }

  deleteFile(path: string, force: boolean): void {
    for (const one of this.#meant(path, false)) this.files.removeFile(one, force)
  }

  deleteFolder(path: string, force: boolean): void {
    for (const one of this.#meant(path.replace(/(?<=[^\\/:])[\\/]+$/, ''), true)) this.#deleteTree(one, force, 0)
  }

  #deleteTree(folder: string, force: boolean, depth: number): void {
    if (depth > deepest) throw scriptError(75)
    for (const name of this.files.list(folder)) {
      const path = joined(folder, name)
      if (this.is(path, true)) this.#deleteTree(path, force, depth + 1)
      else this.files.removeFile(path, force)
    }
    this.files.removeFolder(folder, force)
  }

  copyFile(from: string, to: string, overwrites: boolean): void {
    for (const one of this.#meant(from, false)) {
      const target = this.#target(one, to, hasWildcard(from))
      if (this.is(target, true)) throw scriptError(70)
      if (!overwrites && this.files.stat(target) !== undefined) throw scriptError(58)
      if ((this.files.stat(target)?.attributes ?? 0) & 1) throw scriptError(70)
      this.files.write(target, this.files.read(one))
    }
  }

  copyFolder(from: string, to: string, overwrites: boolean): void {
    for (const one of this.#meant(from, true)) this.#copyTree(one, this.#target(one, to, hasWildcard(from)), overwrites, 0)
  }

  #copyTree(from: string, to: string, overwrites: boolean, depth: number): void {
    if (depth > deepest) throw scriptError(75)
    const names = this.files.list(from)
    if (!this.is(to, true)) this.files.createFolder(to)
    for (const name of names) {
      const [source, target] = [joined(from, name), joined(to, name)]
      if (this.is(source, true)) this.#copyTree(source, target, overwrites, depth + 1)
      else if (!overwrites && this.files.stat(target) !== undefined) throw scriptError(58)
      else this.files.write(target, this.files.read(source))
    }
  }

  move(from: string, to: string, folder: boolean): void {
    for (const one of this.#meant(from, folder)) {
      const target = this.#target(one, to, hasWildcard(from))
      if (this.files.stat(target) !== undefined) throw scriptError(58)
      this.files.rename(one, target)
    }
  }

  /** Several files go into a folder; one takes its own name along when the target ends like a folder. */
  #target(from: string, to: string, many: boolean): string {
    return many || /[\\/]$/.test(to) ? joined(to, fileName(from)) : to
  }

  specialFolder(which: number): FolderObject {
    const path = [this.files.windowsFolder, this.files.systemFolder, this.files.temporaryFolder][which]
    if (path === undefined) throw scriptError(5)
    return new FolderObject(this, path)
  }

  /** @throws ScriptError 53 */
  file(path: string): FileObject {
    if (!this.is(path, false)) throw scriptError(53)
    return new FileObject(this, this.files.fullPath(path))
  }

  /** @throws ScriptError 76 */
  folder(path: string): FolderObject {
    if (!this.is(path, true)) throw scriptError(76)
    return new FolderObject(this, this.files.fullPath(path))
  }

  /** @throws ScriptError 53 when it is gone */
  stat(path: string): ScriptFileStat {
    const stat = this.files.stat(path)
    if (stat === undefined) throw scriptError(53)
    return stat
  }
}

function decoded(bytes: Uint8Array, format: number): string {
  const isUnicode = format === unicode || (format === byMark && bytes[0] === 0xff && bytes[1] === 0xfe)
  if (!isUnicode) return codePage(1252).decode(bytes)
  return new TextDecoder('utf-16le').decode(bytes)
}

/** @throws ScriptError 5 for characters that the code page does not have */
function encoded(text: string, format: number): Uint8Array {
  if (format !== unicode) {
    const bytes = codePage(1252).encode(text)
    if (bytes === undefined) throw scriptError(5)
    return bytes
  }
  const bytes = new Uint8Array(text.length * 2)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), true)
  return bytes
}

const yes = (value: Variant, preset: boolean): boolean => isGiven(value) ? toBoolean(value) : preset

/** A method whose failures are those of files. */
const doing = (arity: number | readonly [number, number], call: (self: FileSystemObject, ...args: Variant[]) => Variant): ReturnType<typeof method<FileSystemObject>> =>
  method<FileSystemObject>(arity, (self, ...args) => guarded(() => call(self, ...args)))

const table = members<FileSystemObject>({
  FileExists: method(1, (self, path) => self.is(toText(path), false)), FolderExists: method(1, (self, path) => self.is(toText(path), true)),
  DriveExists: method(1, (self, drive) => self.is(joined(driveName(toText(drive)) || `${toText(drive)}:`, '\\'), true)),
  BuildPath: method(2, (_, folder, name) => joined(toText(folder), toText(name))), GetAbsolutePathName: method(1, (self, path) => self.files.fullPath(toText(path))),
  GetFileName: method(1, (_, path) => fileName(toText(path))), GetBaseName: method(1, (_, path) => baseName(toText(path))),
  GetExtensionName: method(1, (_, path) => extensionName(toText(path))), GetParentFolderName: method(1, (_, path) => parentFolder(toText(path))),
  GetDriveName: method(1, (_, path) => driveName(toText(path))), GetTempName: method(0, (self) => self.temporaryName()),
  GetSpecialFolder: method(1, (self, which) => self.specialFolder(toLong(which))),
  GetStandardStream: method([1, 2], (self, which) => {
    const stream = self.files.standardStream?.(toLong(which))
    if (stream === undefined) throw scriptError(5)
    return stream
  }),
  GetFile: doing(1, (self, path) => self.file(toText(path))), GetFolder: doing(1, (self, path) => self.folder(toText(path))),
  GetFileVersion: doing(1, (self, path) => self.files.version(toText(path))),
  OpenTextFile: doing([1, 4], (self, path, mode, creates, format) => self.open(toText(path), isGiven(mode) ? toLong(mode) : 1, yes(creates, false), isGiven(format) ? toLong(format) : 0)),
  CreateTextFile: doing([1, 3], (self, path, overwrites, isUnicode) => self.create(toText(path), yes(overwrites, true), yes(isUnicode, false))),
  CreateFolder: doing(1, (self, path) => {
    if (self.files.stat(toText(path)) !== undefined) throw scriptError(58)
    self.files.createFolder(toText(path))
    return self.folder(toText(path))
  }),
  DeleteFile: doing([1, 2], (self, path, force) => void self.deleteFile(toText(path), yes(force, false))),
  DeleteFolder: doing([1, 2], (self, path, force) => void self.deleteFolder(toText(path), yes(force, false))),
  CopyFile: doing([2, 3], (self, from, to, overwrites) => void self.copyFile(toText(from), toText(to), yes(overwrites, true))),
  CopyFolder: doing([2, 3], (self, from, to, overwrites) => void self.copyFolder(toText(from), toText(to), yes(overwrites, true))),
  MoveFile: doing(2, (self, from, to) => void self.move(toText(from), toText(to), false)),
  MoveFolder: doing(2, (self, from, to) => void self.move(toText(from), toText(to), true)),
})
