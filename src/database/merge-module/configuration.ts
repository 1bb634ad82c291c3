// Configurable merge modules: items whose values the one who merges provides, and the cells they go into.
// https://learn.microsoft.com/windows/win32/msi/modulesubstitution-table
// CMSM special format: `;` parts, `=` is reserved, a backslash takes the next character literally.
import type { Database } from '../database.ts'
import { integerOf, type Cell } from '../table/cell.ts'
import type { Table } from '../table/table.ts'
import type { MergeProblem } from './problem.ts'

export interface ConfigurableItem {
  readonly name: string
  readonly format: 'text' | 'key' | 'integer' | 'bitfield'
  /** For user interfaces, as `contextData`. */
  readonly type: string
  readonly contextData: string
  readonly defaultValue: string
  readonly nonNullable: boolean
  readonly keyNoOrphan: boolean
  readonly displayName: string
  readonly description: string
  readonly helpLocation: string
  readonly helpKeyword: string
}

/** The value of an item; `undefined` takes the default. Keys are in CMSM special format. */
export type ProvideValue = (item: ConfigurableItem) => string | number | null | undefined

const formats = ['text', 'key', 'integer', 'bitfield'] as const
const forbiddenTables = new Set(['ModuleSubstitution', 'ModuleConfiguration', 'ModuleExclusion', 'ModuleSignature'])

/** What can be configured in a module. */
export function configurableItems(module: Database): ConfigurableItem[] {
  return [...module.table('ModuleConfiguration')?.rows() ?? []].map((row): ConfigurableItem => {
    const attributes = row.integer('Attributes') ?? 0
    return {
      name: row.text('Name'), format: formats[row.integer('Format') ?? 0] ?? 'text', type: row.text('Type'), contextData: row.text('ContextData'),
      defaultValue: row.text('DefaultValue'), keyNoOrphan: (attributes & 1) !== 0, nonNullable: (attributes & 2) !== 0,
      displayName: row.text('DisplayName'), description: row.text('Description'), helpLocation: row.text('HelpLocation'), helpKeyword: row.text('HelpKeyword'),
    }
  })
}

/** Stops a merge; the problem is what is wrong with the module or the values. */
export class ConfigurationError extends Error {
  readonly problem: MergeProblem

