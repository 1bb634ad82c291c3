// An installer database: tables over a string pool, streams and sub-storages, kept in one compound file.
// https://learn.microsoft.com/windows/win32/msi/installer-database
// Reading is lenient (what can be survived is a finding) and lazy: a column is read when it is first asked for.
// Nothing is written before save().
import {
  bytesSource, Findings, FormatError, readAll, type ByteSink, type ByteSource, type Finding,
} from '../base/index.ts'
import { openCompoundFile, writeCompoundFile, type StorageContent } from '../compound-file/index.ts'
import { readSummaryInformation, writeSummaryInformation, type SummaryInformation } from '../property-set/index.ts'
import { buildCatalog, readCatalog, systemTableNames } from './catalog.ts'
import { DatabaseError } from './database-error.ts'
import { DatabaseStreams, storageContent } from './database-streams.ts'
import { tableStreams, type RowsToSave } from './save.ts'
import { StringPool } from './string-pool/string-pool.ts'
import { storagesTable, streamsTable } from './system-tables.ts'
import { column, type ColumnDefinition } from './table/column.ts'
import { maximumColumns, Table, type TableOwner } from './table/table.ts'
import type { Tables } from './tables.ts'

/** Class identifiers of the root storage, by what the file is. */
export const databaseClassIds = {
  database: '{000C1084-0000-0000-C000-000000000046}',
  transform: '{000C1082-0000-0000-C000-000000000046}',
  patch: '{000C1086-0000-0000-C000-000000000046}',
} as const

const summaryStream = '\u0005SummaryInformation'
/** The finding of a summary information that is no property set. */
const summaryDamaged = 'summary-damaged'
const maximumTableNameLength = 31
const poolStreams = new Set(['_StringPool', '_StringData', '_Tables', '_Columns'])

export interface TableDefinition {
  readonly name: string
  /** Those of the primary key come first. */
  readonly columns: readonly ColumnDefinition[]
}

export interface OpenDatabaseOptions {
  /** Throw the first finding instead of collecting it. */
  readonly strict?: boolean
}

export interface CreateDatabaseOptions {
  /** ANSI code page of all texts; neutral by default. */
  readonly codepage?: number
  /** Class identifier of the root storage; see {@link databaseClassIds}. */
  readonly classId?: string
}

/** A file as bytes or as a source that is read when needed, or a sub-storage of another file. */
export type DatabaseSource = Uint8Array | ByteSource | StorageContent

export interface SaveOptions {
  readonly rows?: RowsToSave
}

/**
 * Opens a package, merge module, transform or patch: a file, or a sub-storage of another one.
 * A source that can be disposed is disposed with the database, as `using` does.
 * @throws FormatError ERROR_INVALID_DATA when the source is no compound file or, with `strict`, for the first finding.
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs'
 * import { openDatabase } from 'msikit/database'
 *
 * using database = openDatabase(readFileSync('app.msi'))
 * for (const row of database.table('Property')?.rows() ?? []) console.log(row.text('Property'), row.text('Value'))
 * ```
 */
export function openDatabase(source: DatabaseSource, options: OpenDatabaseOptions = {}): Database {
  return new Database(readParts(source, options))
}

/** What a {@link Database} is made of. */
export interface DatabaseParts {
  readonly classId: string
  readonly pool: StringPool
  readonly findings: Findings
  readonly streams: DatabaseStreams
  /** To be disposed with the database. */
  readonly source?: Disposable
}

/** The parts of a database in a file or storage, for {@link Database} and what extends it. @throws as {@link openDatabase} does */
export function readParts(source: DatabaseSource, options: OpenDatabaseOptions = {}): DatabaseParts {
  const findings = new Findings(options.strict)
  const root = source instanceof Uint8Array ? openRoot(bytesSource(source), findings) : 'entries' in source ? source : openRoot(source, findings)
  const streams = DatabaseStreams.read(root, findings)
  const part = (name: string): ByteSource => {
    const stream = streams.tables.get(name)
    if (stream) return stream
    findings.report({ id: 'stream-missing', structure: 'root storage', expected: `a stream ${name}`, found: 'none' })
    return bytesSource(new Uint8Array())
  }
  const pool = StringPool.open(readAll(part('_StringPool')), part('_StringData'), findings)
  const classId = root.classId ?? databaseClassIds.database
  return Symbol.dispose in source ? { classId, pool, findings, streams, source: source as Disposable } : { classId, pool, findings, streams }
}

/** The parts of a new database without tables. @throws WindowsError ERROR_INVALID_PARAMETER for a code page that is not known. */
export function newParts({ codepage = 0, classId = databaseClassIds.database }: CreateDatabaseOptions = {}): DatabaseParts {
  return { classId, pool: StringPool.create(codepage), findings: new Findings(), streams: new DatabaseStreams() }
}

