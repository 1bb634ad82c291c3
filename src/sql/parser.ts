// Recursive descent over the tokens of one statement. https://learn.microsoft.com/windows/win32/msi/sql-syntax
// Names are not looked up here.
import type { ColumnDefinition, ColumnType } from '../database/index.ts'
import type {
  AlterTable, ColumnReference, CreateTable, Expression, Operator, Select, SelectItem, Statement, TableName, Value,
} from './ast.ts'
import { tokenize, type Token } from './lexer.ts'
import { QuerySyntaxError, type queryMessages } from './query-syntax-error.ts'

const operators: ReadonlySet<string> = new Set(['=', '<>', '<', '>', '<=', '>='])
const types: Readonly<Record<string, ColumnType>> = {
  CHAR: 'string', CHARACTER: 'string', LONGCHAR: 'string', SHORT: 'int16', INT: 'int16', INTEGER: 'int16', LONG: 'int32', OBJECT: 'binary',
}
const deepestParentheses = 64
const widestString = 255
/** What is missing where one of these words and signs is. */
const required: Readonly<Record<string, keyof typeof queryMessages>> = { ')': 'missingParenthesis', FROM: 'noFrom', PRIMARY: 'noKey', KEY: 'noKey' }
/** In one WHERE. */
const mostTerms = 32

