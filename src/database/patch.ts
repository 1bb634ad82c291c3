// Patch packages (.msp): which products they are for, what they bring, in which order they go with others.
// https://learn.microsoft.com/windows/win32/msi/patch-packages
// A patch has two transforms for each target in sub-storages: `name` with what the product becomes, `#name` with what the
// installer needs (Media, Patch and PatchPackage rows, sequence numbers). Which of them are used, and their order, is in the
// summary information. Payloads are in cabinets; deltas are not applied here.
import type { StorageContent } from '../compound-file/index.ts'
import { summaryInteger, SummaryProperty, summaryText } from '../property-set/index.ts'
import { databaseClassIds, openDatabase, type Database, type DatabaseSource } from './database.ts'
import { DatabaseError } from './database-error.ts'
import type { Cell } from './table/cell.ts'
import { readTransformSummary } from './transform/transform.ts'
import { readTransform, type TransformContent } from './transform/transform-content.ts'
import { readTransformTarget, type TransformTarget } from './transform/transform-summary.ts'

export interface Patch {
  readonly database: Database
  /** GUID of the patch. */
  readonly code: string
  /** Codes of patches that go when this one comes. */
  readonly obsoletes: readonly string[]
  /** Product codes; a patch may be for several. */
  readonly targets: readonly string[]
  readonly title: string
  readonly description: string
  /** Names of source locations. */
  readonly sources: readonly string[]
  /** Least version of the installer, from the Word Count: 1 for any, 2 for 1.2, 3 for 2.0, 4 for 3.0, 5 for 3.1. */
  readonly installerLevel: number
  /** In the order in which they are applied. */
  readonly transforms: readonly PatchTransform[]
  readonly sequences: readonly PatchSequence[]
  readonly metadata: readonly PatchMetadata[]
  /** Streams of the root that the transforms' Media rows name, without `#`. */
  readonly cabinets: readonly string[]
}

export interface PatchTransform {
  /** Of the sub-storage. */
  readonly name: string
  readonly target: TransformTarget
  /** What becomes of the product: to be given to `applyTransform`. */
  readonly product: StorageContent
  /** What the installer needs: applied after `product`. */
  readonly patch: StorageContent | undefined
}

/** A row of MsiPatchSequence. */
export interface PatchSequence {
  readonly family: string
  /** '' for all targets. */
  readonly productCode: string
  readonly sequence: string
  /** 1: supersedes earlier patches of the family. */
  readonly attributes: number
}

/** A row of MsiPatchMetadata. */
export interface PatchMetadata {
  readonly company: string
  readonly property: string
  readonly value: string
}

/** A file that a patch changes or adds. */
export interface PatchFile {
  /** Key in the File table, and name in the cabinet. */
  readonly file: string
  readonly transform: string
  readonly kind: 'whole' | 'delta'
  readonly sequence: number
  /** Bytes of the delta; of a whole file when the transform says them. */
  readonly size: number | undefined
  /** Stream of the root; `undefined` when no media entry reaches the sequence. */
  readonly cabinet: string | undefined
}

const guid = /\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}/g

/** @throws FormatError when it is no compound file; DatabaseError ERROR_PATCH_PACKAGE_INVALID when it is no patch. */
export function readPatch(source: DatabaseSource | Database): Patch {
  const database = 'tableNames' in source ? source : openDatabase(source)
  if (database.classId.toUpperCase() !== databaseClassIds.patch) {
    throw new DatabaseError(`patch: expected the class identifier ${databaseClassIds.patch}, found ${database.classId}`, 'ERROR_PATCH_PACKAGE_INVALID')
  }
  const { summary } = database
  const text = (id: number): string => summaryText(summary, id)
  const [code = '', ...obsoletes] = text(SummaryProperty.revision).match(guid) ?? []
  const transforms = patchTransforms(database, text(SummaryProperty.lastAuthor))
  const rows = (table: string) => [...database.table(table)?.rows() ?? []]
  return {
    database, code, obsoletes, targets: text(SummaryProperty.template).match(guid) ?? [],
    title: text(SummaryProperty.title), description: text(SummaryProperty.subject),
    sources: text(SummaryProperty.keywords).split(';').filter((one) => one !== ''),
    installerLevel: summaryInteger(summary, SummaryProperty.wordCount) ?? 1,
    transforms,
    sequences: rows('MsiPatchSequence').map((row) => ({
      family: row.text('PatchFamily'), productCode: row.text('ProductCode'), sequence: row.text('Sequence'), attributes: row.integer('Attributes') ?? 0,
    })),
    metadata: rows('MsiPatchMetadata').map((row) => ({ company: row.text('Company'), property: row.text('Property'), value: row.text('Value') })),
    cabinets: [...new Set(transforms.flatMap(({ patch }) => patch === undefined ? [] : media(readTransform(patch)).map(({ cabinet }) => cabinet)))],
  }
}

/** `:name;:#name;…` as Last Saved By has it; without it, the sub-storages in their order. */
function patchTransforms(database: Database, listed: string): PatchTransform[] {
  const named = listed.split(';').flatMap((one) => one.startsWith(':') ? [one.slice(1)] : [])
  const names = named.length > 0 ? named : database.storageNames()
  return names.filter((name) => !name.startsWith('#')).flatMap((name) => {
    const product = database.storage(name)
    if (product === undefined) return []
    return [{ name, product, target: readTransformTarget(readTransformSummary(product)), patch: database.storage(`#${name}`) }]
  })
}

/** The files of a patch, by its transforms. Rows are read as those of documented tables. */
export function patchFiles(patch: Patch): PatchFile[] {
  return patch.transforms.flatMap(({ name, product, patch: storage }) => {
    if (storage === undefined) return []
    const content = readTransform(storage)
    const disks = media(content)
    const sizes = new Map(rowsOf(readTransform(product), 'File').map(({ key, cells }) => [String(key[0]), number(cells.get('FileSize'))]))
    const cabinetOf = (sequence: number): string | undefined => disks.find(({ last }) => sequence <= last)?.cabinet
    const whole = rowsOf(content, 'File').flatMap(({ key, cells }): PatchFile[] => {
      const sequence = number(cells.get('Sequence'))
      const file = String(key[0])
      return sequence === undefined ? [] : [{ file, transform: name, kind: 'whole', sequence, size: sizes.get(file), cabinet: cabinetOf(sequence) }]
    })
    const deltas = rowsOf(content, 'Patch').map(({ key, cells }): PatchFile => {
      const sequence = number(key[1]) ?? 0
      return { file: String(key[0]), transform: name, kind: 'delta', sequence, size: number(cells.get('PatchSize')), cabinet: cabinetOf(sequence) }
    })
    const isDelta = new Set(deltas.map(({ file }) => file))
    return [...whole.filter(({ file }) => !isDelta.has(file)), ...deltas].sort((a, b) => a.sequence - b.sequence)
  })
}

function media(content: TransformContent): { last: number; cabinet: string }[] {
  return rowsOf(content, 'Media').flatMap(({ cells }) => {
    const cabinet = cells.get('Cabinet')
    return typeof cabinet === 'string' ? [{ last: number(cells.get('LastSequence')) ?? 0, cabinet: cabinet.replace(/^#/, '') }] : []
  }).sort((a, b) => a.last - b.last)
}

function rowsOf(content: TransformContent, table: string) {
  return content.tables.find(({ name }) => name === table)?.rows.filter(({ kind }) => kind !== 'delete') ?? []
}

function number(cell: Cell | undefined): number | undefined {
  return typeof cell === 'number' ? cell : undefined
}
