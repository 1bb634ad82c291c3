// The folders of a package's files: by the directory of each file's component, and the paths of directories as installed or
// as in the source. https://learn.microsoft.com/windows/win32/msi/using-the-directory-table
import type { Database, Row, Table } from '../../database/index.ts'
import { summaryText, SummaryProperty } from '../../property-set/index.ts'
import { CommandError } from '../program/errors.ts'
import { textNumbers, texts, type Cells } from '../terminal/table-cells.ts'
import { checkSegments, Places, type PlaceFolder } from './places.ts'

/** `flat` puts every file into one folder. */
export type LayoutKind = 'target' | 'source' | 'flat'
type FolderKind = Exclude<LayoutKind, 'flat'>
type SystemFolders = Readonly<Record<string, readonly string[]>>

/** Where Windows has its folders, by their property; on a Windows of 32 bits, which a package for it may count on. Others go by their DefaultDir. */
const systemFolders: SystemFolders = {
  ProgramFilesFolder: ['Program Files'], ProgramFiles64Folder: ['Program Files'], ProgramFiles6432Folder: ['Program Files'],
  CommonFilesFolder: ['Program Files', 'Common Files'], CommonFiles64Folder: ['Program Files', 'Common Files'], CommonFiles6432Folder: ['Program Files', 'Common Files'],
  WindowsFolder: ['Windows'], SystemFolder: ['Windows', 'System32'], System64Folder: ['Windows', 'System32'], FontsFolder: ['Windows', 'Fonts'],
}
/** Those of the 32 bits on a Windows of 64, which is all that a package for x64, Intel64 or Arm64 is installed on. */
const systemFolders64: SystemFolders = {
  ...systemFolders, ProgramFilesFolder: ['Program Files (x86)'], CommonFilesFolder: ['Program Files (x86)', 'Common Files'], SystemFolder: ['Windows', 'SysWOW64'],
}

/** The folder of each file, by the directory of its component. */
export class FileFolders {
  readonly #database: Database
  readonly #kind: LayoutKind
  readonly #paths: DirectoryPaths
  readonly #places = new Places()
  readonly #componentOf: Cells<string>
  readonly #componentNumberOf: Cells<number>
  /** By the number of the component's text, the number of the directory's. */
  readonly #directoryNumbers: Uint32Array
  /** The same in words, for pools that have a text twice. */
  #directories: Map<string, number> | undefined
  readonly #folders: PlaceFolder[] = []
  /** Of each directory. */
  readonly #numbers = new Map<number, number>()
  #lastDirectory = -1
  #lastNumber = -1

  constructor(database: Database, kind: LayoutKind, shortNames: boolean) {
    const file = database.table('File')!
    this.#database = database
    this.#kind = kind
    this.#paths = new DirectoryPaths(database, shortNames)
    this.#componentOf = texts(file, 'Component_')
    this.#componentNumberOf = textNumbers(file, 'Component_')
    this.#directoryNumbers = new Uint32Array(file.pool.count + 1)
    const table = database.table('Component')
    if (table === undefined) return
    const [component, directory] = [textNumbers(table, 'Component'), textNumbers(table, 'Directory_')]
    for (const row of table.rowNumbers()) this.#directoryNumbers[component(row)] = directory(row)
    this.#directoryNumbers[0] = 0
  }

  /** Number of the folder that the file of a row goes to. */
  numberOf(row: number): number {
    const directory = this.#directoryOf(row)
    if (directory === this.#lastDirectory) return this.#lastNumber
    this.#lastDirectory = directory
    return this.#lastNumber = this.#numbers.get(directory) ?? this.#add(directory)
  }

  at(number: number): PlaceFolder {
    return this.#folders[number]!
  }

  /** Of the row's file in the source. */
  source(row: number): readonly string[] {
    return this.#paths.path(this.#directoryOf(row), 'source')
  }

  /** The number of the directory's key; 0 when there is none. */
  #directoryOf(row: number): number {
    return this.#directoryNumbers[this.#componentNumberOf(row)] || (this.#byText().get(this.#componentOf(row)) ?? 0)
  }