  constructor(problem: MergeProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** The parts of a text in CMSM special format. */
export function splitCmsm(text: string): string[] {
  const parts = ['']
  for (let at = 0; at < text.length; at++) {
    if (text[at] === ';') parts.push('')
    else {
      if (text[at] === '\\' && at + 1 < text.length) at++
      parts[parts.length - 1] += text[at]!
    }
  }
  return parts
}

interface ItemValue {
  readonly item: ConfigurableItem
  /** As it was provided, or the default. */
  readonly text: string
  readonly isDefault: boolean
}

/** The values of a module's items, and the cells of its rows with these values in them. */
export class Configuration {
  readonly #items: ReadonlyMap<string, ConfigurableItem>
  readonly #values = new Map<string, ItemValue>()
  readonly #provide: ProvideValue
  /** By table, then by key: what to put into which column. */
  readonly #substitutions = new Map<string, Map<string, { column: string; value: string }[]>>()

  /** @throws ConfigurationError */
  constructor(module: Database, provide: ProvideValue = () => undefined) {
    this.#provide = provide
    this.#items = new Map(configurableItems(module).map((item) => [item.name, item]))
    for (const row of module.table('ModuleSubstitution')?.rows() ?? []) {
      const table = row.text('Table')
      if (forbiddenTables.has(table)) fail('missingConfigItem', `table ${table} cannot be configured`, [table, row.text('Row'), row.text('Column')])
      const rows = this.#substitutions.get(table) ?? new Map<string, { column: string; value: string }[]>()
      this.#substitutions.set(table, rows)
      const key = keyOf(splitCmsm(row.text('Row')))
      rows.set(key, [...rows.get(key) ?? [], { column: row.text('Column'), value: row.text('Value') }])
      for (const [, name] of row.text('Value').matchAll(reference)) this.#value(name!)
    }
  }

  /** The cells of a row as they are to be merged. @throws ConfigurationError */
  configured(table: Table, cells: readonly Cell[]): Cell[] {
    const key = table.keyColumns.map((position) => String(cells[position] ?? ''))
    const substitutions = this.#substitutions.get(table.name)?.get(keyOf(key))
    const result = [...cells]
    for (const { column, value } of substitutions ?? []) {
      const position = table.columnNumber(column)
      if (position === undefined) fail('badSubstitutionType', `table ${table.name}: expected a column ${column}, found none`, key, table.name)
      result[position!] = this.#cell(table, position!, value, cells[position!]!, key)
    }
    return result
  }

  /** Rows that nobody uses any more: their item was given another value, and wants no orphans. */
  isOrphan(table: string, cells: readonly Cell[], keyColumns: readonly number[]): boolean {
    const key = keyOf(keyColumns.map((position) => String(cells[position] ?? '')))
    const using = [...this.#values.values()].filter(({ item }) => item.format === 'key' && item.type === table && keyOf(splitCmsm(item.defaultValue)) === key)
    return using.length > 0 && using.every(({ item, isDefault }) => item.keyNoOrphan && !isDefault)
  }

  #cell(table: Table, position: number, template: string, current: Cell, key: readonly string[]): Cell {
    const { name, type, nullable } = table.columns[position]!
    const masked = type === 'int16' || type === 'int32' ? this.#bits(template, current) : undefined
    if (masked !== undefined) return masked
    const text = splitCmsm(template.replace(reference, (_, item: string, part: string | undefined) => escapeCmsm(this.#part(item, Number(part ?? 1))))).join(';')
    if (text === '') {
      if (!nullable) fail('badNullSubstitution', `column ${name}: expected a value, found null`, key, table.name)
      return null
    }
    if (type === 'string') return text
    const value = type === 'binary' ? undefined : integerOf(text.replace(/^\+/, ''))
    if (value === undefined) fail('badSubstitutionType', `column ${name}: expected an integer, found ${JSON.stringify(text)}`, key, table.name)
    return value!
  }

  /** A template of bit fields alone changes the bits of their masks. */
  #bits(template: string, current: Cell): number | undefined {
    const values = [...template.matchAll(reference)].map(([, name]) => this.#value(name!))
    if (values.length === 0 || template.replace(reference, '') !== '' || values.some(({ item }) => item.format !== 'bitfield')) return undefined
    let mask = 0
    let bits = 0
    for (const { item, text } of values) {
      const own = Number(splitCmsm(item.contextData)[0]) | 0
      mask |= own
      bits |= Number(text) & own
    }
    return (Number(current ?? 0) & ~mask) | bits
  }

  #part(name: string, part: number): string {
    const { item, text } = this.#value(name)
    return item.format === 'key' ? splitCmsm(text)[part - 1] ?? '' : text
  }

  #value(name: string): ItemValue {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const item = this.#items.get(name)
    if (item === undefined) fail('missingConfigItem', `expected an item ${JSON.stringify(name)} in ModuleConfiguration, found none`, [name])
    const provided = this.#provide(item!)
    const text = provided === undefined ? item!.defaultValue : String(provided ?? '')
    const isNumber = item!.format === 'integer' || item!.format === 'bitfield'
    const needsValue = item!.nonNullable || item!.format !== 'text'
    if (text === '' && needsValue && provided !== undefined) fail('badNullResponse', `item ${name}: expected a value, found null`, [name], 'ModuleConfiguration')
    if (isNumber && text !== '' && integerOf(text.replace(/^\+/, '')) === undefined) {
      fail('dataRequestFailed', `item ${name}: expected an integer, found ${JSON.stringify(text)}`, [name], 'ModuleConfiguration')
    }
    const value = { item: item!, text, isDefault: provided === undefined }
    this.#values.set(name, value)
    return value
  }
}

const reference = /\[=([^\];]+)(?:;(\d{1,2}))?\]/g

function keyOf(parts: readonly string[]): string {
  return parts.join('\0')
}

function escapeCmsm(text: string): string {
  return text.replace(/[;=\\]/g, '\\$&')
}

function fail(type: MergeProblem['type'], message: string, key: readonly string[], table = 'ModuleSubstitution'): never {
  throw new ConfigurationError({ type, message, table, key })
}
