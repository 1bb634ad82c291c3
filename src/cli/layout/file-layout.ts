// Where the files of a package lie: as installed, below folders like `Program Files`, or as in the source (an
// administrative image). https://learn.microsoft.com/windows/win32/msi/using-the-directory-table
// Names are taken as they are, except that two that differ in case only become one folder; a file whose place is taken
// gets its key as a suffix. Conditions, features and properties set elsewhere are not looked at.
// There may be tens of thousands: of each only the number of its folder is kept, all else is read from the tables again.
import type { Database, Table } from '../../database/index.ts'
import { summaryInteger, SummaryProperty } from '../../property-set/index.ts'
import { integers, textNumbers, texts, type Cells } from '../terminal/table-cells.ts'
import { FileFolders, pickName, type LayoutKind } from './layout-folders.ts'
import { cares, nameHashes } from './layout-names.ts'
import { checkSegments, NameHash, type PlaceList, type TakenPlace } from './places.ts'

export type { LayoutKind } from './layout-folders.ts'

export interface LaidOutFile extends TakenPlace {
  /** Key of the File table, which is also the name within a cabinet. */
  readonly key: string
  /** Segments below the folder of the package, where the file lies when it is not compressed; none otherwise. */
  readonly sourcePath: readonly string[]
  readonly sizeBytes: number
  readonly sequence: number
  readonly compressed: boolean
}

const sourceFlags = { shortNames: 1, compressed: 2 } as const
const fileAttributes = { noncompressed: 0x2000, compressed: 0x4000 } as const

const noPath: readonly string[] = []

/** The files of a package by number, in the order of the File table, or of what else lists them. */
export interface FileLayout extends PlaceList {
  key(number: number): string
  /** Whether the key is these ASCII bytes; `false` may also mean that it is not known as bytes. */
  keyIs(number: number, bytes: Uint8Array, start: number, end: number): boolean
  sizeBytes(number: number): number
  sequence(number: number): number
  compressed(number: number): boolean
  file(number: number): LaidOutFile
  /** Numbers of those whose place was taken. */
  displaced(): readonly number[]
  /** Some of them, numbered anew. */
  subset(numbers: Uint32Array): FileLayout
}

export function* filesOf(layout: FileLayout): Generator<LaidOutFile, void> {
  for (let number = 0; number < layout.length; number++) yield layout.file(number)
}

export function layoutOf(files: readonly LaidOutFile[]): FileLayout {
  return {
    length: files.length, file: (number) => files[number]!, folder: (number) => files[number]!.folder, name: (number) => files[number]!.name, key: (number) => files[number]!.key,
    keyIs: () => false, sizeBytes: (number) => files[number]!.sizeBytes, sequence: (number) => files[number]!.sequence, compressed: (number) => files[number]!.compressed,
    displaced: () => [...files.keys()].filter((number) => files[number]!.displacedFrom !== undefined), subset: (numbers) => layoutOf(Array.from(numbers, (number) => files[number]!)),
  }
}

/** @throws CommandError ERROR_INVALID_NAME for a name that leads out of the folder. */
export function layOutFiles(database: Database, kind: LayoutKind): FileLayout {
  return database.table('File') === undefined ? layoutOf([]) : LaidOutRows.of(database, kind)
}

/** What the rows of a File table have in common. */
interface FileRows {
  readonly table: Table
  readonly folders: FileFolders
  readonly key: Cells<string>
  readonly keyNumber: Cells<number>
  readonly longName: Cells<string>
  readonly size: Cells<number>
  readonly sequence: Cells<number>
  readonly compressed: Cells<boolean>
  /** By row, the number of its folder. */
  readonly folderOf: Uint32Array
  /** By row, 1 where every Windows can have the name. */
  readonly plain: Uint8Array
  /** By row, where the name is not what the table says. */
  readonly moved: Map<number, string>
  sourcePath(row: number): readonly string[]
}

class LaidOutRows implements FileLayout {
  readonly #files: FileRows
  readonly #rows: Uint32Array

  private constructor(files: FileRows, rows: Uint32Array) {
    this.#files = files
    this.#rows = rows
  }

  static of(database: Database, kind: LayoutKind): LaidOutRows {
    const files = fileRows(database, kind)
    const layout = new LaidOutRows(files, files.table.rowNumbers())
    layout.#layOut()
    return layout
  }

