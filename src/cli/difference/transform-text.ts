// Transforms and patches for people, as `msikit info` and `msikit transform show` tell them.
import { counted, tableLines } from '../terminal/columns.ts'
import type { PatchFacts, TransformFacts, TransformTableFacts } from './transform-facts.ts'

export const labelWidth = 12

export function transformLines(facts: TransformFacts): string[] {
  const { base, changed, validation, ignoredErrors, tables, unknownTables, upgradeCode, codepage } = facts
  const lines = [
    changeLine('Product', base.productCode, changed.productCode), changeLine('Version', base.version, changed.version),
    changeLine('Language', base.language, changed.language), changeLine('Platform', base.platform, changed.platform),
    line('Upgrade code', upgradeCode), line('Checked', validation.join(', ') || 'nothing'), line('Passed over', ignoredErrors.join(', ') || 'no error'),
    line('Code page', codepage === 0 ? '' : String(codepage)),
  ].filter((one) => one !== '')
  if (tables.length > 0) lines.push('Changes', ...tableLines(['Table', 'Added', 'Changed', 'Deleted', 'Notes'], tables.map(tableRow)).map((one) => `  ${one}`))
  if (unknownTables.length > 0) lines.push(line('Not told', `${unknownTables.join(', ')}: only the package it is made for knows their columns`))
  return lines
}

function tableRow({ table, inserted, updated, deleted, created, dropped, addedColumns }: TransformTableFacts): string[] {
  const notes = [...(created ? ['new table'] : []), ...(dropped ? ['dropped'] : []), ...(addedColumns.length > 0 ? [`new columns ${addedColumns.join(', ')}`] : [])]
  return [table, ...[inserted, updated, deleted].map((count) => count === 0 ? '' : String(count)), notes.join('; ')]
}

export function patchLines({ patchCode, obsoletes, targets, transforms, families, metadata }: PatchFacts): string[] {
  return [
    line('Patch code', patchCode), ...obsoletes.map((code) => line('Replaces', code)), ...targets.map((code) => line('For product', code)),
    ...families.map(({ family, sequence, productCode, supersedesEarlier }) =>
      line('Family', `${family} ${sequence}${productCode === '' ? '' : ` for ${productCode}`}${supersedesEarlier ? ', supersedes earlier ones' : ''}`)),
    ...Object.entries(metadata).map(([name, value]) => line(name, value)),
    ...transforms.flatMap(({ storage, ...facts }) => [`Transform ${storage}: ${counted(facts.tables.length + facts.unknownTables.length, 'table')}`, ...transformLines(facts).map((one) => `  ${one}`)]),
  ].filter((one) => one !== '')
}

function line(name: string, value: string): string {
  return value === '' ? '' : `${name.padEnd(labelWidth)}  ${value}`
}

function changeLine(name: string, before: string, after: string): string {
  return line(name, after === '' || before === after ? before : before === '' ? after : `${before} to ${after}`)
}
