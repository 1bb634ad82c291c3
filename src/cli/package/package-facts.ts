// What `msikit info` tells about a package, as plain data.
import { filetimeToUnixMs, type Finding } from '../../base/index.ts'
import { databaseClassIds, type Database } from '../../database/index.ts'
import { summaryInteger, SummaryProperty, summaryText, type SummaryInformation } from '../../property-set/index.ts'
import { patchFacts, transformFacts, type PatchFacts, type TransformFacts } from '../difference/transform-facts.ts'
import type { OpenedPackage } from './open-package.ts'

export interface FeatureFacts {
  readonly feature: string
  readonly title: string
  readonly level: number
  readonly components: number
  readonly children: readonly FeatureFacts[]
}

export interface PackageFacts {
  readonly file: string
  readonly sizeBytes: number
  readonly kind: 'package' | 'merge module' | 'transform' | 'patch' | 'database'
  readonly product: Readonly<Record<'name' | 'version' | 'manufacturer' | 'productCode' | 'upgradeCode' | 'packageCode', string>>
  readonly platform: string
  readonly languages: string
  /** Least Windows Installer version, as `2.00`; '' when not told. */
  readonly installerVersion: string
  readonly source: { readonly compressed: boolean; readonly shortNames: boolean; readonly administrativeImage: boolean; readonly elevation: boolean }
  readonly summary: Readonly<Record<string, string | number>>
  readonly codepage: number
  readonly counts: { readonly tables: number; readonly features: number; readonly components: number; readonly files: number; readonly fileBytes: number; readonly customActions: number }
  readonly cabinets: readonly { readonly name: string; readonly embedded: boolean; readonly sizeBytes: number | null }[]
  /** Signatures are reported, not verified. */
  readonly signatures: readonly string[]
  readonly features: readonly FeatureFacts[]
  /** Of a transform. */
  readonly transform?: TransformFacts
  /** Of a patch. */
  readonly patch?: PatchFacts
  readonly findings: readonly Finding[]
}

export function packageFacts({ path, size, content, database }: OpenedPackage): PackageFacts {
  const { summary } = database
  const kind = kindOf(database)
  const properties = productProperties(database)
  const property = (name: string): string => properties.get(name) ?? ''
  const module = database.table('ModuleSignature')?.rows().next().value
  const wordCount = summaryInteger(summary, SummaryProperty.wordCount) ?? 0
  const [platform = '', languages = ''] = kind === 'patch' ? [] : summaryText(summary, SummaryProperty.template).split(';')
  return {
    file: path, sizeBytes: size, kind,
    product: {
      name: property('ProductName') || (module?.text('ModuleID') ?? ''), version: property('ProductVersion') || (module?.text('Version') ?? ''),
      manufacturer: property('Manufacturer'), productCode: property('ProductCode'), upgradeCode: property('UpgradeCode'),
      packageCode: summaryText(summary, SummaryProperty.revision),
    },
    platform: platform || (kind === 'patch' ? '' : 'Intel'), languages, installerVersion: kind === 'patch' ? patchInstaller[wordCount] ?? '' : installerVersion(summary),
    source: { compressed: (wordCount & 2) !== 0 || database.stream(moduleCabinet) !== undefined, shortNames: (wordCount & 1) !== 0, administrativeImage: (wordCount & 4) !== 0, elevation: (wordCount & 8) === 0 },
    summary: summaryFacts(summary), codepage: database.codepage, counts: counts(database), cabinets: cabinets(database),
    signatures: signatures(database), features: featureTree(database), findings: database.findings,
    ...(kind === 'transform' ? { transform: transformFacts(content) } : {}), ...(kind === 'patch' ? { patch: patchFacts(database) } : {}),
  }
}

/** The least Windows Installer that a patch names by its word count. */
const patchInstaller: Readonly<Record<number, string>> = { 1: '1.00', 2: '1.20', 3: '2.00', 4: '3.00', 5: '3.10' }

/** In one pass: a search by key would index every text of the package first. */
function productProperties(database: Database): ReadonlyMap<string, string> {
  const wanted = new Set(['ProductName', 'ProductVersion', 'Manufacturer', 'ProductCode', 'UpgradeCode'])
  const found = new Map<string, string>()
  for (const row of database.table('Property')?.rows() ?? []) {
    const name = row.text('Property')
    if (wanted.has(name)) found.set(name, row.text('Value'))
  }
  return found
}

