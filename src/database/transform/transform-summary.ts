// The summary information of transforms: which databases they are made for, and how that is checked.
// https://learn.microsoft.com/windows/win32/msi/summary-property-descriptions
// Template is the platform and language of the base, Last Saved By those of the changed database, Revision Number
// `{code}version;{code}version;{upgrade code}` of both; Character Count has the validations above the error conditions.
import { summaryInteger, SummaryProperty, summaryText, type SummaryInformation, type SummaryValue } from '../../property-set/index.ts'
import type { Database } from '../database.ts'

const text = (value: string): SummaryValue => ({ type: 'lpstr', value })
const integer = (value: number): SummaryValue => ({ type: 'i4', value })

/** What must hold between a transform and the database it is applied to; sums of these. */
export const transformValidations = {
  language: 0x1, product: 0x2, platform: 0x4, majorVersion: 0x8, minorVersion: 0x10, updateVersion: 0x20,
  less: 0x40, lessOrEqual: 0x80, equal: 0x100, greaterOrEqual: 0x200, greater: 0x400, upgradeCode: 0x800,
} as const

export interface TransformConditions {
  /** Sum of {@link transformValidations}. */
  readonly validation?: number
  /** Sum of `transformErrors` that are passed over. */
  readonly errorConditions?: number
}

export interface TransformMismatch {
  readonly condition: 'language' | 'product' | 'platform' | 'version' | 'upgrade code'
  /** The installer's message number. */
  readonly number: number
  readonly expected: string
  readonly found: string
}

export function transformSummary(changed: Database, base: Database, { validation = 0, errorConditions = 0 }: TransformConditions): SummaryInformation {
  const id = SummaryProperty
  const template = (database: Database): string => summaryText(database.summary, id.template)
  const product = (database: Database): string => `${property(database, 'ProductCode')}${property(database, 'ProductVersion')}`
  const engine = Math.max(summaryInteger(changed.summary, id.pageCount) ?? 0, summaryInteger(base.summary, id.pageCount) ?? 0)
  return {
    codepage: base.summary.codepage,
    properties: new Map<number, SummaryValue>([
      [id.title, text('Transform')], [id.subject, text(summaryText(base.summary, id.subject))], [id.template, text(template(base))],
      [id.lastAuthor, text(template(changed))], [id.revision, text(`${product(base)};${product(changed)};${property(base, 'UpgradeCode')}`)],
      [id.pageCount, integer(engine)], [id.characterCount, integer(validation << 16 | errorConditions & 0xffff)], [id.security, integer(4)],
    ]),
  }
}

/** What a transform says it is made for, and what it makes. */
export interface TransformTarget {
  readonly platform: string
  /** Language of the base, decimal; '' for any. */
  readonly language: string
  readonly updatedPlatform: string
  readonly updatedLanguage: string
  readonly productCode: string
  readonly productVersion: string
  readonly updatedProductCode: string
  readonly updatedProductVersion: string
  readonly upgradeCode: string
  /** Sums of {@link transformValidations} and of `transformErrors`. */
  readonly validation: number
  readonly errorConditions: number
}

export function readTransformTarget(summary: SummaryInformation): TransformTarget {
  const [platform = '', language = ''] = summaryText(summary, SummaryProperty.template).split(';')
  const [updatedPlatform = '', updatedLanguage = ''] = summaryText(summary, SummaryProperty.lastAuthor).split(';')
  const [base = '', changed = '', upgradeCode = ''] = summaryText(summary, SummaryProperty.revision).split(';')
  const flags = summaryInteger(summary, SummaryProperty.characterCount) ?? 0
  return {
    platform, language, updatedPlatform, updatedLanguage, upgradeCode,
    productCode: base.slice(0, guidLength), productVersion: base.slice(guidLength),
    updatedProductCode: changed.slice(0, guidLength), updatedProductVersion: changed.slice(guidLength),
    validation: flags >>> 16, errorConditions: flags & 0xffff,
  }
}

/** Error conditions that the transform says are passed over. */
export function transformErrorConditions(summary: SummaryInformation): number {
  return (summaryInteger(summary, SummaryProperty.characterCount) ?? 0) & 0xffff
}

/**
 * Whether a transform is made for a database.
 * @param validation Instead of what the transform's summary information asks for.
 * @returns the first condition that does not hold
 */
export function checkTransform(database: Database, summary: SummaryInformation,
  validation = (summaryInteger(summary, SummaryProperty.characterCount) ?? 0) >>> 16): TransformMismatch | undefined {
  const [platform = '', language = ''] = summaryText(summary, SummaryProperty.template).split(';')
  const [ownPlatform = '', ownLanguages = ''] = summaryText(database.summary, SummaryProperty.template).split(';')
  const [base = '', , upgradeCode = ''] = summaryText(summary, SummaryProperty.revision).split(';')
  const asked = (condition: keyof typeof transformValidations): boolean => (validation & transformValidations[condition]) !== 0
  const differs = (condition: TransformMismatch['condition'], number: number, expected: string, found: string): TransformMismatch | undefined =>
    expected.toUpperCase() === found.toUpperCase() ? undefined : { condition, number, expected, found }
  const ownLanguage = property(database, 'ProductLanguage') || ownLanguages.split(',')[0]!
  return (asked('language') ? differs('language', 2745, language, ownLanguage) : undefined)
    ?? (asked('product') ? differs('product', 2746, base.slice(0, guidLength), property(database, 'ProductCode')) : undefined)
    ?? (asked('platform') ? differs('platform', 2745, platform || 'Intel', ownPlatform || 'Intel') : undefined)
    ?? checkVersion(validation, base.slice(guidLength), property(database, 'ProductVersion'))
    ?? (asked('upgradeCode') ? differs('upgrade code', 2760, upgradeCode, property(database, 'UpgradeCode')) : undefined)
}

const guidLength = 38
const comparisons: readonly (readonly [condition: keyof typeof transformValidations, number: number, sign: string, holds: (order: number) => boolean])[] = [
  ['less', 2747, '<', (order) => order < 0], ['lessOrEqual', 2748, '<=', (order) => order <= 0], ['equal', 2749, '=', (order) => order === 0],
  ['greaterOrEqual', 2750, '>=', (order) => order >= 0], ['greater', 2751, '>', (order) => order > 0],
]

/** Compares the version of the database with that of the transform's base, in as many parts as are asked for. */
function checkVersion(validation: number, base: string, own: string): TransformMismatch | undefined {
  const parts = (validation & transformValidations.updateVersion) !== 0 ? 3 : (validation & transformValidations.minorVersion) !== 0 ? 2
    : (validation & transformValidations.majorVersion) !== 0 ? 1 : 0
  const comparison = comparisons.find(([condition]) => (validation & transformValidations[condition]) !== 0)
  if (parts === 0 || comparison === undefined) return undefined
  const [, number, sign, holds] = comparison
  const [a, b] = [versionParts(own), versionParts(base)]
  let order = 0
  for (let part = 0; part < parts && order === 0; part++) order = (a[part] ?? 0) - (b[part] ?? 0)
  return holds(order) ? undefined : { condition: 'version', number, expected: `${sign} ${base}`, found: own }
}

function versionParts(text: string): number[] {
  return text.split('.').map((part) => Number.parseInt(part, 10) || 0)
}

function property(database: Database, name: string): string {
  return database.table('Property')?.find(name)?.text('Value') ?? ''
}