function openRoot(source: ByteSource, findings: Findings): StorageContent {
  const file = openCompoundFile(source, { strict: findings.strict })
  for (const finding of file.findings) findings.list.push(finding)
  return storageContent(file.root)
}

/**
 * A new database without tables.
 * @throws WindowsError ERROR_INVALID_PARAMETER for a code page that is not known.
 */
export function createDatabase(options: CreateDatabaseOptions = {}): Database {
  return new Database(newParts(options))
}

export class Database implements Disposable {
  /** Class identifier of the root storage; see {@link databaseClassIds}. */
  readonly classId: string
  readonly #findings: Findings
  readonly #streams: DatabaseStreams
  readonly #owner: TableOwner
  readonly #tables: Tables
  readonly #source: Disposable | undefined
  #summary: SummaryInformation | undefined

  /** Use {@link openDatabase} or {@link createDatabase}. */
  constructor({ classId, pool, findings, streams, source }: DatabaseParts) {
    this.classId = classId
    this.#source = source
    this.#findings = findings
    this.#streams = streams
    this.#owner = {
      pool,
      findings,
      stream: (name) => streams.get(name),
      setCellStream: (name, source, temporary) => streams.set(name, source, temporary),
    }
    this.#tables = readCatalog(this.#owner, streams.tables, findings.list.length > 0)
    streams.tables.forEach((_, name) => {
      if (poolStreams.has(name) || this.#tables.has(name)) return
      findings.report({ id: 'table-unknown', structure: 'root storage', expected: 'streams of tables that _Tables lists', found: name })
    })
  }

  /** What was survived so far; columns are checked when they are first read. */
  get findings(): readonly Finding[] {
    return this.#findings.list
  }

  /** Lets go of texts that were decoded, and would be kept for who asks for them again. */
  forgetTexts(): void {
    this.#owner.pool.forgetTexts()
  }

  /** Tables of the package and temporary ones, without `_Tables`, `_Columns`, `_Streams` and `_Storages`. */
  get tableNames(): readonly string[] {
    return this.#tables.names()
  }

