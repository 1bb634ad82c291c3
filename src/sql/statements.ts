// The statements that change a database: INSERT, UPDATE, DELETE, CREATE TABLE, DROP TABLE, ALTER TABLE.
// Names are looked up when the query is opened and again when it is executed, because tables may have changed between.
import { DatabaseError, type Cell, type ColumnDefinition, type Database } from '../database/index.ts'
import type { AlterTable, CreateTable, Delete, Insert, Statement, Update } from './ast.ts'
import { compileConditions, valueCell } from './condition.ts'
import { joinRows } from './join.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'
import { Scope } from './scope.ts'

export type Change = (parameters: readonly Cell[]) => void

const systemTables = new Set(['_Tables', '_Columns', '_Streams', '_Storages'])

export function prepareChange(database: Database, statement: Exclude<Statement, { kind: 'select' }>): Change {
  switch (statement.kind) {
    case 'insert': return prepareInsert(database, statement)
    case 'update': return prepareUpdate(database, statement)
    case 'delete': return prepareDelete(database, statement)
    case 'create-table': return prepareCreateTable(database, statement)
    case 'drop-table': {
      const scope = (): Scope => new Scope(database, [statement.table])
      if (systemTables.has(scope().tables[0]!.name)) throw new QuerySyntaxError(statement.table.position, 'expected a table that can be dropped')
      return () => database.dropTable(scope().tables[0]!.name)
    }
    case 'alter-table': return prepareAlterTable(database, statement)
  }
}

function prepareInsert(database: Database, { table: name, columns, values, temporary }: Insert): Change {
  const target = () => {
    const scope = new Scope(database, [name])
    return { table: scope.tables[0]!, positions: columns.map((column) => scope.resolve(column).position) }
  }
  target()
  return (parameters) => {
    const { table, positions } = target()
    const cells: Cell[] = table.columns.map(() => null)
    positions.forEach((position, index) => { cells[position] = valueCell(values[index]!, parameters) })
    table.insert(cells, { temporary })
  }
}

function prepareUpdate(database: Database, { tables, assignments, where }: Update): Change {
  const target = () => {
    const scope = new Scope(database, tables)
    return { scope, columns: assignments.map(({ column }) => scope.resolve(column)) }
  }
  compileConditions(where, target().scope, undefined)
  // Markers are counted through the query, so those of SET come before those of WHERE.
  return (parameters) => {
    const { scope, columns } = target()
    const cells = assignments.map(({ value }) => valueCell(value, parameters))
    for (const tuple of joinRows(scope.tables, compileConditions(where, scope, parameters))) {
      columns.forEach(({ table, position }, index) => scope.tables[table]!.updateCell(tuple[table]!, position, cells[index]!))
    }
  }
}

function prepareDelete(database: Database, { table: name, where }: Delete): Change {
  compileConditions(where, new Scope(database, [name]), undefined)
  return (parameters) => {
    const scope = new Scope(database, [name])
    for (const tuple of joinRows(scope.tables, compileConditions(where, scope, parameters))) scope.tables[0]!.deleteRow(tuple[0]!)
  }
}

function prepareCreateTable(database: Database, { table: { name, position }, columns, primaryKey, hold }: CreateTable): Change {
  if (database.table(name)) throw new QuerySyntaxError(position, `expected the name of a new table, found ${JSON.stringify(name)}`, 'tableExists')
  const ordered = keysFirst(columns, primaryKey.map((key) => {
    const index = columns.findIndex((column) => column.name === key.name)
    if (index < 0) throw new QuerySyntaxError(key.position, `expected a column of the table, found ${JSON.stringify(key.name)}`, 'unknownColumn')
    return index
  }))
  return () => {
    const table = database.createTable({ name, columns: ordered })
    if (hold) table.holdCount++
    else if (table.temporary) database.dropTable(name)
  }
}

/** The nth column of the key changes places with the column in the nth place. */
function keysFirst(columns: readonly ColumnDefinition[], keys: readonly number[]): ColumnDefinition[] {
  const ordered = columns.map((column, index) => keys.includes(index) ? { ...column, key: true } : column)
  keys.forEach((key, place) => {
    const at = ordered.findIndex((column) => column.name === columns[key]!.name)
    const other = ordered[place]!
    ordered[place] = ordered[at]!
    ordered[at] = other
  })
  return ordered
}

function prepareAlterTable(database: Database, { table: name, change }: AlterTable): Change {
  const find = () => new Scope(database, [name]).tables[0]!
  const table = find()
  if (systemTables.has(table.name)) throw new QuerySyntaxError(name.position, 'expected a table that can be altered')
  if (change.kind === 'add' && table.columnNumber(change.column.name) !== undefined) {
    throw new QuerySyntaxError(name.position, `expected the name of a new column, found ${JSON.stringify(change.column.name)}`, 'repeatedColumn')
  }
  return () => {
    const altered = find()
    switch (change.kind) {
      case 'add': {
        if (altered.temporary && change.column.temporary !== true) throw new DatabaseError(`table ${altered.name}: a temporary table takes temporary columns only`)
        altered.addColumn(change.column)
        if (change.hold) altered.holdCount++
        return
      }
      case 'hold': {
        altered.holdCount++
        return
      }
      case 'free': {
        if (altered.holdCount > 0) altered.holdCount--
        if (altered.holdCount > 0) return
        if (altered.temporary) database.dropTable(altered.name)
        else altered.dropTemporaryColumns()
      }
    }
  }
}