function kindOf(database: Database): PackageFacts['kind'] {
  switch (database.classId.toUpperCase()) {
    case databaseClassIds.transform: return 'transform'
    case databaseClassIds.patch: return 'patch'
    // A package into which modules were merged has their signatures too.
    default: return database.table('Feature') && database.table('Property') ? 'package' : database.table('ModuleSignature') ? 'merge module' : database.table('Property') ? 'package' : 'database'
  }
}

function installerVersion(summary: SummaryInformation): string {
  const pages = summaryInteger(summary, SummaryProperty.pageCount)
  return pages === undefined ? '' : `${Math.floor(pages / 100)}.${String(pages % 100).padStart(2, '0')}`
}

function summaryFacts(summary: SummaryInformation): Record<string, string | number> {
  const facts: Record<string, string | number> = {}
  ;(Object.keys(SummaryProperty) as (keyof typeof SummaryProperty)[]).forEach((name) => {
    const value = summary.properties.get(SummaryProperty[name])
    if (value === undefined || value.type === 'other') return
    facts[name] = value.type === 'filetime' ? timeText(filetimeToUnixMs(value.value)) : value.value
  })
  return facts
}

/** ISO 8601, UTC. */
function timeText(unixMs: number): string {
  return Math.abs(unixMs) > 8.64e15 ? '' : new Date(unixMs).toISOString()
}

function counts(database: Database): PackageFacts['counts'] {
  const rows = (table: string): number => database.table(table)?.rowCount ?? 0
  let fileBytes = 0
  for (const row of database.table('File')?.rows() ?? []) fileBytes += row.integer('FileSize') ?? 0
  return { tables: database.tableNames.length, features: rows('Feature'), components: rows('Component'), files: rows('File'), fileBytes, customActions: rows('CustomAction') }
}

/** All files of a merge module lie in this cabinet, whatever its summary information says. */
const moduleCabinet = 'MergeModule.CABinet'

function cabinets(database: Database): PackageFacts['cabinets'] {
  const list: { name: string; embedded: boolean; sizeBytes: number | null }[] = []
  const module = database.stream(moduleCabinet)
  if (module !== undefined) list.push({ name: moduleCabinet, embedded: true, sizeBytes: module.size })
  for (const row of database.table('Media')?.rows() ?? []) {
    const cabinet = row.text('Cabinet')
    if (cabinet === '') continue
    const embedded = cabinet.startsWith('#')
    const name = embedded ? cabinet.slice(1) : cabinet
    list.push({ name, embedded, sizeBytes: embedded ? database.stream(name)?.size ?? null : null })
  }
  return list
}

function signatures(database: Database): string[] {
  return [['\u0005DigitalSignature', 'Authenticode'], ['\u0005MsiDigitalSignatureEx', 'Authenticode with storage metadata']]
    .flatMap(([stream, name]) => database.stream(stream!) ? [name!] : [])
}

function featureTree(database: Database): FeatureFacts[] {
  const components = new Map<string, number>()
  for (const row of database.table('FeatureComponents')?.rows() ?? []) components.set(row.text('Feature_'), (components.get(row.text('Feature_')) ?? 0) + 1)
  const nodes = new Map<string, { parent: string; order: number; facts: FeatureFacts & { children: FeatureFacts[] } }>()
  for (const row of database.table('Feature')?.rows() ?? []) {
    const feature = row.text('Feature')
    nodes.set(feature, { parent: row.text('Feature_Parent'), order: row.integer('Display') ?? 0,
      facts: { feature, title: row.text('Title'), level: row.integer('Level') ?? 0, components: components.get(feature) ?? 0, children: [] } })
  }
  const roots: FeatureFacts[] = []
  for (const { parent, facts } of [...nodes.values()].sort((a, b) => a.order - b.order)) {
    const above = parent === facts.feature ? undefined : nodes.get(parent)
    if (above === undefined) roots.push(facts)
    else above.facts.children.push(facts)
  }
  return roots
}
