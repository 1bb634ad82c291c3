// Statements. Procedures and classes are collected apart: they are known before the first statement runs.
// https://learn.microsoft.com/previous-versions/7aw9cadb(v=vs.85) (VBScript Statements)
import type { ScriptError } from '../values/script-error.ts'
import { VariantNumber } from '../values/variant.ts'
import type { Access, Argument, ClassDeclaration, Expression, ProcedureDeclaration, Script, Statement, VariableDeclaration } from './ast.ts'
import { parseBlockStatement, parseConditionalBlock } from './blocks.ts'
import { parseClass, parseProcedure } from './declarations.ts'
import { parseArguments, parseExpression, parsePostfix } from './expressions.ts'
import { TokenReader } from './token-reader.ts'
import { tokenize } from './tokens.ts'

/** @throws ScriptError of compiling, with its position */
export function parseScript(source: string): Script {
  return new Parser(new TokenReader(tokenize(source))).script()
}

/** One expression and nothing else: what Eval takes. */
export function parseSingleExpression(source: string): Expression {
  const reader = new TokenReader(tokenize(source))
  const expression = parseExpression(reader)
  reader.skipSeparators()
  if (reader.token.kind !== 'end') throw reader.error(1025)
  return expression
}

/** Where a statement stands: what may end, and be left, there. */
export interface Surroundings {
  readonly procedure: 'sub' | 'function' | 'property' | undefined
  readonly inDo: boolean
  readonly inFor: boolean
}

export class Parser {
  readonly reader: TokenReader
  readonly #procedures: ProcedureDeclaration[] = []
  readonly #classes: ClassDeclaration[] = []
  #explicit = false
  #depth = 0

  constructor(reader: TokenReader) {
    this.reader = reader
  }

