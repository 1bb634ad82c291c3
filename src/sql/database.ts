// What the package exports as `msikit/database`; see queryable-database.ts.
export * from '../database/index.ts'
export { createDatabase, openDatabase, QueryableDatabase } from './queryable-database.ts'
export { QueryResult } from './query-result.ts'
export { QuerySyntaxError } from './query-syntax-error.ts'
export type { AnyRow, QueryRow } from './row-types.ts'
