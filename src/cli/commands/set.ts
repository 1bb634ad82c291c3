// `msikit set`: changes single values of a package: cells, summary properties, the code page.
import { filetimeFromUnixMs, isKnownCodePage, WindowsError } from '../../base/index.ts'
import type { Cell, Database } from '../../database/index.ts'
import { openFileSource } from '../../node/index.ts'
import { variantType, SummaryProperty, type SummaryValue } from '../../property-set/index.ts'
import { editOptions, openToEdit, saveEdited } from '../package/edit-package.ts'
import { within } from '../package/open-package.ts'
import { findCell, missingRow, newKey, requireRow } from '../package/row-address.ts'
import type { CommandInput } from '../program/command.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { nearest } from '../program/nearest.ts'
import { commandRunner } from '../program/run-command.ts'
import { escapeControls } from '../terminal/columns.ts'

interface Change {
  readonly what: string
  readonly before: string | null
  readonly after: string | null
}

export const run = commandRunner({
  name: 'set',
  summary: 'Change single values of a package',
  about: 'A cell is named TABLE.KEY.COLUMN, or TABLE.KEY where the table has one more column only, as Property has; the parts of a longer key\n'
    + 'are joined with full stops. Summary.NAME is a property of the summary information, Codepage the code page of all texts. Nothing\n'
    + 'after "=" makes a cell null, @FILE puts a file into a binary one. The package is changed in place, whole or not at all:\n'
    + 'when one change is refused, none is made.',
  arguments: [{ name: 'FILE', about: 'A package' }, { name: 'NAME=VALUE', about: 'Changes, made in this order', count: 'any' }],
  options: {
    add: { short: 'a', value: 'NAME=VALUE', about: 'As NAME=VALUE, with a new row when there is none, and a new table when the package lacks a documented one; its other cells are null, or set by further changes', many: true },
    remove: { short: 'r', value: 'TABLE.KEY', about: 'Remove a row', many: true },
    ...editOptions,
  },
  examples: [
    ['msikit set app.msi Property.ProductName="Example 2" Summary.subject="Example 2"', 'Another name'],
    ['msikit set app.msi Feature.Main.Level=3 ServiceInstall.Svc.StartType=2 -o new.msi', 'Other columns, in a copy'],
    ['msikit set app.msi --add Property.ALLUSERS=1 --remove Shortcut.Desktop', 'A new row, and one less'],
    ['msikit set app.msi --add Binary.logo.Data=@logo.bmp', 'A new file in a table'],
  ],
  run: (input, host) => {
    const [file, ...words] = input.positionals
    const edits = [...input.values('add').map((word) => ({ word, add: true })), ...words.map((word) => ({ word, add: false }))]
    if (edits.length === 0 && !input.has('remove')) throw new UsageError('expected NAME=VALUE, --add or --remove, found nothing to change')
    using opened = openToEdit(file!, input)
    const { database } = opened
    const changes = within(opened.path, 'ERROR_INVALID_PARAMETER', () => [...input.values('remove').map((typed) => removeRow(database, file!, typed)), ...applyEdits(database, file!, edits)])
    const saved = saveEdited(opened, database, input, host)
    report(changes, saved, input, host)
    return 0
  },
})

function applyEdits(database: Database, file: string, edits: readonly { word: string; add: boolean }[]): Change[] {
  const pending = new Map<string, Cell>()
  return edits.map(({ word, add }) => {
    const equals = word.indexOf('=')
    if (equals <= 0) throw new UsageError(`expected NAME=VALUE, found "${word}"`)
    const [name, value] = [word.slice(0, equals), word.slice(equals + 1)]
    if (name === 'Codepage') return setCodepage(database, value)
    if (/^summary\./i.test(name)) return setSummary(database, name.slice(8), value)
    return setCell(database, file, name, value, add, pending)
  })
}