/** @throws QuerySyntaxError */
export function parseQuery(query: string): Statement {
  return new Parser(query).statement()
}

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #markers = 0
  #depth = 0
  #terms = 0

  constructor(query: string) {
    this.#tokens = tokenize(query)
  }

  statement(): Statement {
    const statement = this.#statement()
    if (this.#token.kind !== 'end') this.#expected('the end of the query')
    return deepFreeze(statement)
  }

  #statement(): Statement {
    if (this.#accept('SELECT')) return this.#select()
    if (this.#accept('INSERT')) return this.#insert()
    if (this.#accept('UPDATE')) return this.#update()
    if (this.#accept('DELETE')) {
      this.#require('FROM')
      return { kind: 'delete', table: this.#table(), where: this.#where() }
    }
    if (this.#accept('CREATE')) return this.#createTable()
    if (this.#accept('DROP')) {
      this.#require('TABLE')
      return { kind: 'drop-table', table: this.#table() }
    }
    if (this.#accept('ALTER')) return this.#alterTable()
    return this.#expected('SELECT, INSERT, UPDATE, DELETE, CREATE, DROP or ALTER', 'noQuery')
  }

  #select(): Select {
    const distinct = this.#accept('DISTINCT')
    if (this.#token.kind === 'keyword') this.#expected('a column', 'noColumns')
    const items = this.#list(() => this.#selectItem())
    this.#require('FROM')
    const tables = this.#list(() => this.#table())
    const where = this.#where()
    let orderBy: ColumnReference[] = []
    if (this.#accept('ORDER')) {
      this.#require('BY')
      orderBy = this.#list(() => this.#column())
    }
    return { kind: 'select', distinct, items, tables, where, orderBy }
  }

  #selectItem(): SelectItem {
    if (this.#accept('*')) return { kind: 'all' }
    const token = this.#token
    if (token.kind !== 'text') return this.#column()
    this.#at++
    return { kind: 'text', value: token.text }
  }

  #insert(): Statement {
    this.#require('INTO')
    const table = this.#table()
    this.#require('(')
    const columns = this.#list(() => this.#column())
    this.#require(')')
    this.#require('VALUES')
    this.#require('(')
    const values = this.#list(() => this.#value())
    this.#requireDistinct(columns)
    if (values.length !== columns.length) this.#expected(`${columns.length} values`, 'tooFewValues')
    this.#require(')')
    return { kind: 'insert', table, columns, values, temporary: this.#accept('TEMPORARY') }
  }

  #update(): Statement {
    const tables = this.#list(() => this.#table())
    this.#require('SET')
    const assignments = this.#list(() => {
      const column = this.#column()
      this.#require('=')
      return { column, value: this.#value() }
    })
    return { kind: 'update', tables, assignments, where: this.#where() }
  }

  #createTable(): CreateTable {
    this.#require('TABLE')
    const table = this.#table()
    this.#require('(')
    const columns = this.#list(() => this.#columnDefinition())
    this.#requireDistinct(columns)
    this.#require('PRIMARY')
    this.#require('KEY')
    const primaryKey = this.#list(() => this.#column())
    this.#requireDistinct(primaryKey)
    this.#require(')')
    return { kind: 'create-table', table, columns, primaryKey, hold: this.#accept('HOLD') }
  }

  #alterTable(): AlterTable {
    this.#require('TABLE')
    const table = this.#table()
    if (this.#accept('HOLD')) return { kind: 'alter-table', table, change: { kind: 'hold' } }
    if (this.#accept('FREE')) return { kind: 'alter-table', table, change: { kind: 'free' } }
    this.#require('ADD')
    const column = this.#columnDefinition()
    return { kind: 'alter-table', table, change: { kind: 'add', column, hold: this.#accept('HOLD') } }
  }

  #columnDefinition(): ColumnDefinition {
    const { name } = this.#column()
    const token = this.#token
    const type = token.kind === 'keyword' ? types[token.text.toUpperCase()] : undefined
    if (type === undefined) return this.#expected('a column type', 'invalidType')
    this.#at++
    const width = token.text.toUpperCase().startsWith('CHAR') && this.#accept('(') ? this.#width() : 0
    let nullable = true
    if (this.#accept('NOT')) {
      this.#require('NULL')
      nullable = false
    }
    return { name, type, width, nullable, temporary: this.#accept('TEMPORARY'), localizable: this.#accept('LOCALIZABLE') }
  }

  #width(): number {
    const token = this.#token
    if (token.kind !== 'integer' || token.value < 0 || token.value > widestString) return this.#expected(`a width from 0 to ${widestString}`)
    this.#at++
    this.#require(')')
    return token.value
  }

  #where(): Expression | undefined {
    return this.#accept('WHERE') ? this.#expression() : undefined
  }

  #expression(): Expression {
    return this.#joined('OR', () => this.#joined('AND', () => this.#condition()))
  }

  #joined(word: 'AND' | 'OR', term: () => Expression): Expression {
    const terms = [term()]
    while (this.#accept(word)) terms.push(term())
    return terms.length === 1 ? terms[0]! : { kind: word === 'AND' ? 'and' : 'or', terms }
  }

  #condition(): Expression {
    if (this.#accept('(')) {
      if (++this.#depth > deepestParentheses) this.#expected(`at most ${deepestParentheses} nested parentheses`)
      const inner = this.#expression()
      this.#depth--
      this.#require(')')
      return inner
    }
    const left = this.#column()
    if (++this.#terms > mostTerms) this.#expected(`at most ${mostTerms} comparisons`, 'tooManyTerms')
    if (this.#accept('IS')) {
      const negated = this.#accept('NOT')
      this.#require('NULL')
      return { kind: 'is-null', column: left, negated }
    }
    const operator = this.#token
    if (operator.kind !== 'sign' || !operators.has(operator.text)) return this.#expected('a comparison', 'invalidOperator')
    this.#at++
    const right = this.#token.kind === 'name' ? this.#column() : this.#value()
    return { kind: 'comparison', left, operator: operator.text as Operator, right }
  }

  #value(): Value {
    const token = this.#token
    if (token.kind === 'text') {
      this.#at++
      return { kind: 'text', value: token.text }
    }
    if (token.kind === 'integer') {
      this.#at++
      return { kind: 'integer', value: token.value }
    }
    if (this.#accept('?')) return { kind: 'marker', index: ++this.#markers }
    if (this.#accept('NULL')) return { kind: 'null' }
    return this.#expected('a value')
  }

  #table(): TableName {
    const { position } = this.#token
    return { name: this.#name('a table'), position }
  }

  #column(): ColumnReference {
    const { position } = this.#token
    const first = this.#name('a column')
    const [table, name] = this.#accept('.') ? [first, this.#name('a column')] : [undefined, first]
    if (/[\u0000-\u0004\u0006-\u001f]/.test(name)) throw new QuerySyntaxError(position, 'expected a column name without control characters', 'invalidName')
    return { kind: 'column', table, name, position }
  }

  #name(what: string): string {
    const token = this.#token
    if (token.kind !== 'name') return this.#expected(what)
    this.#at++
    return token.text
  }

  #list<T>(item: () => T): T[] {
    const items = [item()]
    while (this.#accept(',')) items.push(item())
    return items
  }

  #requireDistinct(columns: readonly { readonly name: string }[]): void {
    const names = columns.map(({ name }) => name)
    if (new Set(names).size < names.length) this.#expected('each column once', 'repeatedColumn')
  }

  get #token(): Token {
    return this.#tokens[this.#at]!
  }

  /** A keyword or a sign. */
  #accept(text: string): boolean {
    const token = this.#token
    if ((token.kind !== 'keyword' && token.kind !== 'sign') || token.text.toUpperCase() !== text) return false
    this.#at++
    return true
  }

  #require(text: string): void {
    if (!this.#accept(text)) this.#expected(text, required[text])
  }

  #expected(what: string, problem?: keyof typeof queryMessages): never {
    const { kind, text, position } = this.#token
    throw new QuerySyntaxError(position, `expected ${what}, found ${kind === 'end' ? 'the end of the query' : JSON.stringify(text)}`, problem)
  }
}

function deepFreeze<T extends object>(value: T): T {
  for (const one of Object.values(value)) if (typeof one === 'object' && one !== null) deepFreeze(one as object)
  return Object.freeze(value)
}
