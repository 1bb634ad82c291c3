// Words, names, literals and signs of a query. https://learn.microsoft.com/windows/win32/msi/sql-syntax
// Blanks are space, TAB, LF and FF; a CR is an error. Text stands in '…' and has no way to hold a quote.
import { QuerySyntaxError } from './query-syntax-error.ts'

export type Token =
  | { readonly kind: 'keyword'; readonly text: string; readonly position: number }
  | { readonly kind: 'name'; readonly text: string; readonly position: number }
  | { readonly kind: 'text'; readonly text: string; readonly position: number }
  | { readonly kind: 'integer'; readonly text: string; readonly value: number; readonly position: number }
  | { readonly kind: 'sign'; readonly text: string; readonly position: number }
  | { readonly kind: 'end'; readonly text: ''; readonly position: number }

/** Words that are no names unless they stand in backticks. */
const keywords = new Set([
  'ADD', 'ALTER', 'AND', 'BY', 'CHAR', 'CHARACTER', 'CREATE', 'DELETE', 'DISTINCT', 'DROP', 'FREE', 'FROM', 'HOLD', 'INSERT',
  'INT', 'INTEGER', 'INTO', 'IS', 'KEY', 'LIKE', 'LOCALIZABLE', 'LONG', 'LONGCHAR', 'NOT', 'NULL', 'OBJECT', 'OR', 'ORDER',
  'PRIMARY', 'SELECT', 'SET', 'SHORT', 'TABLE', 'TEMPORARY', 'UPDATE', 'VALUES', 'WHERE',
])
const blank = /[ \t\n\f]*/y
const word = /[A-Za-z_\u0005\u0080-\uffff-][A-Za-z0-9_\u0005\u0080-\uffff-]*/y
const integer = /-?[0-9]+/y
const sign = /<>|<=|>=|[=<>(),.*?]/y
const largestInteger = 0x7fffffff

export function tokenize(query: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(query)?.[0]
  }
  for (;;) {
    at += match(blank)!.length
    if (at >= query.length) return [...tokens, { kind: 'end', text: '', position: at }]
    const token = quoted(query, at) ?? integerToken(match(integer), at) ?? wordToken(match(word), at) ?? signToken(match(sign), at)
    if (token === undefined) throw new QuerySyntaxError(at, `expected a word, found ${JSON.stringify(query[at])}`)
    tokens.push(token)
    at = end(query, at, token)
  }
}

function end(query: string, at: number, token: Token): number {
  if (query[at] === '`' || query[at] === "'") return at + token.text.length + 2
  const after = at + token.text.length
  // Windows lets a plain name end in a backtick.
  return token.kind === 'name' && query[after] === '`' ? after + 1 : after
}

function quoted(query: string, at: number): Token | undefined {
  const mark = query[at]
  if (mark !== '`' && mark !== "'") return undefined
  const close = query.indexOf(mark, at + 1)
  if (close < 0) throw new QuerySyntaxError(at, `expected a closing ${mark}, found the end of the query`)
  const text = query.slice(at + 1, close)
  if (mark === '`' && text === '') throw new QuerySyntaxError(at, 'expected a name, found nothing between backticks', 'invalidName')
  return { kind: mark === '`' ? 'name' : 'text', text, position: at }
}

function integerToken(text: string | undefined, position: number): Token | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Math.abs(value) > largestInteger) throw new QuerySyntaxError(position, `expected an integer of at most ${largestInteger}, found ${text}`)
  return { kind: 'integer', text, value, position }
}

function wordToken(text: string | undefined, position: number): Token | undefined {
  if (text === undefined) return undefined
  return { kind: keywords.has(text.toUpperCase()) ? 'keyword' : 'name', text, position }
}

function signToken(text: string | undefined, position: number): Token | undefined {
  return text === undefined ? undefined : { kind: 'sign', text, position }
}
