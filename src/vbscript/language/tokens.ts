// The lexer: names, keywords, literals, signs and ends of statements, each with its line and column (from 1).
// https://learn.microsoft.com/previous-versions/t0aew7h6(v=vs.85) (VBScript Language Reference)
import { parseDate } from '../values/dates.ts'
import { parseNumber } from '../values/number-text.ts'
import { compileError, type ScriptPosition } from '../values/script-error.ts'
import { date, double, long, wholeNumber, type Variant } from '../values/variant.ts'

export type TokenKind = 'name' | 'keyword' | 'literal' | 'sign' | 'newline' | 'end'

export interface Token extends ScriptPosition {
  readonly kind: TokenKind
  /** Names as written, keywords in lower case, signs as they are. */
  readonly text: string
  readonly value?: Variant
  /** Something stood between it and the token before. */
  readonly spaced: boolean
}

/** Words that cannot be names. Others, such as Property or Step, mean something only where the grammar asks for them. */
const keywords: ReadonlySet<string> = new Set([
  'and', 'byref', 'byval', 'call', 'case', 'class', 'const', 'dim', 'do', 'each', 'else', 'elseif', 'empty', 'end', 'eqv', 'erase', 'exit',
  'false', 'for', 'function', 'goto', 'if', 'imp', 'in', 'is', 'let', 'loop', 'me', 'mod', 'new', 'next', 'not', 'nothing', 'null', 'on',
  'option', 'or', 'private', 'public', 'redim', 'resume', 'select', 'set', 'stop', 'sub', 'then', 'to', 'true', 'until', 'wend',
  'while', 'with', 'xor',
])

const longestName = 255
const patterns = {
  blanks: /[ \t\v\f\u00a0\u3000]+/y,
  /** The rest of the line behind an underscore has to be empty. */
  continuation: /_[ \t]*(?:\r\n|\r|\n)/y,
  newline: /\r\n|\r|\n/y,
  comment: /'[^\r\n]*/y,
  remark: /rem(?![A-Za-z0-9_])[^\r\n]*/iy,
  name: /[A-Za-z\u00aa-\uffff][A-Za-z0-9_\u00aa-\uffff]*/y,
  bracketed: /\[([^\]\r\n]*)\]/y,
  bits: /&(?:h[0-9a-f]+|o?[0-7]+)&?/iy,
  number: /(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy,
  string: /"(?:[^"\r\n]|"")*"/y,
  date: /#([^#\r\n]*)#/y,
  sign: /<=|>=|<>|=<|=>|><|[=<>+\-*/\\^&(),.:]/y,
} as const

const spellings: Readonly<Record<string, string>> = { '=<': '<=', '=>': '>=', '><': '<>' }

/** @throws ScriptError of compiling */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  let at = 0
  let line = 1
  let lineStart = 0
  let spaced = true
  const position = (): ScriptPosition => ({ line, column: at - lineStart + 1 })
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(source)
  }
  const push = (kind: TokenKind, text: string, length: number, value?: Variant): void => {
    tokens.push({ kind, text, spaced, ...position(), ...(kind === 'literal' ? { value } : {}) })
    at += length
    spaced = false
  }
  const nextLine = (): void => {
    line++
    lineStart = at
  }
  while (at < source.length) {
    let match = take(patterns.blanks) ?? take(patterns.comment)
    if (match === null && startsStatement(tokens)) match = take(patterns.remark)
    if (match !== null) {
      at += match[0].length
      spaced = true
    } else if ((match = take(patterns.continuation)) !== null) {
      at += match[0].length
      spaced = true
      nextLine()
    } else if ((match = take(patterns.newline)) !== null) {
      push('newline', '\n', match[0].length)
      nextLine()
      spaced = true
    } else if ((match = take(patterns.name)) !== null) {
      if (match[0].length > longestName) throw compileError(1030, position())
      const word = match[0].toLowerCase()
      if (keywords.has(word)) push('keyword', word, match[0].length)
      else push('name', match[0], match[0].length)
    } else if ((match = take(patterns.bracketed)) !== null) {
      push('name', match[1]!, match[0].length)
    } else if ((match = take(patterns.bits) ?? take(patterns.number)) !== null) {
      push('literal', match[0], match[0].length, numberLiteral(match[0], position()))
    } else if ((match = take(patterns.string)) !== null) {
      push('literal', match[0], match[0].length, match[0].slice(1, -1).replaceAll('""', '"'))
    } else if ((match = take(patterns.date)) !== null) {
      push('literal', match[0], match[0].length, dateLiteral(match[1]!, position()))
    } else if ((match = take(patterns.sign)) !== null) {
      push('sign', spellings[match[0]] ?? match[0], match[0].length)
    } else {
      throw compileError(source[at] === '"' ? 1033 : source[at] === '[' ? 1007 : source[at] === '#' ? 1002 : 1032, position())
    }
  }
  push('newline', '\n', 0)
  push('end', '', 0)
  return tokens
}

/** Rem is a comment where a statement may begin. */
function startsStatement(tokens: readonly Token[]): boolean {
  const last = tokens.at(-1)
  return last === undefined || last.kind === 'newline' || last.text === ':' || (last.kind === 'keyword' && (last.text === 'then' || last.text === 'else'))
}

function numberLiteral(text: string, position: ScriptPosition): Variant {
  const value = parseNumber(text)
  if (value === undefined || !Number.isFinite(value)) throw compileError(1031, position)
  if (text.startsWith('&') && text.endsWith('&')) return long(value)
  return /^\d+$/.test(text) || text.startsWith('&') ? wholeNumber(value) : double(value)
}

function dateLiteral(text: string, position: ScriptPosition): Variant {
  // A literal that leaves out the year is of no certain date; scripts write it in full.
  const serial = parseDate(text, 1900)
  if (serial === undefined) throw compileError(1002, position)
  return date(serial)
}
