// A place in the tokens of a script: what the parser's parts share. Depth is bounded, so that no script can exhaust the stack.
import { compileError, type ScriptError } from '../values/script-error.ts'
import type { Token } from './tokens.ts'

/** Statements and parentheses within each other. */
const deepest = 200

export class TokenReader {
  readonly #tokens: readonly Token[]
  at = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  get token(): Token {
    return this.#tokens[this.at]!
  }

  get next(): Token {
    return this.#tokens[Math.min(this.at + 1, this.#tokens.length - 1)]!
  }

  advance(): Token {
    const token = this.token
    if (token.kind !== 'end') this.at++
    return token
  }

  error(number: number, token = this.token): ScriptError {
    return compileError(number, token)
  }

  nested<T>(parse: () => T): T {
    if (++this.#depth > deepest) throw this.error(1001)
    try {
      return parse()
    } finally {
      this.#depth--
    }
  }

  isSign(text: string): boolean {
    return this.token.kind === 'sign' && this.token.text === text
  }

  takeSign(text: string): boolean {
    if (!this.isSign(text)) return false
    this.at++
    return true
  }

  isKeyword(text: string): boolean {
    return this.token.kind === 'keyword' && this.token.text === text
  }

  takeKeyword(text: string): boolean {
    if (!this.isKeyword(text)) return false
    this.at++
    return true
  }

  /** A word with a meaning in this place only. */
  isWord(text: string): boolean {
    return this.token.kind === 'name' && this.token.text.toLowerCase() === text
  }

  takeWord(text: string): boolean {
    if (!this.isWord(text)) return false
    this.at++
    return true
  }

  expectSign(text: string, error: number): void {
    if (!this.takeSign(text)) throw this.error(error)
  }

  expectKeyword(text: string, error: number): void {
    if (!this.takeKeyword(text)) throw this.error(error)
  }

  name(): string {
    if (this.token.kind !== 'name') throw this.error(1010)
    return this.advance().text
  }

  /** After a point keywords are names too: `record.Set`. */
  memberName(): string {
    if (this.token.kind !== 'name' && this.token.kind !== 'keyword') throw this.error(1010)
    return this.advance().text
  }

  isStatementEnd(): boolean {
    return this.token.kind === 'newline' || this.token.kind === 'end' || this.isSign(':')
  }

  skipSeparators(): void {
    while (this.token.kind === 'newline' || this.isSign(':')) this.at++
  }
}