  /** `_Tables`, `_Columns`, `_Streams` and `_Storages` are built anew by each call. */
  table(name: string): Table | undefined {
    const table = this.#tables.get(name)
    if (table) return table
    switch (name) {
      case '_Tables': return shown(buildCatalog(this.#owner, this.#tables.values()).tables)
      case '_Columns': return shown(buildCatalog(this.#owner, [...this.#tables.values()].filter((one) => !one.temporary)).columns)
      case '_Streams': return streamsTable(this.#streams)
      case '_Storages': return storagesTable(this.#streams)
      default: return undefined
    }
  }

  /** @throws DatabaseError when there is such a table, or the definition breaks a rule of the format. */
  createTable(definition: TableDefinition): Table {
    const { name } = definition
    if (this.#tables.has(name)) throw existsAlready(name)
    const table = this.#newTable(definition)
    this.#tables.set(name, table)
    return table
  }

  /**
   * Makes a table in the place of the one of that name, if there is one: that one stays as it is when `fill` throws.
   * @throws DatabaseError when the definition breaks a rule of the format.
   */
  replaceTable(definition: TableDefinition, fill: (table: Table) => void): Table {
    const old = this.#tables.get(definition.name)
    const kept = old === undefined ? [] : cellStreams(old)
    let table: Table | undefined
    for (const { name } of kept) this.#owner.setCellStream(name, undefined, false)
    try {
      table = this.#newTable(definition)
      fill(table)
    } catch (error) {
      for (const { name } of table === undefined ? [] : cellStreams(table)) this.#owner.setCellStream(name, undefined, false)
      for (const { name, source, temporary } of kept) this.#owner.setCellStream(name, source, temporary)
      throw error
    }
    this.#tables.delete(definition.name)
    this.#tables.set(definition.name, table)
    return table
  }

  #newTable(definition: TableDefinition): Table {
    const { name } = definition
    const columns = definition.columns.map(column)
    if (name === '' || name.length > maximumTableNameLength) {
      throw new DatabaseError(`table ${name}: expected a name of 1 to ${maximumTableNameLength} characters, found ${name.length}`)
    }
    if (systemTableNames.includes(name)) throw existsAlready(name)
    checkColumns(name, columns)
    const table = new Table(this.#owner, name, columns)
    this.#owner.pool.intern(name)
    for (const one of columns) this.#owner.pool.intern(one.name)
    return table
  }

  /** @throws DatabaseError when there is no such table. */
  dropTable(name: string): void {
    const table = this.#tables.get(name)
    if (!table) throw new DatabaseError(`table ${name}: expected a table of the database`, 'ERROR_INVALID_TABLE', 2205)
    if (table.columns.some((one) => one.type === 'binary')) for (const row of table.rowNumbers()) table.deleteRow(row)
    this.#tables.delete(name)
  }

  get pool(): StringPool {
    return this.#owner.pool
  }

  /** ANSI code page of all texts; 0 is neutral. */
  get codepage(): number {
    return this.#owner.pool.codepage
  }

  /** Texts are encoded anew on saving. @throws WindowsError ERROR_INVALID_PARAMETER when it is not known. */
  set codepage(id: number) {
    this.#owner.pool.codepage = id
  }

  /** Without properties when the file has none, or one that cannot be read: then there is a finding, `summary-damaged`. */
  get summary(): SummaryInformation {
    const stream = this.#streams.get(summaryStream)
    return this.#summary ??= stream ? this.#readSummary(stream) : noSummary()
  }

  #readSummary(stream: ByteSource): SummaryInformation {
    try {
      return readSummaryInformation(readAll(stream), this.#findings)
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      this.#findings.report({ ...error.problem, id: summaryDamaged })
      return noSummary()
    }
  }

  set summary(summary: SummaryInformation) {
    this.#streams.set(summaryStream, bytesSource(writeSummaryInformation(summary)))
    this.#summary = summary
  }

  streamNames(): readonly string[] {
    return this.#streams.names()
  }

  /** A stream of the root storage by its decoded name: a cabinet, `Binary.key`, a property set. */
  stream(name: string): ByteSource | undefined {
    return this.#streams.get(name)
  }

  /** @param source `undefined` removes the stream. */
  setStream(name: string, source: ByteSource | undefined): void {
    if (name === summaryStream) this.#summary = undefined
    this.#streams.set(name, source)
  }

  storageNames(): readonly string[] {
    return this.#streams.storageNames()
  }

  /** A sub-storage: an embedded transform or a nested package. */
  storage(name: string): StorageContent | undefined {
    return this.#streams.storage(name)
  }

  /** @param content `undefined` removes the storage. */
  setStorage(name: string, content: StorageContent | undefined): void {
    this.#streams.setStorage(name, content)
  }

  /** The whole database as the content of a storage, to be embedded or saved. */
  toStorage(options: SaveOptions = {}): StorageContent {
    const tables = tableStreams(this.#owner, this.#tables.values(), options.rows ?? 'all')
    return { classId: this.classId, entries: [...tables, ...this.#streams.entries()] }
  }

  /**
   * Writes the database; the same content gives the same bytes. The sources of streams are read meanwhile, so the sink
   * must not write to the file the database was opened from.
   * @throws DatabaseError when a text does not fit the code page.
   */
  save(sink: ByteSink, options: SaveOptions = {}): void {
    writeCompoundFile(this.toStorage(options), sink)
  }

  /**
   * Reads streams and sub-storages from the file that {@link save} wrote from now on, so that the one the database was
   * opened from can go. Tables are in memory since they were saved; what is temporary stays.
   */
  rebase(saved: ByteSource): void {
    this.#streams.rebase(openRoot(saved, new Findings()))
  }

  /** Closes the file when the database was opened from one that can be closed. */
  [Symbol.dispose](): void {
    this.#source?.[Symbol.dispose]()
  }
}

function noSummary(): SummaryInformation {
  return { codepage: 0, properties: new Map() }
}

function shown(table: Table): Table {
  table.readOnly = true
  return table
}

function checkColumns(table: string, columns: readonly ReturnType<typeof column>[]): void {
  const fail = (problem: string): never => { throw new DatabaseError(`table ${table}: ${problem}`) }
  if (columns.length > maximumColumns) fail(`expected at most ${maximumColumns} columns, found ${columns.length}`)
  if (!columns[0]?.key) fail('expected a primary key, its columns first')
  if (columns.some((one, index) => one.key && index > 0 && !columns[index - 1]!.key)) fail('expected the columns of the primary key first')
  if (new Set(columns.map(({ name }) => name)).size < columns.length) fail('expected each column name once')
  if (columns.filter(({ type }) => type === 'binary').length > 1) fail('expected at most one binary column')
  if (columns.some(({ key, type }) => key && type === 'binary')) fail('expected no binary column in the primary key')
  const temporary = columns.filter((one) => one.temporary)
  if (temporary.some(({ key }) => key) && temporary.length < columns.length) fail('a temporary column cannot be in the key of a table that is saved')
}

function existsAlready(table: string): DatabaseError {
  return new DatabaseError(`table ${table} exists already`, 'ERROR_BAD_QUERY_SYNTAX', 2204)
}

interface CellStream {
  readonly name: string
  readonly source: ByteSource
  readonly temporary: boolean
}

/** What stands in the binary column of a table, if it has one. */
function cellStreams(table: Table): CellStream[] {
  const column = table.columns.findIndex(({ type }) => type === 'binary')
  if (column < 0) return []
  return Array.from(table.rowNumbers()).flatMap((row): CellStream[] => {
    const source = table.cell(row, column)
    return typeof source === 'object' && source !== null ? [{ name: table.streamName(row), source, temporary: table.isTemporary(row) || table.temporary }] : []
  })
}
