// Patch packages (.msp): what turns installed products into updated ones, with whole files in a cabinet.
// https://learn.microsoft.com/windows/win32/msi/patch-packages, …/msipatchmetadata-table, …/msipatchsequence-table
// Each target gets two transforms: `name` with what the product becomes, `#name` with the patch's medium, the places of its
// files in the cabinet and its PatchPackage row. Binary deltas are not made.
import { bytesSource, concatBytes, WindowsError, type ByteSource } from '../base/index.ts'
import { openCabinet, writeCabinet, type DeflateBlock } from '../cabinet/index.ts'
import type { StorageContent } from '../compound-file/index.ts'
import {
  createDatabase, databaseClassIds, generateTransform, openDatabase, transformErrors, transformValidations, type ColumnDefinition, type Database, type Row,
} from '../database/index.ts'
import type { SummaryValue } from '../property-set/index.ts'

export interface PatchTarget {
  /** Of the transforms in the patch; `T1`, `T2` … when absent. */
  readonly name?: string
  /** The package as it is installed. */
  readonly base: Database
  /** The package as it is to be, with its files in embedded cabinets; of the same product. */
  readonly updated: Database
  /** Sum of `transformValidations`: product, version in three parts and upgrade code when absent. */
  readonly validation?: number
}

export interface PatchFamily {
  readonly family: string
  /** One to four numbers between dots. */
  readonly sequence: string
  /** Takes the place of the family's earlier patches. */
  readonly supersedes?: boolean
  /** Of one product only. */
  readonly productCode?: string
}

export interface PatchDefinition {
  /** GUID of the patch. */
  readonly code: string
  readonly targets: readonly PatchTarget[]
  /** Codes of patches whose place it takes, for patches without families. */
  readonly obsoletes?: readonly string[]
  readonly families?: readonly PatchFamily[]
  /** Whether it can be removed; true when absent. */
  readonly allowRemoval?: boolean
  readonly displayName?: string
  readonly moreInfoUrl?: string
  readonly title?: string
  /** Name of the cabinet's stream; follows from the code when absent. */
  readonly cabinet?: string
  /** Property that has the patch's path while it is applied; follows from the code when absent. */
  readonly sourceProperty?: string
  /** DiskId of the patch's medium, 100 when absent, and number of its first file, 10000 when absent. */
  readonly diskId?: number
  readonly firstSequence?: number
  readonly deflate?: DeflateBlock
}

const text = (name: string, options: Partial<ColumnDefinition> = {}): ColumnDefinition => ({ name, type: 'string', width: 255, ...options })
const patchTables: Readonly<Record<string, readonly ColumnDefinition[]>> = {
  PatchPackage: [text('PatchId', { width: 38, key: true }), { name: 'Media_', type: 'int16' }],
  MsiPatchSequence: [
    text('PatchFamily', { width: 72, key: true }), text('ProductCode', { width: 38, key: true, nullable: true }), text('Sequence', { width: 72 }), { name: 'Attributes', type: 'int16', nullable: true },
  ],
  MsiPatchMetadata: [text('Company', { width: 72, key: true, nullable: true }), text('Property', { width: 72, key: true }), text('Value', { localizable: true })],
}

interface ChangedFile {
  readonly key: string
  readonly source: ByteSource
}

/**
 * @throws WindowsError ERROR_INVALID_PARAMETER for a target whose product code changes, or whose files are not in it
 * @example
 * buildPatch({ code: '{…}', targets: [{ base: old.build().database, updated: fixed.build().database }] }).save(sink)
 */
export function buildPatch(definition: PatchDefinition): Database {
  const patch = createDatabase({ classId: databaseClassIds.patch })
  const { code, families = [], obsoletes = [] } = definition
  const names: string[] = []
  const products: string[] = []
  const files = new Map<string, ChangedFile>()
  for (const [index, target] of definition.targets.entries()) {
    const name = target.name ?? `T${index + 1}`
    const productCode = propertyOf(target.base, 'ProductCode')
    if (productCode !== propertyOf(target.updated, 'ProductCode')) throw new WindowsError('ERROR_INVALID_PARAMETER', `patch ${code}: expected the product ${productCode}, found ${propertyOf(target.updated, 'ProductCode')}`)
    const changed = changedFiles(target.base, target.updated)
    for (const file of changed) files.set(file.key, file)
    const [product, own] = transformsOf(definition, target, changed.map(({ key }) => key))
    patch.setStorage(name, product)
    patch.setStorage(`#${name}`, own)
    names.push(`:${name}`, `:#${name}`)
    if (!products.includes(productCode)) products.push(productCode)
  }
  if (files.size > 0) patch.setStream(cabinetOf(definition), cabinet([...files.values()], definition.deflate))
  if (families.length > 0) addRows(patch, 'MsiPatchSequence', families.map((row) => [row.family, row.productCode ?? null, row.sequence, row.supersedes === true ? 1 : 0]))
  addRows(patch, 'MsiPatchMetadata', metadataOf(definition))
  patch.summary = {
    codepage: 1252,
    properties: new Map<number, SummaryValue>([
      [2, summaryText(definition.title ?? definition.displayName ?? 'Patch')], [7, summaryText(products.join(';'))], [8, summaryText(names.join(';'))],
      [9, summaryText([code, ...obsoletes].join(''))], [15, { type: 'i4', value: 4 }], [19, { type: 'i4', value: 2 }],
    ]),
  }
  return patch
}

