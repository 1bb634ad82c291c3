// Recursive descent over the tokens of a condition. Precedence from high to low: comparison, NOT, AND, OR, XOR, EQV, IMP,
// each left to right. https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax
// A chain of one operator is one flat node, so the depth of the tree is that of the parentheses and NOTs, which is limited.
import { ConditionSyntaxError, tokenizeCondition, type ComparisonOperator, type LogicalOperator, type SymbolSigil, type Token } from './condition-lexer.ts'

export type ConditionValue =
  | { readonly kind: 'symbol'; readonly position: number; readonly sigil: SymbolSigil; readonly name: string }
  | { readonly kind: 'literal'; readonly position: number; readonly text: string }
  | { readonly kind: 'integer'; readonly position: number; readonly value: number }

export type ConditionNode =
  | { readonly kind: 'value'; readonly value: ConditionValue }
  | { readonly kind: 'comparison'; readonly operator: ComparisonOperator; readonly ignoreCase: boolean; readonly left: ConditionValue; readonly right: ConditionValue }
  | { readonly kind: 'not'; readonly operand: ConditionNode }
  /** Two or more operands, taken from left to right. */
  | { readonly kind: LogicalOperator; readonly operands: readonly ConditionNode[] }

/** Parentheses and NOTs inside one another. Column widths keep real conditions far below. */
const maximumDepth = 400
/** From the loosest binding to the tightest. */
const levels: readonly LogicalOperator[] = ['imp', 'eqv', 'xor', 'or', 'and']

interface Cursor {
  readonly tokens: readonly Token[]
  index: number
  depth: number
}

/**
 * Parses a condition.
 *
 * @returns `undefined` for a text without any token: no condition.
 * @throws ConditionSyntaxError with the position.
 * @see https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax
 */
export function parseCondition(text: string): ConditionNode | undefined {
  const cursor: Cursor = { tokens: tokenizeCondition(text), index: 0, depth: 0 }
  if (peek(cursor).kind === 'end') return undefined
  const node = parseLevel(cursor, 0)
  if (peek(cursor).kind !== 'end') throw unexpected(peek(cursor), 'an operator or the end')
  return node
}

function parseLevel(cursor: Cursor, level: number): ConditionNode {
  const operator = levels[level]
  if (operator === undefined) return parseFactor(cursor)
  const operands = [parseLevel(cursor, level + 1)]
  for (let token = peek(cursor); token.kind === 'logical' && token.operator === operator; token = peek(cursor)) {
    cursor.index++
    operands.push(parseLevel(cursor, level + 1))
  }
  return operands.length === 1 ? operands[0]! : { kind: operator, operands }
}

function parseFactor(cursor: Cursor): ConditionNode {
  const token = peek(cursor)
  if (token.kind !== 'not' && token.kind !== '(') return parseComparison(cursor)
  if (++cursor.depth > maximumDepth) throw new ConditionSyntaxError(token.position, `at most ${maximumDepth} nested terms`, 'more')
  cursor.index++
  const node: ConditionNode = token.kind === 'not' ? { kind: 'not', operand: parseFactor(cursor) } : parseLevel(cursor, 0)
  if (token.kind === '(') {
    if (peek(cursor).kind !== ')') throw unexpected(peek(cursor), `")" for the "(" at character ${token.position + 1}`)
    cursor.index++
  }
  cursor.depth--
  return node
}

function parseComparison(cursor: Cursor): ConditionNode {
  const left = parseValue(cursor)
  const token = peek(cursor)
  if (token.kind !== 'comparison') return { kind: 'value', value: left }
  cursor.index++
  return { kind: 'comparison', operator: token.operator, ignoreCase: token.ignoreCase, left, right: parseValue(cursor) }
}

function parseValue(cursor: Cursor): ConditionValue {
  const token = peek(cursor)
  if (token.kind !== 'symbol' && token.kind !== 'literal' && token.kind !== 'integer') throw unexpected(token, 'a property, a literal or an integer')
  cursor.index++
  return token
}

function peek(cursor: Cursor): Token {
  return cursor.tokens[cursor.index]!
}

function unexpected(token: Token, expected: string): ConditionSyntaxError {
  return new ConditionSyntaxError(token.position, expected, describeToken(token))
}

function describeToken(token: Token): string {
  switch (token.kind) {
    case 'symbol': return `"${token.sigil}${token.name}"`
    case 'literal': return `the literal "${token.text}"`
    case 'integer': return `the integer ${token.value}`
    case 'comparison': return `"${token.ignoreCase ? '~' : ''}${token.operator}"`
    case 'logical': return `"${token.operator.toUpperCase()}"`
    case 'not': return '"NOT"'
    case 'end': return 'the end of the condition'
    default: return `"${token.kind}"`
  }
}
