// `_Property`: the properties of a session as a temporary table of its database, for queries. It is made when the database is
// first asked for, and follows the properties from then on; what is written to it has no effect on the session.
import type { Database, Table } from '../../../database/index.ts'
import type { PropertyStore } from './property-store.ts'

const name = '_Property'

/** A package may have a table of that name itself: then that one stays. */
export function showProperties(database: Database, properties: PropertyStore): Database {
  if (database.table(name) !== undefined) return database
  const table = database.createTable({
    name, columns: [{ name: '_Property', type: 'string', key: true, temporary: true }, { name: 'Value', type: 'string', nullable: true, temporary: true }],
  })
  for (const [property, value] of properties.entries()) table.insert([property, value], { temporary: true })
  properties.observe((property, value) => follow(table, property, value))
  return database
}

function follow(table: Table, property: string, value: string): void {
  const row = table.find(property)
  if (row !== undefined && value === '') table.delete(row)
  else if (row !== undefined) table.update(row, 'Value', value)
  else if (value !== '') table.insert([property, value], { temporary: true })
}
