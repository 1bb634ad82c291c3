// A table: one array of raw cells per column, as on disk, loaded when the column is first asked for.
// Rows are numbered in the order they came; a deleted row keeps its number, so that results which hold it stay sound.
// Iteration goes in the order of the raw keys, as Windows stores rows: texts by their number in the string pool.
import type { ByteSource, Findings } from '../../base/index.ts'
import { DatabaseError } from '../database-error.ts'
import type { StringPool } from '../string-pool/string-pool.ts'
import type { Cell } from './cell.ts'
import { column, integerBias, keysOf, type Column, type ColumnDefinition } from './column.ts'
import { rawCell, rawCellIfKnown, shownRawCell } from './raw-cell.ts'
import { Row } from './row.ts'
import { RowIndex } from './row-index.ts'
import { RowOrder } from './row-order.ts'
import { countRows, readColumn, type StoredRows } from './stored-rows.ts'
import type { UnchangedRows } from './wasm-rows.ts'

/** What a table needs of its database. */
export interface TableOwner {
  readonly pool: StringPool
  readonly findings: Findings
  stream(name: string): ByteSource | undefined
  setCellStream(name: string, source: ByteSource | undefined, temporary: boolean): void
}

const rowFlags = { deleted: 1, temporary: 2 } as const
export const maximumColumns = 32

export class Table {
  readonly name: string
  readonly #owner: TableOwner
  readonly #stored: StoredRows | undefined
  readonly #storedRows: number
  #columns: readonly Column[]
  #knownPositions: ReadonlyMap<string, number> | undefined
  #keys: readonly number[]
  #cells: (Uint32Array | undefined)[] = []
  #flags: Uint8Array
  #slots: number
  #live: number
  #index: RowIndex | undefined
  #knownOrder: RowOrder | undefined
  #changed = false
  /** A temporary row was added; it may be deleted since. */
  hasTemporaryRows = false
  /** How often the table is held; see HOLD and FREE of the SQL syntax. */
  holdCount = 0
  /** Set on tables that only show something: changes of the rows are refused. */
  readOnly = false
  /** Set on tables of streams and storages: another key is another name for what the row has. */
  keysCanChange = false

  constructor(owner: TableOwner, name: string, columns: readonly Column[], stored?: StoredRows) {
    this.#owner = owner
    this.name = name
    this.#columns = columns
    this.#keys = keysOf(columns)
    this.#stored = stored
    this.#storedRows = this.#slots = this.#live = stored ? countRows(name, columns, stored, owner.findings) : 0
    this.#flags = new Uint8Array(this.#slots)
  }

