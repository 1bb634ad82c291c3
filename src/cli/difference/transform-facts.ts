// What `msikit info` tells about transforms and patches, as plain data.
// https://learn.microsoft.com/windows/win32/msi/summary-property-descriptions has what their summary information means.
import type { ByteSource } from '../../base/index.ts'
import type { StorageContent } from '../../compound-file/index.ts'
import { readTransform, transformErrors, transformValidations, type Database, type TransformContent, type TransformedTable } from '../../database/index.ts'
import { summaryInteger, SummaryProperty, summaryText } from '../../property-set/index.ts'

export interface TransformFacts {
  readonly base: ProductFacts
  readonly changed: ProductFacts
  readonly upgradeCode: string
  /** Names of `transformValidations`: what must hold for the transform to be applied. */
  readonly validation: readonly string[]
  /** Names of `transformErrors` that are passed over. */
  readonly ignoredErrors: readonly string[]
  readonly codepage: number
  readonly tables: readonly TransformTableFacts[]
  /** Changed tables whose columns only the database it is made for knows. */
  readonly unknownTables: readonly string[]
}

interface ProductFacts {
  readonly platform: string
  readonly language: string
  readonly productCode: string
  readonly version: string
}

export interface TransformTableFacts {
  readonly table: string
  readonly created: boolean
  readonly dropped: boolean
  readonly addedColumns: readonly string[]
  readonly inserted: number
  readonly updated: number
  readonly deleted: number
}

export interface PatchFacts {
  readonly patchCode: string
  readonly obsoletes: readonly string[]
  /** Product codes. */
  readonly targets: readonly string[]
  readonly transforms: readonly ({ readonly storage: string } & TransformFacts)[]
  readonly families: readonly { readonly family: string; readonly sequence: string; readonly productCode: string; readonly supersedesEarlier: boolean }[]
  /** MsiPatchMetadata: `Company.Property` or `Property` with its value. */
  readonly metadata: Readonly<Record<string, string>>
}

export function transformFacts(source: ByteSource | StorageContent): TransformFacts {
  return describe(readTransform(source))
}

function describe({ summary, codepage, tables, unknownTables }: TransformContent): TransformFacts {
  const [base = '', changed = '', upgradeCode = ''] = summaryText(summary, SummaryProperty.revision).split(';')
  const flags = summaryInteger(summary, SummaryProperty.characterCount) ?? 0
  return {
    base: productFacts(base, summaryText(summary, SummaryProperty.template)), changed: productFacts(changed, summaryText(summary, SummaryProperty.lastAuthor)),
    upgradeCode, validation: namesOf(transformValidations, flags >>> 16), ignoredErrors: namesOf(transformErrors, flags & 0xffff),
    codepage, tables: tables.map(tableFacts), unknownTables,
  }
}

const guidLength = 38

function productFacts(text: string, template: string): ProductFacts {
  const [platform = '', language = ''] = template.split(';')
  return { platform, language, productCode: text.slice(0, guidLength), version: text.slice(guidLength) }
}

export function namesOf(flags: Readonly<Record<string, number>>, value: number): string[] {
  return Object.keys(flags).filter((name) => (value & flags[name]!) !== 0)
}

function tableFacts({ name, created, dropped, addedColumns, changes }: TransformedTable): TransformTableFacts {
  const count = (wanted: string): number => changes.filter(({ kind }) => kind === wanted).length
  return {
    table: name, created, dropped, addedColumns: created ? [] : addedColumns.map((column) => column.name),
    inserted: count('insert'), updated: count('update'), deleted: count('delete'),
  }
}

export function patchFacts(database: Database): PatchFacts {
  const codes = summaryText(database.summary, SummaryProperty.revision).match(/\{[^}]*\}/g) ?? []
  const metadata = [...database.table('MsiPatchMetadata')?.rows() ?? []]
    .map((row): [string, string] => [[row.text('Company'), row.text('Property')].filter(Boolean).join('.'), row.text('Value')])
  return {
    patchCode: codes[0] ?? '', obsoletes: codes.slice(1), targets: list(summaryText(database.summary, SummaryProperty.template)),
    transforms: list(summaryText(database.summary, SummaryProperty.lastAuthor)).flatMap((name) => {
      const storage = name.replace(/^:/, '')
      const content = database.storage(storage)
      return content === undefined ? [] : [{ storage, ...transformFacts(content) }]
    }),
    families: [...database.table('MsiPatchSequence')?.rows() ?? []].map((row) => ({
      family: row.text('PatchFamily'), sequence: row.text('Sequence'), productCode: row.text('ProductCode'), supersedesEarlier: ((row.integer('Attributes') ?? 0) & 1) !== 0,
    })),
    metadata: Object.fromEntries(metadata),
  }
}

function list(text: string): string[] {
  return text.split(';').filter(Boolean)
}
