// Statements that hold statements: If, Select Case, For, For Each, Do, While, With.
import type { Expression, Statement } from './ast.ts'
import { parseExpression } from './expressions.ts'
import type { Parser, Surroundings } from './parser.ts'

interface Here { readonly line: number; readonly column: number }

export function parseBlockStatement(parser: Parser, around: Surroundings, here: Here): Statement {
  switch (parser.reader.token.text) {
    case 'select': return parseSelect(parser, around, here)
    case 'for': return parseFor(parser, around, here)
    case 'do': return parseDo(parser, around, here)
    case 'while': return parseWhile(parser, around, here)
    default: return parseWith(parser, around, here)
  }
}

/** On one line when something follows Then on it, else up to End If. */
export function parseConditionalBlock(parser: Parser, around: Surroundings, here: Here): Statement {
  const { reader } = parser
  reader.advance()
  const condition = parseExpression(reader)
  reader.expectKeyword('then', 1017)
  return reader.token.kind === 'newline' ? blockIf(parser, around, condition, here) : lineIf(parser, around, condition, here)
}

function blockIf(parser: Parser, around: Surroundings, condition: Expression, here: Here): Statement {
  const { reader } = parser
  const thenBody = parser.block(around, () => reader.isKeyword('else') || reader.isKeyword('elseif') || isEnd(parser, 'if'))
  if (reader.isKeyword('elseif')) {
    const position = { line: reader.token.line, column: reader.token.column }
    reader.advance()
    const next = parseExpression(reader)
    reader.expectKeyword('then', 1017)
    return { type: 'if', condition, body: thenBody, otherwise: [reader.nested(() => blockIf(parser, around, next, position))], ...here }
  }
  const otherwise = reader.takeKeyword('else') ? parser.block(around, () => isEnd(parser, 'if')) : []
  takeEnd(parser, 'if', 1012)
  return { type: 'if', condition, body: thenBody, otherwise, ...here }
}

function lineIf(parser: Parser, around: Surroundings, condition: Expression, here: Here): Statement {
  const { reader } = parser
  const thenBody = lineStatements(parser, around)
  let otherwise: Statement[] = []
  if (reader.isKeyword('elseif')) {
    const position = { line: reader.token.line, column: reader.token.column }
    reader.advance()
    const next = parseExpression(reader)
    reader.expectKeyword('then', 1017)
    return { type: 'if', condition, body: thenBody, otherwise: [reader.nested(() => lineIf(parser, around, next, position))], ...here }
  }
  if (reader.takeKeyword('else')) otherwise = lineStatements(parser, around)
  if (isEnd(parser, 'if')) takeEnd(parser, 'if', 1012)
  return { type: 'if', condition, body: thenBody, otherwise, ...here }
}

function lineStatements(parser: Parser, around: Surroundings): Statement[] {
  const { reader } = parser
  const statements: Statement[] = []
  const atEnd = (): boolean => reader.token.kind === 'newline' || reader.token.kind === 'end' || reader.isKeyword('else') || reader.isKeyword('elseif') || isEnd(parser, 'if')
  for (;;) {
    while (reader.takeSign(':'));
    if (atEnd()) return statements
    statements.push(...reader.nested(() => parser.statement(around)))
    if (!reader.isSign(':') && !atEnd()) throw reader.error(1025)
  }
}

function parseSelect(parser: Parser, around: Surroundings, here: Here): Statement {
  const { reader } = parser
  reader.advance()
  reader.expectKeyword('case', 1021)
  const subject = parseExpression(reader)
  reader.skipSeparators()
  const cases: { tests: Expression[]; body: Statement[] }[] = []
  let otherwise: Statement[] = []
  let hasElse = false
  const isCaseEnd = (): boolean => reader.isKeyword('case') || isEnd(parser, 'select')
  while (!isEnd(parser, 'select')) {
    reader.expectKeyword('case', reader.token.kind === 'end' ? 1014 : 1021)
    if (hasElse) throw reader.error(1014)
    if (reader.takeKeyword('else')) {
      hasElse = true
      otherwise = parser.block(around, isCaseEnd)
      continue
    }
    const tests = [parseExpression(reader)]
    while (reader.takeSign(',')) tests.push(parseExpression(reader))
    cases.push({ tests, body: parser.block(around, isCaseEnd) })
  }
  takeEnd(parser, 'select', 1022)
  return { type: 'select', subject, cases, otherwise, ...here }
}

function parseFor(parser: Parser, around: Surroundings, here: Here): Statement {
  const { reader } = parser
  reader.advance()
  const inside = { ...around, inFor: true }
  const atNext = (): boolean => reader.isKeyword('next')
  if (reader.takeKeyword('each')) {
    const variable = reader.name()
    reader.expectKeyword('in', 1046)
    const collection = parseExpression(reader)
    const body = parser.block(inside, atNext)
    reader.advance()
    return { type: 'each', variable, collection, body, ...here }
  }
  const variable = reader.name()
  reader.expectSign('=', 1011)
  const from = parseExpression(reader)
  reader.expectKeyword('to', 1013)
  const to = parseExpression(reader)
  const step = reader.takeWord('step') ? parseExpression(reader) : undefined
  const body = parser.block(inside, atNext)
  reader.advance()
  return { type: 'for', variable, from, to, step, body, ...here }
}

function parseDo(parser: Parser, around: Surroundings, here: Here): Statement {
  const { reader } = parser
  reader.advance()
  const before = parseLoopCondition(parser)
  const body = parser.block({ ...around, inDo: true }, () => reader.isKeyword('loop'))
  reader.advance()
  if (before !== undefined) return { type: 'do', ...before, test: 'before', body, ...here }
  const after = parseLoopCondition(parser)
  return { type: 'do', condition: undefined, until: false, ...after, test: 'after', body, ...here }
}

function parseLoopCondition(parser: Parser): { condition: Expression; until: boolean } | undefined {
  const { reader } = parser
  if (reader.takeKeyword('while')) return { condition: parseExpression(reader), until: false }
  if (reader.takeKeyword('until')) return { condition: parseExpression(reader), until: true }
  if (!reader.isStatementEnd() && !reader.isKeyword('else') && !reader.isKeyword('end')) throw reader.error(1028)
  return undefined
}

function parseWhile(parser: Parser, around: Surroundings, here: Here): Statement {
  const { reader } = parser
  reader.advance()
  const condition = parseExpression(reader)
  const body = parser.block(around, () => reader.isKeyword('wend'))
  reader.advance()
  return { type: 'do', condition, until: false, test: 'before', body, ...here }
}

function parseWith(parser: Parser, around: Surroundings, here: Here): Statement {
  const { reader } = parser
  reader.advance()
  const object = parseExpression(reader)
  const body = parser.block(around, () => isEnd(parser, 'with'))
  takeEnd(parser, 'with', 1029)
  return { type: 'with', object, body, ...here }
}

export function isEnd({ reader }: Parser, word: string): boolean {
  return reader.isKeyword('end') && reader.next.text.toLowerCase() === word
}

export function takeEnd(parser: Parser, word: string, error: number): void {
  const { reader } = parser
  reader.expectKeyword('end', 1014)
  if (reader.token.text.toLowerCase() !== word) throw reader.error(error)
  reader.advance()
}
