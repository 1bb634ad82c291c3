// WHERE, made ready to run: comparisons on the raw cells of the tables, where text is the number of a string.
// A null cell differs from every value (`<>` is true) and is neither smaller nor greater than any.
import { WindowsError } from '../base/index.ts'
import { DatabaseError, type Cell, type Table } from '../database/index.ts'
import type { ColumnReference, Expression, Operator, Value } from './ast.ts'
import { QuerySyntaxError } from './query-syntax-error.ts'
import type { BoundColumn, Scope } from './scope.ts'

/** One row number per table of the scope; tables not reached yet have no valid one. */
export type Tuple = Int32Array | number[]
export type Test = (tuple: Tuple) => boolean

/** `column = other column` or `column = raw value`: what a look-up can use instead of a scan. */
export type Equality =
  | { readonly kind: 'columns'; readonly left: BoundColumn; readonly right: BoundColumn }
  /** `raw` is `undefined` when no cell can have the value. */
  | { readonly kind: 'value'; readonly left: BoundColumn; readonly raw: number | undefined }

export interface Condition {
  /** Numbers of the tables it looks at. */
  readonly tables: ReadonlySet<number>
  readonly test: Test
  readonly equality?: Equality
}

/** The fields of the record given to Execute; `undefined` while a query is only checked. */
export type Parameters = readonly Cell[] | undefined

/** The terms that all must hold. @throws QuerySyntaxError for a comparison that the types do not allow. */
export function compileConditions(expression: Expression | undefined, scope: Scope, parameters: Parameters): Condition[] {
  if (expression === undefined) return []
  if (expression.kind === 'and') return expression.terms.flatMap((term) => compileConditions(term, scope, parameters))
  return [compile(expression, scope, parameters)]
}

function compile(expression: Expression, scope: Scope, parameters: Parameters): Condition {
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const terms = expression.terms.map((term) => compile(term, scope, parameters))
      const tables = new Set(terms.flatMap((term) => [...term.tables]))
      return { tables, test: expression.kind === 'and' ? (tuple) => terms.every(({ test }) => test(tuple)) : (tuple) => terms.some(({ test }) => test(tuple)) }
    }
    case 'is-null': {
      const { table, position } = scope.resolve(expression.column)
      const rows = scope.tables[table]!
      const { negated } = expression
      return { tables: new Set([table]), test: (tuple) => (rows.raw(tuple[table]!, position) === 0) !== negated }
    }
    case 'comparison': {
      const { left, operator, right } = expression
      return right.kind === 'column' ? compareColumns(left, operator, right, scope) : compareValue(left, operator, right, scope, parameters)
    }
  }
}

function compareColumns(leftName: ColumnReference, operator: Operator, rightName: ColumnReference, scope: Scope): Condition {
  const left = scope.resolve(leftName)
  const right = scope.resolve(rightName)
  const isText = left.column.type === 'string'
  if (isText !== (right.column.type === 'string') || left.column.type === 'binary' || right.column.type === 'binary') {
    throw new QuerySyntaxError(rightName.position, `expected columns of the same type, found ${left.column.type} and ${right.column.type}`)
  }
  if (isText) requireTextOperator(operator, leftName)
  const [a, b] = [scope.tables[left.table]!, scope.tables[right.table]!]
  const tables = new Set([left.table, right.table])
  if (left.column.type === right.column.type && (!isText || a.pool === b.pool)) {
    const holds = comparison(operator)
    const test: Test = (tuple) => holds(a.raw(tuple[left.table]!, left.position), b.raw(tuple[right.table]!, right.position))
    return operator === '=' && left.table !== right.table ? { tables, test, equality: { kind: 'columns', left, right } } : { tables, test }
  }
  const holds = comparison(operator)
  const same = isText ? textOf : integerOf
  return { tables, test: (tuple) => holds(...same(a, tuple[left.table]!, left.position, b, tuple[right.table]!, right.position)) }
}

/** Texts of two string pools as two numbers that are equal when the texts are. */
function textOf(a: Table, rowA: number, columnA: number, b: Table, rowB: number, columnB: number): [number, number] {
  return [1, a.cell(rowA, columnA) === b.cell(rowB, columnB) ? 1 : 2]
}

const widened = (cell: Cell): number => typeof cell === 'number' ? cell + 0x80000000 : 0

/** Integers of different widths as raw cells of the wider one. */
function integerOf(a: Table, rowA: number, columnA: number, b: Table, rowB: number, columnB: number): [number, number] {
  return [widened(a.cell(rowA, columnA)), widened(b.cell(rowB, columnB))]
}

function compareValue(name: ColumnReference, operator: Operator, value: Value, scope: Scope, parameters: Parameters): Condition {
  const left = scope.resolve(name)
  const table = scope.tables[left.table]!
  const { type } = left.column
  if (type === 'binary') throw new QuerySyntaxError(name.position, 'expected a column of text or integers, found a binary one')
  if (type === 'string' || value.kind === 'text') requireTextOperator(operator, name)
  const cell = valueCell(value, parameters)
  if (typeof cell === 'object' && cell !== null) throw new WindowsError('ERROR_DATATYPE_MISMATCH', 'query: expected text or an integer to compare with, found a stream')
  const raw = table.rawIfKnown(left.position, cell)
  const bound = (tuple: Tuple): number => table.raw(tuple[left.table]!, left.position)
  const tables = new Set([left.table])
  if (operator === '=') return { tables, test: (tuple) => bound(tuple) === raw, equality: { kind: 'value', left, raw } }
  if (operator === '<>') return { tables, test: (tuple) => bound(tuple) !== raw }
  const limit = Number(cell) + (type === 'int16' ? 0x8000 : 0x80000000)
  if (cell === null || Number.isNaN(limit)) return { tables, test: () => false }
  // A raw limit of 0 would be taken for null; half a unit more compares alike.
  const holds = comparison(operator)
  const least = limit <= 0 ? -0.5 : limit
  return { tables, test: (tuple) => holds(bound(tuple), least) }
}

/** @throws DatabaseError when there are fewer parameters. */
export function valueCell(value: Value, parameters: Parameters): Cell {
  switch (value.kind) {
    case 'text': return value.value === '' ? null : value.value
    case 'integer': return value.value
    case 'null': return null
    case 'marker': {
      if (parameters === undefined) return null
      const cell = parameters[value.index - 1]
      if (cell === undefined) throw new DatabaseError(`query: expected at least ${value.index} parameters, found ${parameters.length}`, 'ERROR_FUNCTION_FAILED', 2208)
      return cell
    }
  }
}

function requireTextOperator(operator: Operator, { position }: ColumnReference): void {
  if (operator !== '=' && operator !== '<>') throw new QuerySyntaxError(position, `expected = or <> to compare text, found ${operator}`, 'invalidOperator')
}

/** On raw cells, where 0 is null. */
function comparison(operator: Operator): (a: number, b: number) => boolean {
  switch (operator) {
    case '=': return (a, b) => a === b
    case '<>': return (a, b) => a !== b
    case '<': return (a, b) => a !== 0 && b !== 0 && a < b
    case '>': return (a, b) => a !== 0 && b !== 0 && a > b
    case '<=': return (a, b) => a !== 0 && b !== 0 && a <= b
    case '>=': return (a, b) => a !== 0 && b !== 0 && a >= b
  }
}
