// `msikit/database` as programs import it: everything of the database layer, with a `query` method on databases.
// docs/decisions/0061-queries-on-databases.md says why the method lives in this layer.
import {
  Database, newParts, readParts, type Cell, type CreateDatabaseOptions, type DatabaseSource, type OpenDatabaseOptions,
} from '../database/index.ts'
import { QueryResult } from './query-result.ts'
import type { QueryRow } from './row-types.ts'

/** An installer database that can be asked in SQL. */
export class QueryableDatabase extends Database {
  /**
   * Runs a statement at once; the rows of a SELECT are made as they are asked for. A row is typed by its columns where
   * the text is a literal and the tables are documented ones.
   * @param parameters The cells for the `?` of the query, in order.
   * @throws QuerySyntaxError ERROR_BAD_QUERY_SYNTAX with the position; DatabaseError when a change is refused.
   * @see https://learn.microsoft.com/windows/win32/msi/sql-syntax
   * @example
   * ```ts
   * import { readFileSync } from 'node:fs'
   * import { openDatabase } from 'msikit/database'
   *
   * using database = openDatabase(readFileSync('app.msi'))
   * for (const { File, FileSize } of database.query('SELECT `File`, `FileSize` FROM `File` WHERE `FileSize` > ?', [65536])) {
   *   console.log(File.padEnd(40), FileSize / 1024)
   * }
   * ```
   */
  query<const Query extends string>(query: Query, parameters: readonly Cell[] = []): QueryResult<QueryRow<Query>> {
    return new QueryResult<QueryRow<Query>>(this, query, parameters)
  }
}

/**
 * Opens a package, merge module, transform or patch: bytes, a source of bytes, or a sub-storage of another file.
 * A source that can be disposed is disposed with the database, as `using` does.
 * @throws FormatError ERROR_INVALID_DATA when it is no compound file or, with `strict`, for the first finding.
 */
export function openDatabase(source: DatabaseSource, options: OpenDatabaseOptions = {}): QueryableDatabase {
  return new QueryableDatabase(readParts(source, options))
}

/** A new database without tables. @throws WindowsError ERROR_INVALID_PARAMETER for a code page that is not known. */
export function createDatabase(options: CreateDatabaseOptions = {}): QueryableDatabase {
  return new QueryableDatabase(newParts(options))
}
