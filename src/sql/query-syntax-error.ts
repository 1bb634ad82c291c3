// A query that cannot be understood, or names a table or column that is not there.
import { WindowsError } from '../base/index.ts'

export class QuerySyntaxError extends WindowsError {
  override readonly name = 'QuerySyntaxError'
  /** Where in the query, in UTF-16 units from its start. */
  readonly position: number

  constructor(position: number, message: string) {
    super('ERROR_BAD_QUERY_SYNTAX', `query, position ${position}: ${message}`)
    this.position = position
  }
}