  #layOut(): void {
    const { table, folders, compressed, folderOf, plain } = this.#files
    const hash = new NameHash()
    const hashName = nameHashes(table, hash)
    for (let number = 0; number < this.#rows.length; number++) {
      const row = this.#rows[number]!
      const folder = folders.numberOf(row)
      folderOf[row] = folder
      const care = hashName(row)
      plain[row] = care === 0 ? 1 : 0
      if (care >= cares.text || !compressed(row) || !folders.at(folder).takeHash(hash)) this.#layOutWithCare(number)
    }
  }

  /** A file whose name has to be looked at as a text. */
  #layOutWithCare(number: number): void {
    const { folders, folderOf, moved, plain, compressed, sourcePath } = this.#files
    const row = this.#rows[number]!
    const [key, wanted] = [this.key(number), this.#wantedName(row)]
    checkSegments(compressed(row) ? [wanted] : [wanted, ...sourcePath(row)], `file ${key}`)
    const folder = folderOf[row]!
    const name = folders.at(folder).take(wanted, key, () => this.#namesBefore(number))
    if (name === wanted) return
    moved.set(row, name)
    plain[row] = 0
  }

  /** Of the files before one, in its folder. */
  #namesBefore(end: number): string[] {
    const folder = this.folder(end)
    return Array.from({ length: end }, (_, number) => number).filter((number) => this.folder(number) === folder).map((number) => this.name(number))
  }

  #wantedName(row: number): string {
    return this.#files.longName(row) || this.#files.key(row)
  }

  get length(): number {
    return this.#rows.length
  }

  folder(number: number): readonly string[] {
    return this.#files.folders.at(this.#files.folderOf[this.#rows[number]!]!).segments
  }

  name(number: number): string {
    const row = this.#rows[number]!
    return this.#files.moved.get(row) ?? this.#wantedName(row)
  }

  isPlain(number: number): boolean {
    return this.#files.plain[this.#rows[number]!] === 1
  }

  key(number: number): string {
    return this.#files.key(this.#rows[number]!)
  }

  keyIs(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    return this.#files.table.pool.isText(this.#files.keyNumber(this.#rows[number]!), bytes, start, end)
  }

  sizeBytes(number: number): number {
    return this.#files.size(this.#rows[number]!)
  }

  sequence(number: number): number {
    return this.#files.sequence(this.#rows[number]!)
  }

  compressed(number: number): boolean {
    return this.#files.compressed(this.#rows[number]!)
  }

  file(number: number): LaidOutFile {
    const row = this.#rows[number]!
    const folder = this.folder(number)
    const compressed = this.#files.compressed(row)
    return { key: this.key(number), folder, name: this.name(number), sourcePath: compressed ? noPath : this.#files.sourcePath(row), sizeBytes: this.sizeBytes(number),
      sequence: this.sequence(number), compressed, ...this.#files.moved.has(row) ? { displacedFrom: [...folder, this.#wantedName(row)] } : {} }
  }

  displaced(): readonly number[] {
    const { moved } = this.#files
    return moved.size === 0 ? [] : [...this.#rows.keys()].filter((number) => moved.has(this.#rows[number]!))
  }

  subset(numbers: Uint32Array): FileLayout {
    return new LaidOutRows(this.#files, numbers.map((number) => this.#rows[number]!))
  }
}

function fileRows(database: Database, kind: LayoutKind): FileRows {
  const table = database.table('File')!
  const wordCount = summaryInteger(database.summary, SummaryProperty.wordCount) ?? 0
  const shortNames = (wordCount & sourceFlags.shortNames) !== 0
  const isFlatSource = (wordCount & sourceFlags.compressed) !== 0
  const allCompressed = isFlatSource || database.table('Media') === undefined
  const folders = new FileFolders(database, kind, shortNames)
  const key = texts(table, 'File')
  const attributes = integers(table, 'Attributes')
  const compressed = (row: number): boolean => {
    const flags = attributes(row)
    return (flags & fileAttributes.noncompressed) === 0 && (allCompressed || (flags & fileAttributes.compressed) !== 0)
  }
  // The source of a compressed package has no folders: such files lie beside it.
  const sourcePath = (row: number): readonly string[] =>
    [...isFlatSource ? noPath : folders.source(row), pickName(table.row(row).text('FileName'), shortNames ? 'short' : 'long') || key(row)]
  return {
    table, folders, key, keyNumber: textNumbers(table, 'File'), longName: texts(table, 'FileName', '|'), size: integers(table, 'FileSize'), sequence: integers(table, 'Sequence'), compressed,
    folderOf: new Uint32Array(table.rawColumn(0).length), plain: new Uint8Array(table.rawColumn(0).length), moved: new Map(), sourcePath,
  }
}
