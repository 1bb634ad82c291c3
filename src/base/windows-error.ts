// Errors that carry a Windows code in Node's own pair of properties: `code` is the symbolic name, `errno` the number.
// System codes: winerror.h; installer codes: https://learn.microsoft.com/windows/win32/msi/error-codes
import { errorCodes, type ErrorCodeName } from './error-codes.ts'

export class WindowsError extends Error {
  override readonly name: string = 'WindowsError'
  /** Symbolic name, such as `ERROR_INSTALL_FAILURE`. */
  readonly code: ErrorCodeName
  /** The Windows code, such as 1603. */
  readonly errno: number

  constructor(code: ErrorCodeName, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
    this.errno = errorCodes[code]
  }
}

/** What a parser met where it expected something else. All sentences are lower case and end without a full stop. */
export interface FormatProblem {
  /** The structure in the specification's words, such as `compound file header`. */
  readonly structure: string
  readonly field?: string
  /** Where the field stands, from the start of the structure's file or stream. */
  readonly offsetBytes?: number
  readonly expected: string
  readonly found: string
}

/** A malformed file. */
export class FormatError extends WindowsError {
  override readonly name = 'FormatError'
  readonly problem: FormatProblem

  constructor(problem: FormatProblem, code: ErrorCodeName = 'ERROR_INVALID_DATA', options?: { cause?: unknown }) {
    super(code, describeProblem(problem), options)
    this.problem = problem
  }
}

export function describeProblem({ structure, field, offsetBytes, expected, found }: FormatProblem): string {
  const where = offsetBytes === undefined ? '' : ` at byte ${offsetBytes}`
  return `${structure}${field === undefined ? '' : `, ${field}`}${where}: expected ${expected}, found ${found}`
}

/** Something wrong that reading could survive. In strict mode it is thrown as a {@link FormatError} instead. */
export interface Finding extends FormatProblem {
  /** Stable identifier in kebab case, such as `fat-sector-shared`. */
  readonly id: string
}

/** Collects findings, or throws the first one when `strict`. */
export class Findings {
  readonly list: Finding[] = []
  readonly strict: boolean

  constructor(strict = false) {
    this.strict = strict
  }

  report(finding: Finding): void {
    if (this.strict) throw new FormatError(finding)
    this.list.push(finding)
  }
}