  #byText(): ReadonlyMap<string, number> {
    return this.#directories ??= numbersByText(this.#database.table('Component'), 'Component', (table) => textNumbers(table, 'Directory_'))
  }

  #add(directory: number): number {
    const segments = this.#kind === 'flat' ? [] : this.#paths.path(directory, this.#kind)
    checkSegments(segments, `directory ${this.#database.table('File')!.pool.text(directory)}`)
    this.#folders.push(this.#places.folder(segments))
    this.#numbers.set(directory, this.#folders.length - 1)
    return this.#folders.length - 1
  }
}

/** @param numberOf a number for each row */
function numbersByText(table: Table | undefined, name: string, numberOf: (table: Table) => Cells<number>): Map<string, number> {
  if (table === undefined) return new Map()
  const [textOf, number] = [texts(table, name), numberOf(table)]
  return new Map(Array.from(table.rowNumbers(), (row) => [textOf(row), number(row)]))
}

/** Paths of the rows of the Directory table, by the numbers of their keys in the string pool: few of thousands are asked for. */
class DirectoryPaths {
  readonly #table: Table | undefined
  readonly #textOf: (number: number) => string
  readonly #parentOf: Cells<number>
  readonly #rows = new Map<number, number>()
  /** For pools that have a text twice. */
  #rowsByText: Map<string, number> | undefined
  readonly #shortNames: boolean
  readonly #systemFolders: SystemFolders
  readonly #known = { target: new Map<number, readonly string[]>(), source: new Map<number, readonly string[]>() }

  constructor(database: Database, shortNames: boolean) {
    this.#shortNames = shortNames
    this.#systemFolders = /^(?:x64|amd64|intel64|arm64)\s*(?:[,;]|$)/i.test(summaryText(database.summary, SummaryProperty.template) ?? '') ? systemFolders64 : systemFolders
    const { pool } = database.table('File')!
    this.#textOf = (number) => pool.text(number)
    const table = this.#table = database.table('Directory')
    this.#parentOf = table === undefined ? () => 0 : textNumbers(table, 'Directory_Parent')
    if (table === undefined) return
    const numberOf = textNumbers(table, 'Directory')
    for (const row of table.rowNumbers()) this.#rows.set(numberOf(row), row)
  }

  #rowOf(directory: number): number | undefined {
    return this.#rows.get(directory) ?? (this.#rowsByText ??= numbersByText(this.#table, 'Directory', () => (row) => row)).get(this.#textOf(directory))
  }

  path(directory: number, kind: FolderKind): readonly string[] {
    const known = this.#known[kind]
    const pending: number[] = []
    let at = directory
    let path: readonly string[] | undefined
    for (; path === undefined; at = this.#parentOf(this.#rowOf(at)!)) {
      path = known.get(at) ?? this.#start(at, kind)
      if (path !== undefined) break
      if (pending.length > this.#rows.size) {
        throw new CommandError('ERROR_INSTALL_PACKAGE_INVALID', `Directory table, row ${this.#textOf(directory)}: expected parents up to a root, found a cycle`)
      }
      pending.push(at)
    }
    for (const key of pending.toReversed()) {
      const segment = this.#segment(this.#table!.row(this.#rowOf(key)!), kind)
      path = segment === '.' ? path! : [...path!, segment]
      known.set(key, path)
    }
    return path!
  }

  /** Where a walk towards the root ends. A merge module names directories that only its later host has. */
  #start(directory: number, kind: FolderKind): readonly string[] | undefined {
    const name = this.#textOf(directory)
    if (kind === 'target' && Object.hasOwn(this.#systemFolders, name)) return this.#systemFolders[name]
    const row = this.#rowOf(directory)
    if (row === undefined) return name === '' || name === 'TARGETDIR' ? [] : [name]
    const parent = this.#textOf(this.#parentOf(row))
    return parent === '' || parent === name ? [] : undefined
  }

  /** DefaultDir is `target:source`, each of them `short|long`. */
  #segment(row: Row, kind: FolderKind): string {
    const [target = '', source = target] = row.text('DefaultDir').split(':')
    return pickName(kind === 'target' ? target : source, kind === 'source' && this.#shortNames ? 'short' : 'long') || row.text('Directory')
  }
}

export function pickName(name: string, which: 'short' | 'long'): string {
  const bar = name.indexOf('|')
  return bar < 0 ? name : which === 'short' ? name.slice(0, bar) : name.slice(bar + 1)
}
