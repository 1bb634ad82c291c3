// Where the files of a package lie: as installed, below folders like `Program Files`, or as in the source (an
// administrative image). https://learn.microsoft.com/windows/win32/msi/using-the-directory-table
// Names are taken as they are, except that two that differ in case only become one folder; a file whose place is taken
// gets its key as a suffix. Conditions, features and properties set elsewhere are not looked at.
import type { Database, Row, Table } from '../database/index.ts'
import { summaryInteger, SummaryProperty, summaryText } from '../property-set/index.ts'
import { CommandError } from './errors.ts'
import { checkSegments, isSafeSegment, Places, type PlaceFolder, type TakenPlace } from './places.ts'

/** `flat` puts every file into one folder. */
export type LayoutKind = 'target' | 'source' | 'flat'
type FolderKind = Exclude<LayoutKind, 'flat'>

export interface LaidOutFile extends TakenPlace {
  /** Key of the File table, which is also the name within a cabinet. */
  readonly key: string
  /** Segments below the folder of the package, where the file lies when it is not compressed; none otherwise. */
  readonly sourcePath: readonly string[]
  readonly sizeBytes: number
  readonly sequence: number
  readonly compressed: boolean
}

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
const sourceFlags = { shortNames: 1, compressed: 2 } as const
const fileAttributes = { noncompressed: 0x2000, compressed: 0x4000 } as const

const noPath: readonly string[] = []

/** Row by row without an object for each: there may be tens of thousands. @throws CommandError ERROR_INVALID_NAME for a name that leads out of the folder. */
export function layOutFiles(database: Database, kind: LayoutKind): LaidOutFile[] {
  const table = database.table('File')
  if (table === undefined) return []
  const wordCount = summaryInteger(database.summary, SummaryProperty.wordCount) ?? 0
  const shortNames = (wordCount & sourceFlags.shortNames) !== 0
  const isFlatSource = (wordCount & sourceFlags.compressed) !== 0
  const allCompressed = isFlatSource || database.table('Media') === undefined
  const folders = new FileFolders(database, kind, shortNames)
  const [keyOf, longNameOf] = [texts(table, 'File'), texts(table, 'FileName', '|')]
  const [sizeOf, attributesOf, sequenceOf] = [integers(table, 'FileSize'), integers(table, 'Attributes'), integers(table, 'Sequence')]
  const files: LaidOutFile[] = []
  for (const row of table.rowNumbers()) {
    const key = keyOf(row)
    const wanted = longNameOf(row) || key
    const directory = folders.of(row)
    const attributes = attributesOf(row)
    const compressed = (attributes & fileAttributes.noncompressed) === 0 && (allCompressed || (attributes & fileAttributes.compressed) !== 0)
    // The source of a compressed package has no folders: such files lie beside it.
    const sourcePath = compressed ? noPath : [...isFlatSource ? noPath : folders.source(directory), pickName(table.row(row).text('FileName'), shortNames ? 'short' : 'long') || key]
    if (!compressed || !isSafeSegment(wanted)) checkSegments([wanted, ...sourcePath], `file ${key}`)
    const folder = folders.target(directory)
    const name = folder.take(wanted, key)
    const file = { key, folder: folder.segments, name, sourcePath, sizeBytes: sizeOf(row), sequence: sequenceOf(row), compressed }
    files.push(name === wanted ? file : { ...file, displacedFrom: [...folder.segments, wanted] })
  }
  return files
}

type Cells<T> = (row: number) => T

/** @param after only what comes behind the first such character, if there is one */
function texts(table: Table, name: string, after?: string): Cells<string> {
  const number = table.columnNumber(name)
  if (number === undefined) return () => ''
  const { pool } = table
  if (table.columns[number]!.type !== 'string') return (row) => table.row(row).text(name)
  const raw = table.rawColumn(number)
  return (row) => pool.textOnce(raw[row]!, after)
}

function integers(table: Table, name: string): Cells<number> {
  const number = table.columnNumber(name)
  if (number === undefined) return () => 0
  return (row) => {
    const cell = table.cell(row, number)
    return typeof cell === 'number' ? cell : table.row(row).integer(name) ?? 0
  }
}

/** Numbers of the texts in the string pool. */
function textNumbers(table: Table, name: string): Cells<number> {
  const number = table.columnNumber(name)
  if (number === undefined || table.columns[number]!.type !== 'string') return () => 0
  const raw = table.rawColumn(number)
  return (row) => raw[row]!
}

/** The directory of each file, by its component; and the folders that directories are. */
class FileFolders {
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
  readonly #folders = new Map<number, PlaceFolder>()

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

  /** The number of the directory's key, for a row of the File table; 0 when there is none. */
  of(row: number): number {
    return this.#directoryNumbers[this.#componentNumberOf(row)] || (this.#byText().get(this.#componentOf(row)) ?? 0)
  }

  #byText(): ReadonlyMap<string, number> {
    return this.#directories ??= numbersByText(this.#database.table('Component'), 'Component', (table) => textNumbers(table, 'Directory_'))
  }

  target(directory: number): PlaceFolder {
    const known = this.#folders.get(directory)
    if (known !== undefined) return known
    const segments = this.#kind === 'flat' ? [] : this.#paths.path(directory, this.#kind)
    checkSegments(segments, `directory ${this.#database.table('File')!.pool.text(directory)}`)
    const folder = this.#places.folder(segments)
    this.#folders.set(directory, folder)
    return folder
  }

  source(directory: number): readonly string[] {
    return this.#paths.path(directory, 'source')
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

function pickName(name: string, which: 'short' | 'long'): string {
  const bar = name.indexOf('|')
  return bar < 0 ? name : which === 'short' ? name.slice(0, bar) : name.slice(bar + 1)
}
