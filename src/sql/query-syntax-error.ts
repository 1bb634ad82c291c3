// A query that cannot be understood, or names a table or column that is not there.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-error-messages
import { WindowsError } from '../base/index.ts'

/** The installer's messages about queries. */
export const queryMessages = {
  invalidName: 2227, unknownTable: 2228, repeatedTable: 2230, missingParenthesis: 2231, unexpected: 2232, noColumns: 2233, unknownColumn: 2235,
  invalidOperator: 2236, noQuery: 2237, noFrom: 2238, tooFewValues: 2239, repeatedColumn: 2242, noKey: 2243, invalidType: 2244, tooManyTerms: 2278, tableExists: 2204,
} as const

export class QuerySyntaxError extends WindowsError {
  override readonly name = 'QuerySyntaxError'
  /** Where in the query, in UTF-16 units from its start. */
  readonly position: number
  /** The installer's message number. */
  readonly number: number

  constructor(position: number, message: string, kind: keyof typeof queryMessages = 'unexpected') {
    super('ERROR_BAD_QUERY_SYNTAX', `query, position ${position}: ${message}`)
    this.position = position
    this.number = queryMessages[kind]
  }
}
