// A whole database as files that version control can compare, and back: each table is TABLE.idt with its binary cells in
// a folder TABLE, other streams are in the folder _Streams, sub-storages in _Storages as compound files.
// Names of files are those of keys and streams; what a file cannot be called is escaped with % and two digits, so that
// names can be had back. Signatures are left out: they do not survive a database being written anew.
// https://learn.microsoft.com/windows/win32/msi/archive-file-format
import { bytesSource, concatBytes, type ByteSource } from '../../base/index.ts'
import { writeCompoundFile } from '../../compound-file/index.ts'
import { createDatabase, type CreateDatabaseOptions, type Database } from '../database.ts'
import { DatabaseError } from '../database-error.ts'
import { storageFromFile } from '../database-streams.ts'
import type { RowOrder } from './archive-rows.ts'
import { FileNames, nameOfFile } from './file-names.ts'
import { exportTable, importTable } from './text-archive.ts'

export interface ArchiveFile {
  /** Folders and name; names that every file system takes. */
  readonly path: readonly string[]
  readonly source: ByteSource
}

const signatures: ReadonlySet<string> = new Set(['\u0005DigitalSignature', '\u0005MsiDigitalSignatureEx'])
const summaryStream = '\u0005SummaryInformation'

/**
 * Takes a database apart into files, one after the other.
 * @param options.tables Only these, and no other streams. @param options.order `stored` when absent, as Windows exports rows.
 * @throws DatabaseError for a table that is not there, or a text that does not fit the code page.
 */
export function* exportArchive(database: Database, options: { readonly tables?: readonly string[]; readonly order?: RowOrder } = {}): Generator<ArchiveFile, void, undefined> {
  const tables = options.tables ?? [...database.tableNames.filter((name) => !database.table(name)!.temporary), '_SummaryInformation', '_ForceCodepage']
  const names = new FileNames()
  const cells = new Set<string>()
  for (const table of tables) {
    const streams: ArchiveFile[] = []
    const fileName = names.of(table)
    const archive = exportTable(database, table, { order: options.order ?? 'stored', onStream: (file, source, stream) => {
      cells.add(stream)
      streams.push({ path: [fileName, file], source })
    } })
    yield { path: [`${fileName}.idt`], source: bytesSource(archive) }
    yield* streams
  }
  if (options.tables !== undefined) return
  const streamNames = new FileNames()
  for (const name of database.streamNames()) {
    if (!cells.has(name) && !signatures.has(name) && name !== summaryStream) yield { path: ['_Streams', streamNames.of(name)], source: database.stream(name)! }
  }
  const storageNames = new FileNames()
  for (const name of database.storageNames()) {
    const chunks: Uint8Array[] = []
    writeCompoundFile(database.storage(name)!, { write: (chunk) => { chunks.push(chunk.slice()) } })
    yield { path: ['_Storages', storageNames.of(name)], source: bytesSource(concatBytes(chunks)) }
  }
}

/**
 * Puts a database together from the files of a folder: what {@link exportArchive} made, or `msidump`, or MsiDatabaseExport.
 * Other files are passed over. The result does not depend on the order of the files.
 * @throws DatabaseError when an archive breaks the format, or a file is missing.
 */
export function importArchive(files: Iterable<ArchiveFile>, options: CreateDatabaseOptions = {}): Database {
  const byPath = new Map([...files].map(({ path, source }) => [path.join('/'), source]))
  const database = createDatabase(options)
  const paths = [...byPath.keys()].sort((a, b) => a < b ? -1 : 1)
  const archives = paths.filter((path) => !path.includes('/') && /\.idt$/i.test(path))
  if (archives.length === 0) throw new DatabaseError('archive: expected files named TABLE.idt, found none')
  for (const path of [...archives.filter(isForceCodepage), ...archives.filter((path) => !isForceCodepage(path))]) {
    const folder = path.slice(0, -4)
    const archive = byPath.get(path)!
    importTable(database, archive.read(0, archive.size), { stream: (file) => byPath.get(`${folder}/${file}`) })
  }
  for (const path of paths) {
    const [folder, name, ...deeper] = path.split('/')
    if (name === undefined || deeper.length > 0) continue
    const source = byPath.get(path)!
    if (folder === '_Streams') database.setStream(nameOfFile(name), source)
    else if (folder === '_Storages') database.setStorage(nameOfFile(name), storageFromFile(source))
  }
  return database
}

const isForceCodepage = (path: string): boolean => path.toLowerCase() === '_forcecodepage.idt'
