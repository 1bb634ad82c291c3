// Files and folders as objects, and the collections of them.
// https://learn.microsoft.com/office/vba/language/reference/user-interface-help/file-object, folder-object
import { date, HostObject, indexed, isGiven, long, members, method, property, scriptError, toBoolean, toLong, toText, wholeNumber, type MemberTable, type Variant } from '../../vbscript/index.ts'
import { guarded } from './file-errors.ts'
import type { FileSystemObject } from './file-system-object.ts'
import { driveName, extensionName, fileName, joined, parentFolder } from './paths.ts'

abstract class Place extends HostObject {
  readonly fso: FileSystemObject
  path: string

  constructor(fso: FileSystemObject, path: string) {
    super()
    this.fso = fso
    this.path = path
  }

  rename(name: string): void {
    const to = joined(parentFolder(this.path), name)
    if (this.fso.files.stat(to) !== undefined && to.toLowerCase() !== this.path.toLowerCase()) throw scriptError(58)
    this.fso.files.rename(this.path, to)
    this.path = to
  }

  move(to: string, folder: boolean): void {
    this.fso.move(this.path, to, folder)
    this.path = this.fso.files.fullPath(/[\\/]$/.test(to) ? joined(to, fileName(this.path)) : to)
  }
}

const attributesThatChange = 0x27

const placeMembers = {
  '': property<Place>((self) => self.path), Path: property<Place>((self) => self.path), ShortPath: property<Place>((self) => self.path),
  Name: property<Place>((self) => fileName(self.path), (self, name) => { guarded(() => { self.rename(toText(name)) }) }), ShortName: property<Place>((self) => fileName(self.path)),
  Drive: property<Place>((self) => driveName(self.path)),
  ParentFolder: property<Place>((self) => {
    const folder = parentFolder(self.path)
    if (folder === '') throw scriptError(76)
    return self.fso.folder(folder)
  }),
  Attributes: property<Place>((self) => long(self.fso.stat(self.path).attributes), (self, value) => {
    guarded(() => { self.fso.files.setAttributes(self.path, toLong(value) & attributesThatChange) })
  }),
  DateLastModified: property<Place>((self) => date(self.fso.stat(self.path).modified)), DateCreated: property<Place>((self) => date(self.fso.stat(self.path).created)),
  // Nobody keeps the last access.
  DateLastAccessed: property<Place>((self) => date(self.fso.stat(self.path).modified)),
}

const yes = (value: Variant, preset: boolean): boolean => isGiven(value) ? toBoolean(value) : preset

export class FileObject extends Place {
  readonly typeName = 'File'
  readonly members: MemberTable<never> = fileTable
}

const fileTable = members<FileObject>({
  ...placeMembers,
  Size: property((self) => wholeNumber(self.fso.stat(self.path).size)),
  Type: property((self) => `${extensionName(self.path).toUpperCase()} File`.trim()),
  Copy: method([1, 2], (self, to, overwrites) => guarded(() => void self.fso.copyFile(self.path, toText(to), yes(overwrites, true)))),
  Move: method(1, (self, to) => guarded(() => void self.move(toText(to), false))),
  Delete: method([0, 1], (self, force) => guarded(() => void self.fso.deleteFile(self.path, yes(force, false)))),
  OpenAsTextStream: method([0, 2], (self, mode, format) => guarded(() => self.fso.open(self.path, isGiven(mode) ? toLong(mode) : 1, false, isGiven(format) ? toLong(format) : 0))),
})

export class FolderObject extends Place {
  readonly typeName = 'Folder'
  readonly members: MemberTable<never> = folderTable

  get isRoot(): boolean {
    return parentFolder(this.path) === ''
  }

  names(folders: boolean): string[] {
    return this.fso.files.list(this.path).filter((name) => this.fso.is(joined(this.path, name), folders))
  }

  size(): number {
    const folders = [this.path]
    let sum = 0
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      for (const name of this.fso.files.list(folder)) {
        const stat = this.fso.files.stat(joined(folder, name))
        if (stat?.isFolder === true) folders.push(joined(folder, name))
        else sum += stat?.size ?? 0
      }
    }
    return sum
  }
}

const folderTable = members<FolderObject>({
  ...placeMembers,
  IsRootFolder: property((self) => self.isRoot), Type: property(() => 'File Folder'),
  Files: property((self) => new Places(self, false)), SubFolders: property((self) => new Places(self, true)),
  Size: property((self) => guarded(() => wholeNumber(self.size()))),
  Copy: method([1, 2], (self, to, overwrites) => guarded(() => void self.fso.copyFolder(self.path, toText(to), yes(overwrites, true)))),
  Move: method(1, (self, to) => guarded(() => void self.move(toText(to), true))),
  Delete: method([0, 1], (self, force) => guarded(() => void self.fso.deleteFolder(self.path, yes(force, false)))),
  CreateTextFile: method([1, 3], (self, name, overwrites, isUnicode) => guarded(() => self.fso.create(joined(self.path, toText(name)), yes(overwrites, true), yes(isUnicode, false)))),
})

/** The files, or the folders, of a folder. */
class Places extends HostObject {
  readonly typeName: string
  readonly members: MemberTable<never> = placesTable
  readonly folder: FolderObject
  readonly #folders: boolean

  constructor(folder: FolderObject, folders: boolean) {
    super()
    this.typeName = folders ? 'Folders' : 'Files'
    this.folder = folder
    this.#folders = folders
  }

  get names(): string[] {
    return guarded(() => this.folder.names(this.#folders))
  }

  at(name: string): Variant {
    const path = joined(this.folder.path, name)
    return this.#folders ? this.folder.fso.folder(path) : this.folder.fso.file(path)
  }

  add(name: string): Variant {
    if (!this.#folders) throw scriptError(438)
    this.folder.fso.files.createFolder(joined(this.folder.path, name))
    return this.at(name)
  }

  elements(): Iterable<Variant> {
    return this.names.map((name) => this.at(name))
  }
}

const item = indexed<Places>(1, (self, name) => self.at(toText(name)))
const placesTable = members<Places>({ '': item, Item: item, Count: property((self) => long(self.names.length)), Add: method(1, (self, name) => guarded(() => self.add(toText(name)))) })
