// Expressions by precedence, from Imp (weakest) to the exponent.
// https://learn.microsoft.com/previous-versions/6s7zy3d1(v=vs.85) (Operator Precedence)
import type { BinaryOperator } from '../values/operators.ts'
import * as operators from '../values/operators.ts'
import { nothing, VariantNumber } from '../values/variant.ts'
import type { Argument, Expression } from './ast.ts'
import type { TokenReader } from './token-reader.ts'

/** Binary operators of one level, weakest first; all group from the left. Not stands between And and the comparisons. */
const levels: readonly (readonly BinaryOperator[])[] = [
  ['imp'], ['eqv'], ['xor'], ['or'], ['and'], ['=', '<>', '<', '>', '<=', '>=', 'is'], ['&'], ['+', '-'], ['mod'], ['\\'], ['*', '/'],
]
const notLevel = 5

export function parseExpression(reader: TokenReader): Expression {
  return reader.nested(() => parseLevel(reader, 0))
}

function parseLevel(reader: TokenReader, level: number): Expression {
  if (level === notLevel && reader.isKeyword('not')) return parseNot(reader)
  if (level === levels.length) return parseUnary(reader)
  let left = parseLevel(reader, level + 1)
  for (;;) {
    const operator = operatorOf(reader, levels[level]!)
    if (operator === undefined) return left
    reader.advance()
    // `a = Not b` is how people write it.
    const right = level >= notLevel && reader.isKeyword('not') ? parseNot(reader) : parseLevel(reader, level + 1)
    left = { type: 'binary', operator, left, right }
  }
}

function parseNot(reader: TokenReader): Expression {
  reader.advance()
  return reader.nested(() => ({ type: 'unary', operator: 'not', operand: parseLevel(reader, notLevel) }))
}

function operatorOf({ token }: TokenReader, level: readonly BinaryOperator[]): BinaryOperator | undefined {
  return token.kind === 'sign' || token.kind === 'keyword' ? level.find((one) => one === token.text) : undefined
}

function parseUnary(reader: TokenReader): Expression {
  if (!reader.isSign('-') && !reader.isSign('+')) return parsePower(reader)
  const operator = reader.advance().text as '-' | '+'
  const operand = reader.nested(() => parseUnary(reader))
  if (operand.type === 'literal' && operand.value instanceof VariantNumber) return operator === '-' ? { type: 'literal', value: operators.negate(operand.value) } : operand
  return { type: 'unary', operator, operand }
}

function parsePower(reader: TokenReader): Expression {
  let left = parsePostfix(reader)
  while (reader.takeSign('^')) {
    const right = reader.isSign('-') || reader.isSign('+') ? parseUnary(reader) : parsePostfix(reader)
    left = { type: 'binary', operator: '^', left, right }
  }
  return left
}

/** A primary with everything that follows it: members and arguments. */
export function parsePostfix(reader: TokenReader, onArguments?: (tokenIndex: number) => void): Expression {
  let expression = parsePrimary(reader)
  for (let links = 0; links < 1000; links++) {
    if (reader.isSign('.') && !reader.token.spaced) {
      reader.advance()
      expression = { type: 'member', object: expression, name: reader.memberName() }
    } else if (reader.isSign('(') && isCallable(expression)) {
      onArguments?.(reader.at)
      expression = { type: 'index', target: expression, args: parseArgumentsInParentheses(reader) }
    } else {
      return expression
    }
  }
  throw reader.error(1001)
}

function isCallable({ type }: Expression): boolean {
  return type === 'name' || type === 'member' || type === 'index' || type === 'group'
}

function parsePrimary(reader: TokenReader): Expression {
  const { token } = reader
  if (token.kind === 'literal') {
    reader.advance()
    return { type: 'literal', value: token.value }
  }
  if (token.kind === 'name') {
    reader.advance()
    return { type: 'name', name: token.text }
  }
  if (reader.takeSign('(')) {
    const expression = parseExpression(reader)
    reader.expectSign(')', 1006)
    return { type: 'group', expression }
  }
  if (reader.takeSign('.')) return { type: 'member', object: undefined, name: reader.memberName() }
  if (token.kind === 'keyword') return parseKeyword(reader, token.text)
  throw reader.error(1023)
}

function parseKeyword(reader: TokenReader, word: string): Expression {
  const at = reader.token
  reader.advance()
  switch (word) {
    case 'true': return { type: 'literal', value: true }
    case 'false': return { type: 'literal', value: false }
    case 'empty': return { type: 'literal', value: undefined }
    case 'null': return { type: 'literal', value: null }
    case 'nothing': return { type: 'literal', value: nothing }
    case 'me': return { type: 'me' }
    case 'new': return { type: 'new', name: reader.name() }
    default: throw reader.error(1023, at)
  }
}

export function parseArgumentsInParentheses(reader: TokenReader): Argument[] {
  reader.expectSign('(', 1005)
  if (reader.takeSign(')')) return []
  const args = parseArguments(reader, () => reader.isSign(')'))
  reader.expectSign(')', 1006)
  return args
}

/** Between commas; some may be left out. */
export function parseArguments(reader: TokenReader, isEnd: () => boolean): Argument[] {
  const args: Argument[] = []
  for (;;) {
    args.push(reader.isSign(',') || isEnd() ? undefined : parseExpression(reader))
    if (!reader.takeSign(',')) return args
  }
}