  script(): Script {
    const statements = this.block({ procedure: undefined, inDo: false, inFor: false }, () => this.reader.token.kind === 'end')
    return { explicit: this.#explicit, statements, procedures: this.#procedures, classes: this.#classes }
  }

  /** Statements up to what ends them, which is left to the caller. */
  block(around: Surroundings, isEnd: () => boolean): Statement[] {
    const { reader } = this
    const statements: Statement[] = []
    for (;;) {
      reader.skipSeparators()
      if (isEnd()) return statements
      if (reader.token.kind === 'end') throw this.unclosed()
      this.#depth++
      const parsed = reader.nested(() => this.statement(around))
      this.#depth--
      statements.push(...parsed)
      if (!reader.isStatementEnd() && !isEnd()) throw reader.error(1025)
    }
  }

  /** The script ends within a block. */
  unclosed(): ScriptError {
    return this.reader.error(1014)
  }

  statement(around: Surroundings): Statement[] {
    const { reader } = this
    const { token } = reader
    const here = { line: token.line, column: token.column }
    if (token.kind === 'keyword') return this.#keywordStatement(around, here)
    if (reader.isWord('property') && reader.next.kind !== 'sign' && reader.next.kind !== 'newline') throw reader.error(1048)
    return [this.#assignmentOrCall(here)]
  }

  #keywordStatement(around: Surroundings, here: { line: number; column: number }): Statement[] {
    const { reader } = this
    const word = reader.token.text
    switch (word) {
      case 'dim': return [{ type: 'dim', variables: this.#variables(), ...here }]
      case 'redim': return this.#redim(here)
      case 'erase': return this.#erase(here)
      case 'const': return this.#constants(here)
      case 'public': case 'private': return this.#accessModifier(around, word, here)
      case 'set': return [this.#setAssignment(here)]
      case 'call': return [this.#callStatement(here)]
      case 'if': return [parseConditionalBlock(this, around, here)]
      case 'select': case 'for': case 'do': case 'while': case 'with': return [parseBlockStatement(this, around, here)]
      case 'exit': return [this.#exit(around, here)]
      case 'on': return [this.#onError(here)]
      case 'option': return this.#option()
      case 'sub': case 'function': return this.#procedure(around, 'public', false)
      case 'class': return this.#class(around)
      case 'stop':
        reader.advance()
        return [{ type: 'stop', ...here }]
      case 'me': return [this.#assignmentOrCall(here)]
      case 'loop': throw reader.error(1038)
      case 'next': throw reader.error(1055)
      default: throw reader.error(1024)
    }
  }

  #variables(): VariableDeclaration[] {
    const { reader } = this
    reader.advance()
    return this.variableList()
  }

  variableList(): VariableDeclaration[] {
    const { reader } = this
    const list: VariableDeclaration[] = []
    do {
      const name = reader.name()
      list.push({ name, bounds: reader.takeSign('(') ? this.#constantBounds() : undefined })
    } while (reader.takeSign(','))
    return list
  }

  #constantBounds(): number[] {
    const { reader } = this
    const bounds: number[] = []
    if (reader.takeSign(')')) return bounds
    do {
      const { value } = reader.token
      if (reader.token.kind !== 'literal' || !(value instanceof VariantNumber) || !Number.isInteger(value.value)) throw reader.error(1026)
      bounds.push(value.value)
      reader.advance()
    } while (reader.takeSign(','))
    reader.expectSign(')', 1006)
    return bounds
  }

  #redim(here: { line: number; column: number }): Statement[] {
    const { reader } = this
    reader.advance()
    const preserve = reader.isWord('preserve') && reader.next.kind === 'name'
    if (preserve) reader.advance()
    const statements: Statement[] = []
    do {
      const name = reader.name()
      reader.expectSign('(', 1005)
      const bounds = parseArguments(reader, () => reader.isSign(')'))
      reader.expectSign(')', 1006)
      if (bounds.some((bound) => bound === undefined)) throw reader.error(1023)
      statements.push({ type: 'redim', preserve, name, bounds: bounds as Expression[], ...here })
    } while (reader.takeSign(','))
    return statements
  }

  #erase(here: { line: number; column: number }): Statement[] {
    const { reader } = this
    reader.advance()
    const statements: Statement[] = []
    do statements.push({ type: 'erase', target: parsePostfix(reader), ...here })
    while (reader.takeSign(','))
    return statements
  }

  #constants(here: { line: number; column: number }): Statement[] {
    const { reader } = this
    reader.advance()
    const statements: Statement[] = []
    do {
      const name = reader.name()
      reader.expectSign('=', 1011)
      const value = parseExpression(reader)
      if (!isConstant(value)) throw reader.error(1045)
      statements.push({ type: 'const', name, value, ...here })
    } while (reader.takeSign(','))
    return statements
  }

  #accessModifier(around: Surroundings, word: Access, here: { line: number; column: number }): Statement[] {
    const { reader } = this
    reader.advance()
    if (reader.isKeyword('sub') || reader.isKeyword('function')) return this.#procedure(around, word, false)
    if (reader.isKeyword('const')) return this.#constants(here)
    if (reader.isWord('default') && reader.next.kind === 'keyword') throw reader.error(1048)
    if (reader.isKeyword('dim')) reader.advance()
    return [{ type: 'dim', variables: this.variableList(), ...here }]
  }

  #procedure(around: Surroundings, access: Access, isDefault: boolean): Statement[] {
    // Procedures do not nest, nor do they stand within blocks.
    if (around.procedure !== undefined || this.#depth > 1) throw this.reader.error(1002)
    this.#procedures.push(parseProcedure(this, access, isDefault))
    return []
  }

  #class(around: Surroundings): Statement[] {
    if (around.procedure !== undefined || this.#depth > 1) throw this.reader.error(1002)
    this.#classes.push(parseClass(this))
    return []
  }

  #setAssignment(here: { line: number; column: number }): Statement {
    const { reader } = this
    reader.advance()
    const target = parsePostfix(reader)
    if (!isAssignable(target)) throw reader.error(1010)
    reader.expectSign('=', 1011)
    return { type: 'assign', target, value: parseExpression(reader), isSet: true, ...here }
  }

  #callStatement(here: { line: number; column: number }): Statement {
    const { reader } = this
    reader.advance()
    const target = parsePostfix(reader)
    return target.type === 'index' ? { type: 'call', target: target.target, args: target.args, ...here } : { type: 'call', target, args: [], ...here }
  }

  /** `f (a), b` and `f (a) & b` are arguments that begin with a parenthesis, `f(a)` a single one by value. */
  #assignmentOrCall(here: { line: number; column: number }): Statement {
    const { reader } = this
    let lastParenthesis = 0
    const start = reader.at
    const target = parsePostfix(reader, (at) => { lastParenthesis = at })
    if (reader.takeSign('=')) {
      if (!isAssignable(target)) throw reader.error(1002)
      return { type: 'assign', target, value: parseExpression(reader), isSet: false, ...here }
    }
    if (target.type !== 'index') return { type: 'call', target: this.#callable(target, start), args: this.#bareArguments(), ...here }
    const callee = target.target
    if (this.#isCallEnd()) {
      if (target.args.length > 1) throw reader.error(1044)
      const args = target.args.map((one): Argument => one === undefined ? undefined : { type: 'group', expression: one })
      return { type: 'call', target: callee, args, ...here }
    }
    reader.at = lastParenthesis
    return { type: 'call', target: this.#callable(callee, start), args: this.#bareArguments(), ...here }
  }

  #callable(target: Expression, start: number): Expression {
    if (target.type === 'name' || target.type === 'member' || target.type === 'index') return target
    this.reader.at = start
    throw this.reader.error(1024)
  }

  /** Also before Else and End If of a statement on one line. */
  #isCallEnd(): boolean {
    const { reader } = this
    return reader.isStatementEnd() || reader.isKeyword('else') || reader.isKeyword('elseif') || reader.isKeyword('end') || reader.isKeyword('loop') || reader.isKeyword('next') || reader.isKeyword('wend')
  }

  #bareArguments(): Argument[] {
    return this.#isCallEnd() ? [] : parseArguments(this.reader, () => this.#isCallEnd())
  }

  #exit({ procedure, inDo, inFor }: Surroundings, here: { line: number; column: number }): Statement {
    const { reader } = this
    reader.advance()
    const what = reader.token.text.toLowerCase()
    const allowed = what === 'do' ? inDo : what === 'for' ? inFor : what === procedure
    if (!allowed) throw reader.error(1039)
    reader.advance()
    return { type: 'exit', what: what as 'do' | 'for' | 'function' | 'sub' | 'property', ...here }
  }

  #onError(here: { line: number; column: number }): Statement {
    const { reader } = this
    reader.advance()
    if (!reader.takeWord('error')) throw reader.error(1002)
    if (reader.takeKeyword('resume')) {
      reader.expectKeyword('next', 1020)
      return { type: 'on-error', resumeNext: true, ...here }
    }
    reader.expectKeyword('goto', 1002)
    if (reader.token.text !== '0') throw reader.error(1002)
    reader.advance()
    return { type: 'on-error', resumeNext: false, ...here }
  }

  #option(): Statement[] {
    const { reader } = this
    reader.advance()
    if (!reader.takeWord('explicit')) throw reader.error(1002)
    this.#explicit = true
    return []
  }
}

function isAssignable({ type }: Expression): boolean {
  return type === 'name' || type === 'member' || type === 'index'
}

function isConstant(value: Expression): boolean {
  if (value.type === 'literal') return true
  if (value.type === 'group') return isConstant(value.expression)
  return value.type === 'unary' && isConstant(value.operand)
}