function setCell(database: Database, file: string, name: string, value: string, add: boolean, pending: Map<string, Cell>): Change {
  const { table, key, column, row } = findCell(database, file, name, add)
  const { type, name: columnName } = table.columns[column]!
  const cell = value === '' ? null : type === 'binary' ? fileCell(name, value) : value
  const what = `${table.name}.${key}.${columnName}`
  if (row !== undefined) {
    const before = text(row.cell(columnName))
    table.update(row, columnName, cell)
    return { what, before, after: text(row.cell(columnName)) }
  }
  if (!add) throw missingRow(table, key, '`--add` makes a new row.')
  // Cells of one new row may come by several changes; those that may not be null wait for each other.
  pending.set(what, cell)
  const keys = newKey(table, key)
  let next = 0
  const cells = table.columns.map((one): Cell => one.key ? keys[next++]! : pending.get(`${table.name}.${key}.${one.name}`) ?? null)
  const lacking = table.columns.find((one, position) => !one.nullable && cells[position] === null)
  if (lacking !== undefined && !lacking.key) {
    throw new CommandError('ERROR_INVALID_FIELD', `${table.name}.${key}: expected a value for the column ${lacking.name}, which cannot be null, found none`,
      `Rows with several such columns are added with \`msikit query FILE "INSERT INTO …"\`.`)
  }
  table.insert(cells)
  return { what, before: null, after: text(cell) }
}

function fileCell(name: string, value: string): Cell {
  if (!value.startsWith('@')) throw new UsageError(`${name} is binary: expected @FILE, found "${value}"`)
  return within(value.slice(1), 'ERROR_OPEN_FAILED', () => openFileSource(value.slice(1)))
}

function removeRow(database: Database, file: string, typed: string): Change {
  const { table, row } = requireRow(database, file, typed)
  const before = row.cells().map((cell) => text(cell) ?? '').join('\t')
  table.delete(row)
  return { what: typed, before, after: null }
}

function setCodepage(database: Database, value: string): Change {
  const before = String(database.codepage)
  if (!/^\d{1,5}$/.test(value) || !isKnownCodePage(Number(value))) throw new UsageError(`Codepage: expected the number of a known code page, found "${value}"`)
  database.codepage = Number(value)
  return { what: 'Codepage', before, after: value }
}

function setSummary(database: Database, typed: string, value: string): Change {
  const names = Object.keys(SummaryProperty)
  const name = names.find((one) => one.toLowerCase() === typed.toLowerCase()) as keyof typeof SummaryProperty | undefined
  if (name === undefined) {
    const close = nearest(typed, names)
    throw new CommandError('ERROR_UNKNOWN_PROPERTY', `Summary.${typed}: expected one of ${names.join(', ')}`, close === undefined ? undefined : `Did you mean Summary.${close}?`)
  }
  const { summary } = database
  const properties = new Map(summary.properties)
  const id = SummaryProperty[name]
  const before = properties.get(id)
  const after = value === '' ? undefined : summaryValue(name, id, value)
  if (after === undefined) properties.delete(id)
  else properties.set(id, after)
  database.summary = { codepage: after?.type === 'i2' ? after.value & 0xffff : summary.codepage, properties }
  return { what: `Summary.${name}`, before: before === undefined || before.type === 'other' ? null : String(before.value), after: value === '' ? null : value }
}

function summaryValue(name: string, id: number, value: string): SummaryValue {
  const type = variantType(id)
  if (type === 'lpstr') return { type, value }
  if (type === 'filetime') {
    const time = Date.parse(value)
    if (Number.isNaN(time)) throw new UsageError(`Summary.${name}: expected a time such as 2026-01-31T12:00:00Z, found "${value}"`)
    return { type, value: filetimeFromUnixMs(time) }
  }
  const number = Number(value)
  const limit = type === 'i2' ? 0x1_0000 : 0x8000_0000
  if (!Number.isInteger(number) || Math.abs(number) >= limit) throw new UsageError(`Summary.${name}: expected a whole number, found "${value}"`)
  if (type === 'i2' && !isKnownCodePage(number)) throw new UsageError(`Summary.${name}: expected the number of a known code page, found "${value}"`)
  if (type === undefined) throw new WindowsError('ERROR_UNKNOWN_PROPERTY', `Summary.${name}: expected a property that can be set`)
  return { type, value: type === 'i2' ? number << 16 >> 16 : number }
}

function text(cell: Cell): string | null {
  return cell === null ? null : typeof cell === 'object' ? `[${cell.size} bytes]` : String(cell)
}

function report(changes: readonly Change[], file: string, input: CommandInput, { out }: { out: { json(value: unknown): void; line(text: string): void } }): void {
  if (input.json) out.json({ file, changes })
  else for (const { what, before, after } of changes) out.line(after === null && before?.includes('\t') ? `removed ${what}` : escapeControls(`${what}: ${before ?? 'null'} -> ${after ?? 'null'}`))
}
