// Where the files of a package lie: as installed, below folders like `Program Files`, or as in the source (an
// administrative image). https://learn.microsoft.com/windows/win32/msi/using-the-directory-table
// Names are taken as they are, except that two that differ in case only become one folder; a file whose place is taken
// gets its key as a suffix. Conditions, features and properties set elsewhere are not looked at.
import type { Database, Row } from '../database/index.ts'
import { summaryInteger, SummaryProperty } from '../property-set/index.ts'
import { CommandError } from './errors.ts'
import { checkSegments, Places } from './places.ts'

/** `flat` puts every file into one folder. */
export type LayoutKind = 'target' | 'source' | 'flat'
type FolderKind = Exclude<LayoutKind, 'flat'>

export interface LaidOutFile {
  /** Key of the File table, which is also the name within a cabinet. */
  readonly key: string
  /** Segments below the output folder; every one is safe to be used as a name. */
  readonly path: readonly string[]
  /** Segments below the folder of the package, where the file lies when it is not compressed; none otherwise. */
  readonly sourcePath: readonly string[]
  readonly sizeBytes: number
  readonly sequence: number
  readonly compressed: boolean
  /** The place the file should have had, when another one has it. */
  readonly displacedFrom?: readonly string[]
}

/** System folders by their property, as msiextract lays them out. Others go by their DefaultDir. */
const systemFolders: Readonly<Record<string, readonly string[]>> = {
  ProgramFilesFolder: ['Program Files'], ProgramFiles64Folder: ['Program Files'], ProgramFiles6432Folder: ['Program Files'],
  CommonFilesFolder: ['Program Files', 'Common Files'], CommonFiles64Folder: ['Program Files', 'Common Files'], CommonFiles6432Folder: ['Program Files', 'Common Files'],
  WindowsFolder: ['Windows'], SystemFolder: ['Windows', 'system32'], System64Folder: ['Windows', 'system32'], FontsFolder: ['Windows', 'Fonts'],
}
const sourceFlags = { shortNames: 1, compressed: 2 } as const
const fileAttributes = { noncompressed: 0x2000, compressed: 0x4000 } as const

/** @throws CommandError ERROR_INVALID_NAME for a name that leads out of the folder. */
export function layOutFiles(database: Database, kind: LayoutKind): LaidOutFile[] {
  const wordCount = summaryInteger(database.summary, SummaryProperty.wordCount) ?? 0
  const shortNames = (wordCount & sourceFlags.shortNames) !== 0
  const allCompressed = (wordCount & sourceFlags.compressed) !== 0 || database.table('Media') === undefined
  const directories = new DirectoryPaths(database, shortNames)
  const folderOf = new Map<string, string>()
  for (const row of database.table('Component')?.rows() ?? []) folderOf.set(row.text('Component'), row.text('Directory_'))
  const places = new Places()
  const files: LaidOutFile[] = []
  for (const row of database.table('File')?.rows() ?? []) {
    const key = row.text('File')
    const folder = folderOf.get(row.text('Component_')) ?? ''
    const path = [...kind === 'flat' ? [] : directories.path(folder, kind), fileName(row, 'long')]
    checkSegments(path, `file ${key}`)
    const attributes = row.integer('Attributes') ?? 0
    const compressed = (attributes & fileAttributes.noncompressed) === 0 && (allCompressed || (attributes & fileAttributes.compressed) !== 0)
    const sourcePath = compressed ? [] : [...directories.path(folder, 'source'), fileName(row, shortNames ? 'short' : 'long')]
    checkSegments(sourcePath, `file ${key}`)
    files.push({ key, sourcePath, sizeBytes: row.integer('FileSize') ?? 0, sequence: row.integer('Sequence') ?? 0, compressed, ...places.take(path, key) })
  }
  return files
}

/** Paths of the rows of the Directory table. */
class DirectoryPaths {
  readonly #rows = new Map<string, Row>()
  readonly #shortNames: boolean
  readonly #known = { target: new Map<string, readonly string[]>(), source: new Map<string, readonly string[]>() }

  constructor(database: Database, shortNames: boolean) {
    this.#shortNames = shortNames
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
    if (kind === 'target' && Object.hasOwn(systemFolders, directory)) return systemFolders[directory]
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

function fileName(row: Row, which: 'short' | 'long'): string {
  return pickName(row.text('FileName'), which) || row.text('File')
}

function pickName(name: string, which: 'short' | 'long'): string {
  const bar = name.indexOf('|')
  return bar < 0 ? name : which === 'short' ? name.slice(0, bar) : name.slice(bar + 1)
}
