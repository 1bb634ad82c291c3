// Splits the text of a condition into tokens with their positions.
// https://learn.microsoft.com/windows/win32/msi/conditional-statement-syntax
// Keywords and operators are case-insensitive, identifiers are not. Positions are UTF-16 units from the start.
import { WindowsError } from '../base/index.ts'

/** Sigil of a symbol: none = property, `%` environment, `?` `$` component and `!` `&` feature (installed, action). */
export type SymbolSigil = '' | '%' | '?' | '$' | '!' | '&'
export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=' | '><' | '<<' | '>>'
export type LogicalOperator = 'and' | 'or' | 'xor' | 'eqv' | 'imp'

export type Token =
  | { readonly kind: 'symbol'; readonly position: number; readonly sigil: SymbolSigil; readonly name: string }
  | { readonly kind: 'literal'; readonly position: number; readonly text: string }
  | { readonly kind: 'integer'; readonly position: number; readonly value: number }
  | { readonly kind: 'comparison'; readonly position: number; readonly operator: ComparisonOperator; readonly ignoreCase: boolean }
  | { readonly kind: 'logical'; readonly position: number; readonly operator: LogicalOperator }
  | { readonly kind: 'not' | '(' | ')' | 'end'; readonly position: number }

/** A condition that does not follow the grammar. Windows Installer reports error 2717 or the like and stops. */
export class ConditionSyntaxError extends WindowsError {
  override readonly name = 'ConditionSyntaxError'
  /** Where it went wrong: UTF-16 units from the start of the condition. */
  readonly position: number
  readonly expected: string
  readonly found: string

  constructor(position: number, expected: string, found: string) {
    super('ERROR_INVALID_DATA', `condition, character ${position + 1}: expected ${expected}, found ${found}`)
    this.position = position
    this.expected = expected
    this.found = found
  }
}

const logicalOperators: ReadonlySet<string> = new Set<LogicalOperator>(['and', 'or', 'xor', 'eqv', 'imp'])
const tokenPattern = /(?<space>[ \t\r\n\f\v]+)|(?<paren>[()])|"(?<literal>[^"]*)"|(?<integer>-?[0-9]+)|(?<sigil>[%?$!&]?)(?<name>[A-Za-z_][A-Za-z0-9_.]*)|(?<fold>~?)(?<operator><>|<=|<<|>=|><|>>|[=<>])/y

/** @throws ConditionSyntaxError at a character that begins no token. */
export function tokenizeCondition(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = new RegExp(tokenPattern)
  for (let position = 0; position < text.length; position = pattern.lastIndex) {
    pattern.lastIndex = position
    const groups = pattern.exec(text)?.groups
    if (groups === undefined) throw unexpectedCharacter(text, position)
    if (groups.space === undefined) tokens.push(tokenFrom(groups, position))
  }
  tokens.push({ kind: 'end', position: text.length })
  return tokens
}

function tokenFrom(groups: Readonly<Record<string, string | undefined>>, position: number): Token {
  if (groups.paren !== undefined) return { kind: groups.paren as '(' | ')', position }
  if (groups.literal !== undefined) return { kind: 'literal', position, text: groups.literal }
  if (groups.integer !== undefined) {
    const value = integerOf(groups.integer)
    if (value === undefined) throw new ConditionSyntaxError(position, 'an integer of 32 bits', groups.integer)
    return { kind: 'integer', position, value }
  }
  if (groups.name !== undefined) return wordToken(groups.sigil as SymbolSigil, groups.name, position)
  return { kind: 'comparison', position, operator: groups.operator as ComparisonOperator, ignoreCase: groups.fold === '~' }
}

function wordToken(sigil: SymbolSigil, name: string, position: number): Token {
  const word = sigil === '' ? name.toLowerCase() : ''
  if (word === 'not') return { kind: 'not', position }
  if (logicalOperators.has(word)) return { kind: 'logical', position, operator: word as LogicalOperator }
  return { kind: 'symbol', position, sigil, name }
}

function unexpectedCharacter(text: string, position: number): ConditionSyntaxError {
  if (text[position] === '"') return new ConditionSyntaxError(position, 'a literal that ends with a quotation mark', 'no second one')
  if (text[position] === '~') return new ConditionSyntaxError(position, 'a comparison operator right after ~', 'none')
  return new ConditionSyntaxError(position, 'a value, an operator or a parenthesis', `"${String.fromCodePoint(text.codePointAt(position)!)}"`)
}

/** The number when the text is a plain decimal integer of 32 bits: an optional minus sign and digits, nothing else. */
export function integerOf(text: string): number | undefined {
  if (!/^-?[0-9]+$/.test(text)) return undefined
  const value = Number(text)
  return value >= -0x80000000 && value <= 0x7fffffff ? value : undefined
}