const summaryText = (value: string): SummaryValue => ({ type: 'lpstr', value })

function metadataOf({ allowRemoval = true, displayName, moreInfoUrl }: PatchDefinition): (string | null)[][] {
  const rows: (string | null)[][] = [[null, 'AllowRemoval', allowRemoval ? '1' : '0']]
  if (displayName !== undefined) rows.push([null, 'DisplayName', displayName])
  if (moreInfoUrl !== undefined) rows.push([null, 'MoreInfoURL', moreInfoUrl])
  return rows
}

/** From the base to the update as far as it is the product's, and from there to what the patch's medium needs. */
function transformsOf(definition: PatchDefinition, { base, updated, validation }: PatchTarget, changed: readonly string[]): [StorageContent, StorageContent] {
  const { product, updateVersion, equal, upgradeCode } = transformValidations
  const conditions = { validation: validation ?? product | updateVersion | equal | upgradeCode }
  const middle = copyOf(updated)
  keepNumbers(middle, base)
  const final = copyOf(middle)
  addMedium(final, definition, changed)
  const own = generateTransform(final, middle, { ...conditions, errorConditions: transformErrors.addExistingTable })
  const toProduct = generateTransform(middle, base, conditions)
  if (toProduct === undefined || own === undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `patch ${definition.code}: expected an update that differs from its base`)
  return [toProduct, own]
}

/** Files and media keep the numbers of the base: those of the update have no meaning for who has not got its cabinets. */
function keepNumbers(middle: Database, base: Database): void {
  const known = base.table('File')
  for (const row of middle.table('File')?.rows() ?? []) {
    const sequence = known?.find(row.text('File'))?.integer('Sequence')
    if (sequence !== undefined) middle.table('File')!.update(row, 'Sequence', sequence)
  }
  const media = middle.table('Media')
  const old = Array.from(media?.rows() ?? [])
  for (const row of old) media!.delete(row)
  for (const row of base.table('Media')?.rows() ?? []) media?.insert(row.cells())
}

function addMedium(database: Database, definition: PatchDefinition, changed: readonly string[]): void {
  const { code, diskId = 100, firstSequence = 10_000, sourceProperty = `MSPSRC${code.replace(/[{}-]/g, '')}` } = definition
  addRows(database, 'PatchPackage', [[code, diskId]])
  if (changed.length === 0) return
  const files = database.table('File')!
  for (const [index, key] of changed.entries()) files.update(files.find(key)!, 'Sequence', firstSequence + index)
  const cells: Readonly<Record<string, string | number>> = { DiskId: diskId, LastSequence: firstSequence + changed.length - 1, Cabinet: `#${cabinetOf(definition)}`, Source: sourceProperty }
  const media = database.table('Media')!
  media.insert(media.columns.map(({ name }) => cells[name] ?? null))
}

function cabinetOf({ cabinet, code }: PatchDefinition): string {
  return cabinet ?? `PCW_CAB_${code.slice(1, 9)}`
}

/** New files, and those whose rows or hashes differ, with their content from the update's cabinets. */
function changedFiles(base: Database, updated: Database): ChangedFile[] {
  const keys = [...updated.table('File')?.rows() ?? []].map((row) => row.text('File')).filter((key) => differs(base, updated, key))
  const contents = new Map<string, Uint8Array>()
  for (const row of updated.table('Media')?.rows() ?? []) {
    const stream = row.text('Cabinet').startsWith('#') ? updated.stream(row.text('Cabinet').slice(1)) : undefined
    if (stream === undefined) continue
    openCabinet(stream).extract(({ name }) => {
      const chunks: Uint8Array[] = []
      return keys.includes(name) ? { write: (chunk) => chunks.push(Uint8Array.from(chunk)), end: () => { contents.set(name, concatBytes(chunks)) } } : undefined
    })
  }
  return keys.map((key) => {
    const bytes = contents.get(key)
    if (bytes === undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `patch: expected file ${key} in an embedded cabinet of the update, found none`)
    return { key, source: bytesSource(bytes) }
  })
}

function differs(base: Database, updated: Database, key: string): boolean {
  const cells = (database: Database, table: string): string => {
    const row: Row | undefined = database.table(table)?.find(key)
    return row === undefined ? '' : JSON.stringify(row.cells().filter((_, at) => table !== 'File' || database.table(table)!.columns[at]!.name !== 'Sequence'))
  }
  return ['File', 'MsiFileHash'].some((table) => cells(base, table) !== cells(updated, table))
}

function cabinet(files: readonly ChangedFile[], deflate: DeflateBlock | undefined): ByteSource {
  const chunks: Uint8Array[] = []
  writeCabinet(files.map(({ key, source }) => ({ name: key, source })), { write: (chunk) => chunks.push(Uint8Array.from(chunk)) }, { compression: 'mszip', ...(deflate !== undefined && { deflate }) })
  return bytesSource(concatBytes(chunks))
}

function addRows(database: Database, name: string, rows: readonly (readonly (string | number | null)[])[]): void {
  const table = database.table(name) ?? database.createTable({ name, columns: patchTables[name]! })
  for (const row of rows) table.insert(row)
}

function copyOf(database: Database): Database {
  const chunks: Uint8Array[] = []
  database.save({ write: (chunk) => chunks.push(Uint8Array.from(chunk)) })
  return openDatabase(concatBytes(chunks))
}

function propertyOf(database: Database, name: string): string {
  return database.table('Property')?.find(name)?.text('Value') ?? ''
}
