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
  #directories: Map<string, string> | undefined
  readonly #folders = new Map<string, PlaceFolder>()

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

  /** Key of the directory of a row of the File table; '' when there is none. */
  of(row: number): string {
    const number = this.#directoryNumbers[this.#componentNumberOf(row)]!
    return number > 0 ? this.#database.table('File')!.pool.text(number) : this.#byText().get(this.#componentOf(row)) ?? ''
  }

  #byText(): ReadonlyMap<string, string> {
    return this.#directories ??= new Map([...this.#database.table('Component')?.rows() ?? []].map((row) => [row.text('Component'), row.text('Directory_')]))
  }

  target(directory: string): PlaceFolder {
    const known = this.#folders.get(directory)
    if (known !== undefined) return known
    const segments = this.#kind === 'flat' ? [] : this.#paths.path(directory, this.#kind)
    checkSegments(segments, `directory ${directory}`)
    const folder = this.#places.folder(segments)
    this.#folders.set(directory, folder)
    return folder
  }

  source(directory: string): readonly string[] {
    return this.#paths.path(directory, 'source')
  }
}

/** Paths of the rows of the Directory table. */
class DirectoryPaths {
  readonly #rows = new Map<string, Row>()
  readonly #shortNames: boolean
  readonly #systemFolders: SystemFolders
  readonly #known = { target: new Map<string, readonly string[]>(), source: new Map<string, readonly string[]>() }

  constructor(database: Database, shortNames: boolean) {
    this.#shortNames = shortNames
    this.#systemFolders = /^(?:x64|amd64|intel64|arm64)\s*(?:[,;]|$)/i.test(summaryText(database.summary, SummaryProperty.template) ?? '') ? systemFolders64 : systemFolders
    for (const row of database.table('Directory')?.rows() ?? []) this.#rows.set(row.text('Directory'), row)
  }

  path(directory: string, kind: FolderKind): readonly string[] {
    const known = this.#known[kind]
    const pending: string[] = []
    let at = directory
    let path: readonly string[] | undefined
    for (; path === undefined; at = this.#rows.get(at)!.text('Directory_Parent')) {
      path = known.get(at) ?? this.#start(at, kind)
      if (path !== undefined) break
      if (pending.length > this.#rows.size) {
        throw new CommandError('ERROR_INSTALL_PACKAGE_INVALID', `Directory table, row ${directory}: expected parents up to a root, found a cycle`)
      }
      pending.push(at)
    }
    for (const key of pending.toReversed()) {
      const segment = this.#segment(this.#rows.get(key)!, kind)
      path = segment === '.' ? path! : [...path!, segment]
      known.set(key, path)
    }
    return path!
  }

  /** Where a walk towards the root ends. A merge module names directories that only its later host has. */
  #start(directory: string, kind: FolderKind): readonly string[] | undefined {
    if (kind === 'target' && Object.hasOwn(this.#systemFolders, directory)) return this.#systemFolders[directory]
    const row = this.#rows.get(directory)
    if (row === undefined) return directory === '' || directory === 'TARGETDIR' ? [] : [directory]
    const parent = row.text('Directory_Parent')
    return parent === '' || parent === directory ? [] : undefined
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
