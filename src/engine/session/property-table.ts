// `_Property`: the properties of a session as a temporary table of its database, for queries. A snapshot, made anew when the
// database is asked for; what is written to it has no effect on the session.
import type { Database } from '../../database/index.ts'
import type { PropertyStore } from './property-store.ts'

const name = '_Property'

export function showProperties(database: Database, properties: PropertyStore): Database {
  if (database.table(name) !== undefined) database.dropTable(name)
  const table = database.createTable({
    name, columns: [{ name: '_Property', type: 'string', key: true, temporary: true }, { name: 'Value', type: 'string', nullable: true, temporary: true }],
  })
  for (const [property, value] of properties.entries()) table.insert([property, value], { temporary: true })
  return database
}