  get #positions(): ReadonlyMap<string, number> {
    return this.#knownPositions ??= new Map(this.#columns.map((column, index) => [column.name, index]))
  }

  get #order(): RowOrder {
    return this.#knownOrder ??= new RowOrder({ keys: this.#keys, raw: (row, number) => this.raw(row, number), rawColumn: (number) => this.rawColumn(number) }, this.#storedRows)
  }

  get columns(): readonly Column[] {
    return this.#columns
  }

  /** Numbers of the primary key's columns. */
  get keyColumns(): readonly number[] {
    return this.#keys
  }

  /** Every column is temporary: the table is never saved. */
  get temporary(): boolean {
    return this.#columns.every((column) => column.temporary)
  }

  get rowCount(): number {
    return this.#live
  }

  get pool(): StringPool {
    return this.#owner.pool
  }

  columnNumber(name: string): number | undefined {
    return this.#positions.get(name)
  }

  /** In key order. Rows that are added meanwhile do not appear, rows that are deleted meanwhile are left out. */
  * rows(): Generator<Row, void, undefined> {
    const slots = this.rowNumbers()
    for (let at = 0; at < slots.length; at++) if (!this.isDeleted(slots[at]!)) yield new Row(this, slots[at]!)
  }

  /** The rows as they are stored, as long as nothing of the table has changed. */
  unchangedRows(): UnchangedRows | undefined {
    return this.#stored === undefined || this.#changed ? undefined : { ...this.#stored, columns: this.#columns, count: this.#storedRows }
  }

  /** The row numbers of the moment, in key order; the array does not change later. */
  rowNumbers(): Uint32Array {
    const rows = this.#order.rows()
    return this.#live === rows.length ? rows : this.#order.keep((row) => !this.isDeleted(row))
  }

  row(slot: number): Row {
    return new Row(this, slot)
  }

  /** By primary key, all of it. */
  find(...key: readonly (string | number | null)[]): Row | undefined {
    const raw = this.rawKey(key)
    const slot = raw && this.findRaw(raw)
    return slot === undefined ? undefined : new Row(this, slot)
  }

  /** The raw values of a primary key; `undefined` when no row can have it. */
  rawKey(key: readonly Cell[]): number[] | undefined {
    if (key.length !== this.#keys.length) {
      throw new DatabaseError(`table ${this.name}: expected ${this.#keys.length} key cells, found ${key.length}`)
    }
    const raw: number[] = []
    for (let part = 0; part < key.length; part++) {
      const value = this.rawIfKnown(this.#keys[part]!, key[part]!)
      if (value === undefined) return undefined
      raw.push(value)
    }
    return raw
  }

  findRaw(key: readonly number[]): number | undefined {
    return this.#keys.length === 0 ? undefined : this.#keyIndex().find(key)
  }

  /** A cell as stored: 0 for null. */
  raw(slot: number, column: number): number {
    return (this.#cells[column] ?? this.#load(column))[slot]!
  }

  /** The cells of a column as stored, by row number; for reading only, and good until the table changes. */
  rawColumn(column: number): Uint32Array {
    return this.#cells[column] ?? this.#load(column)
  }

  cell(slot: number, column: number): Cell {
    const raw = this.raw(slot, column)
    if (raw === 0) return null
    const { type } = this.#columns[column]!
    if (type === 'string') return this.#owner.pool.text(raw) || null
    if (type === 'binary') return this.#owner.stream(this.streamName(slot)) ?? null
    return raw - integerBias[type]
  }

  /** The raw value a cell of this column would have; `undefined` when the string pool does not have the text. */
  rawIfKnown(column: number, cell: Cell): number | undefined {
    return rawCellIfKnown(this.#columns[column]!, cell, this.#owner.pool)
  }

  isDeleted(slot: number): boolean {
    return (this.#flags[slot]! & rowFlags.deleted) !== 0
  }

  isTemporary(slot: number): boolean {
    return (this.#flags[slot]! & rowFlags.temporary) !== 0
  }

  /** Name of the stream that holds the binary cell of a row: the table and the key, joined with full stops. */
  streamName(slot: number): string {
    const key = this.#keys.map((column) => this.#columns[column]!.type === 'binary' ? '' : String(this.cell(slot, column) ?? ''))
    return [this.name, ...key].join('.')
  }

  /**
   * @param cells In the order of the columns; those left out are null.
   * @throws DatabaseError when the key exists already, a cell is null that may not be, or a cell is of another type.
   */
  insert(cells: readonly Cell[], options: { temporary?: boolean } = {}): Row {
    this.#requireWritable()
    if (cells.length > this.#columns.length) {
      throw new DatabaseError(`table ${this.name}: expected ${this.#columns.length} cells, found ${cells.length}`)
    }
    const raw = this.#columns.map((_, column) => this.rawFor(column, cells[column] ?? null))
    const slot = this.#append(raw, options.temporary ?? false)
    if (slot === undefined) throw this.#existsAlready(this.#keys.map((column) => String(cells[column] ?? '')))
    const binary = this.#columns.findIndex((column) => column.type === 'binary')
    if (binary >= 0 && raw[binary] !== 0) {
      try {
        this.#owner.setCellStream(this.streamName(slot), cells[binary] as ByteSource, this.isTemporary(slot) || this.temporary)
      } catch (error) {
        this.#cells[binary]![slot] = 0
        this.deleteRow(slot)
        throw error
      }
    }
    return new Row(this, slot)
  }

  /** Makes room for rows that are about to be inserted. */
  reserve(rows: number): void {
    if (this.#slots + rows > this.#flags.length) this.#grow(this.#slots + rows)
  }

  /**
   * Adds a row of raw values, which must be those that {@link rawFor} gives; for tables without a binary column.
   * @throws DatabaseError when the key exists already.
   */
  insertRaw(raw: Uint32Array): void {
    this.#requireWritable()
    if (this.#append(raw, false) === undefined) this.#refuseRaw(raw)
  }

  /**
   * Gives a new table its rows, column by column, each with room for as many; otherwise as {@link insertRaw}.
   * @throws DatabaseError when two rows have the same key.
   */
  insertColumns(columns: readonly Uint32Array[], rows: number): void {
    this.#flags = new Uint8Array(columns[0]!.length)
    this.#cells = [...columns]
    if (this.#order.addAll(rows)) {
      this.#slots = this.#live = rows
      this.#changed = true
      return
    }
    for (let slot = 0; slot < rows; slot++) if (this.#take(slot, 0) === undefined) this.#refuseRaw(columns.map((cells) => cells[slot]!))
  }

  #refuseRaw(raw: ArrayLike<number>): never {
    const key = this.#keys.map((column) => shownRawCell(this.#columns[column]!, raw[column]!, this.#owner.pool))
    throw this.#existsAlready(key)
  }

  /** The raw value of a cell; text enters the string pool. @throws DatabaseError as {@link insert} does. */
  rawFor(column: number, cell: Cell): number {
    return rawCell(this.name, this.#columns[column]!, cell, this.#owner.pool)
  }

  #existsAlready(key: readonly string[]): DatabaseError {
    return new DatabaseError(`table ${this.name}: a row with the key ${key.join(', ')} exists already`, 'ERROR_FUNCTION_FAILED', 2259)
  }

  /** @throws DatabaseError for a column of the primary key, and as {@link insert} does. */
  update(row: Row, column: string, cell: Cell): void {
    const position = this.#positions.get(column)
    if (position === undefined) throw new DatabaseError(`table ${this.name}: expected a column of the table, found ${column}`)
    this.updateCell(row.number, position, cell)
  }

  updateCell(slot: number, column: number, cell: Cell): void {
    this.#requireWritable()
    const { key, type } = this.#columns[column]!
    if (this.isDeleted(slot)) throw new DatabaseError(`table ${this.name}: the row is deleted`)
    const raw = this.rawFor(column, cell)
    if (key) {
      if (raw === this.raw(slot, column)) return
      throw new DatabaseError(`table ${this.name}, column ${this.#columns[column]!.name}: a primary key cannot be updated`)
    }
    if (type === 'binary') this.#owner.setCellStream(this.streamName(slot), cell as ByteSource | null ?? undefined, this.isTemporary(slot) || this.temporary)
    this.#load(column)
    this.#cells[column]![slot] = raw
    this.#changed = true
  }

  delete(row: Row): void {
    this.deleteRow(row.number)
  }

  deleteRow(slot: number): void {
    this.#requireWritable()
    if (this.isDeleted(slot)) return
    const binary = this.#columns.findIndex((column) => column.type === 'binary')
    if (binary >= 0 && this.raw(slot, binary) !== 0) this.#owner.setCellStream(this.streamName(slot), undefined, false)
    if (this.#keys.length > 0) this.#index?.remove(slot)
    this.#flags[slot]! |= rowFlags.deleted
    this.#live--
    this.#changed = true
  }

  /** Appends a column; its cells are null. */
  addColumn(definition: ColumnDefinition): void {
    const added = column(definition)
    if (this.#positions.has(added.name)) throw new DatabaseError(`table ${this.name}: the column ${added.name} exists already`)
    if (added.type === 'binary' && this.#columns.some(({ type }) => type === 'binary')) throw new DatabaseError(`table ${this.name}: expected at most one binary column`)
    if (this.#columns.length >= maximumColumns) throw new DatabaseError(`table ${this.name}: expected at most ${maximumColumns} columns`)
    this.#owner.pool.intern(added.name)
    this.#setColumns([...this.#columns, added])
    this.#cells[this.#columns.length - 1] = new Uint32Array(this.#flags.length)
    this.#changed = true
  }

  /** Widens a string column; 0 is any width. */
  setColumnWidth(column: number, width: number): void {
    this.#setColumns(this.#columns.map((one, index) => index === column ? { ...one, width } : one))
    this.#changed = true
  }

  dropTemporaryColumns(): void {
    if (!this.#columns.some((column) => column.temporary)) return
    for (let column = 0; column < this.#columns.length; column++) this.#load(column)
    this.#cells = this.#cells.filter((_, index) => !this.#columns[index]!.temporary)
    this.#setColumns(this.#columns.filter((column) => !column.temporary))
  }

  #setColumns(columns: readonly Column[]): void {
    this.#columns = columns
    this.#knownPositions = undefined
  }

  /** True since anything of the table changed. */
  get changed(): boolean {
    return this.#changed
  }

  #requireWritable(): void {
    if (this.readOnly) throw new DatabaseError(`table ${this.name}: its rows cannot be changed`, 'ERROR_FUNCTION_FAILED', 2257)
  }

  /** `undefined`, with nothing changed, when the key exists already. */
  #append(raw: ArrayLike<number>, temporary: boolean): number | undefined {
    const slot = this.#slots
    if (slot >= this.#flags.length) this.#grow(Math.max(16, slot * 2))
    for (let column = 0; column < raw.length; column++) (this.#cells[column] ?? this.#load(column))[slot] = raw[column]!
    return this.#take(slot, temporary ? rowFlags.temporary : 0)
  }

  /** A row whose cells are there. `undefined`, with nothing changed, when the key exists already. */
  #take(slot: number, flags: number): number | undefined {
    const isNext = this.#order.isNext(slot)
    // Only a key that comes between others has to be looked for.
    if (this.#keys.length > 0 && !(isNext && this.#index === undefined) && !this.#keyIndex().add(slot)) return undefined
    this.#flags[slot] = flags
    if (flags === rowFlags.temporary) this.hasTemporaryRows = true
    this.#slots++
    this.#live++
    this.#changed = true
    this.#order.add(slot, isNext)
    return slot
  }

  #grow(capacity: number): void {
    const flags = new Uint8Array(capacity)
    flags.set(this.#flags)
    this.#flags = flags
    for (let column = 0; column < this.#columns.length; column++) {
      const grown = new Uint32Array(capacity)
      grown.set(this.#load(column))
      this.#cells[column] = grown
    }
  }

  #keyIndex(): RowIndex {
    if (this.#index) return this.#index
    const index = this.#newIndex(this.#live)
    for (let slot = 0; slot < this.#slots; slot++) if (!this.isDeleted(slot)) index.add(slot)
    return this.#index = index
  }

  #newIndex(rows: number): RowIndex {
    const columns = [...this.#keys]
    return new RowIndex(columns.length, rows, (row, part) => this.raw(row, columns[part]!))
  }

  /** Row numbers in the order that a file must have. */
  sortedRowNumbers(): Uint32Array {
    return this.#order.sorted(this.rowNumbers())
  }

  #load(column: number): Uint32Array {
    const loaded = this.#cells[column]
    if (loaded) return loaded
    const cells = new Uint32Array(this.#flags.length)
    if (this.#stored) readColumn(this.#stored, this.#columns, column, this.#storedRows, cells)
    if (this.#columns[column]!.type === 'string') this.#checkReferences(column, cells)
    return this.#cells[column] = cells
  }

  #checkReferences(column: number, cells: Uint32Array): void {
    const { count } = this.#owner.pool
    let first = -1
    let wrong = 0
    for (let slot = 0; slot < this.#storedRows; slot++) {
      if (cells[slot]! <= count) continue
      if (wrong++ === 0) first = cells[slot]!
      cells[slot] = 0
    }
    if (wrong === 0) return
    this.#owner.findings.report({
      id: 'string-reference-range', structure: `table ${this.name}`, field: `column ${this.#columns[column]!.name}`,
      expected: `string numbers up to ${count}`, found: wrong === 1 ? String(first) : `${first} and ${wrong - 1} more beyond it`,
    })
  }
}
