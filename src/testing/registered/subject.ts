// One product as a call left it: its package with transforms and patches, what the session decided, and who it is installed
// for. What should be recorded follows from this alone; the code that records is not asked.
import { joinPath, packGuid, parentPath, withTrailingBackslash } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { openPackage, openProductSession, type Decisions, type InstallResult, type PackageSummary } from '../../engine/index.ts'
import { format } from '../../expression/index.ts'
import type { Platform } from '../../platform/index.ts'
import { installer, type Territory } from './territory.ts'

export interface FeatureFacts {
  readonly name: string
  readonly parent: string
  readonly level: number
  /** After the call: absent, advertised, local or source. */
  readonly state: string
}

export interface ComponentFacts {
  readonly row: Row
  readonly name: string
  readonly id: string
  readonly attributes: number
  readonly enabled: boolean
  readonly state: string
  /** As what the product is its client: it may be so although the files of another product stay. */
  readonly client: string
  /** In the order of FeatureComponents. */
  readonly features: readonly string[]
  /** Whether this call installed it, or installed it again. */
  readonly written: boolean
}

export interface Subject {
  readonly platform: Platform
  /** What was recorded before the call. */
  readonly before: Territory
  readonly productCode: string
  readonly packed: string
  readonly summary: PackageSummary
  readonly packageCode: string
  readonly perMachine: boolean
  readonly userDataSid: string
  readonly publishRoot: string
  readonly is64Bit: boolean
  readonly isFirst: boolean
  readonly features: readonly FeatureFacts[]
  readonly components: ReadonlyMap<string, ComponentFacts>
  property(name: string): string
  rows(table: string): Row[]
  directory(name: string): string
  /** Full path of a row of the File table. */
  file(key: string): string | undefined
  format(text: string): string
  /** Whether the action ran in this call. */
  ran(action: string): boolean
}

/** Roots by context, as the documentation of installation contexts and registration.md §2 have them. */
function rootsFor(platform: Platform, packed: string): { perMachine: boolean; userDataSid: string; publishRoot: string } | undefined {
  const { sid } = platform.machine.user
  const roots = [
    { perMachine: false, userDataSid: sid, publishRoot: `${installer}\\Managed\\${sid}\\Installer` },
    { perMachine: false, userDataSid: sid, publishRoot: 'HKCU\\Software\\Microsoft\\Installer' },
    { perMachine: true, userDataSid: 'S-1-5-18', publishRoot: 'HKLM\\Software\\Classes\\Installer' },
  ]
  return roots.find(({ publishRoot }) => platform.registry.keyExists(`${publishRoot}\\Products\\${packed}`))
}

/** `undefined` when the product is not published. The database is open until `release` is called. */
export function subjectOf(platform: Platform, before: Territory, result: InstallResult, log: readonly string[]): { subject: Subject; release: () => void } | undefined {
  const packed = packGuid(result.productCode) ?? ''
  const roots = rootsFor(platform, packed)
  const { decisions } = result
  if (roots === undefined || decisions === undefined) return undefined
  const session = openProductSession(platform, result.productCode)
  const { database } = session
  const properties = new Map(decisions.properties)
  const property = (name: string): string => properties.get(name) ?? ''
  const summary = summaryOf(platform, property('OriginalDatabase'))
  if (database === undefined || summary === undefined) return undefined
  const rows = (table: string): Row[] => [...database.table(table)?.rows() ?? []]
  const files = new Map(decisions.files.map(({ key, path }) => [key, path]))
  const directories = new Map(decisions.directories.map(({ name, path }) => [name, withTrailingBackslash(path)]))
  const components = componentsOf(rows, decisions)
  const directory = (name: string): string => directories.get(name) ?? ''
  const ran = new Set(log.flatMap((line) => /^Doing action: (.*)$/.exec(line)?.[1] ?? []))
  const formatting = {
    property: (name: string) => directories.get(name) ?? property(name), filePath: (key: string) => files.get(key) ?? '',
    componentDirectory: (name: string) => directory(components.get(name)?.row.text('Directory_') ?? ''),
    environment: () => '',
  }
  const productRow = `${roots.publishRoot}\\Products\\${packed}`
  return {
    release: () => { session[Symbol.dispose]() },
    subject: {
      platform, before, productCode: result.productCode, packed, summary, packageCode: summary.packageCode, ...roots, components, property, rows, directory,
      is64Bit: summary.architecture.endsWith('64'), isFirst: ![...before.values()].some(({ key }) => key.toLowerCase() === productRow.toLowerCase()),
      features: featuresOf(rows, decisions), file: (key) => files.get(key),
      format: (text) => format(text, { session: formatting }), ran: (action) => ran.has(action),
    },
  }
}

function summaryOf(platform: Platform, path: string): PackageSummary | undefined {
  if (platform.files.stat(path)?.kind !== 'file') return undefined
  using opened = openPackage(platform, path)
  return opened.summary
}

const settled = ({ installed, action }: { readonly installed: string; readonly action: string }): string => action === 'unknown' ? installed : action

function clientState({ installed, request }: { readonly installed: string; readonly request: string }): string {
  return request === 'unknown' ? installed : request === 'advertised' ? 'absent' : request
}

function featuresOf(rows: (table: string) => Row[], decisions: Decisions): FeatureFacts[] {
  const parents = new Map(rows('Feature').map((row) => [row.text('Feature'), row.text('Feature_Parent')]))
  return decisions.features.filter(({ name }) => parents.has(name)).map((feature) => ({ name: feature.name, parent: parents.get(feature.name)!, level: feature.level, state: settled(feature) }))
}

function componentsOf(rows: (table: string) => Row[], decisions: Decisions): Map<string, ComponentFacts> {
  const decided = new Map(decisions.components.map((one) => [one.name, one]))
  const links = rows('FeatureComponents')
  return new Map(rows('Component').flatMap((row) => {
    const name = row.text('Component')
    const decision = decided.get(name)
    if (decision === undefined) return []
    const features = links.filter((link) => link.text('Component_') === name).map((link) => link.text('Feature_'))
    const written = decision.action === 'local' || decision.action === 'source'
    return [[name, { row, name, id: row.text('ComponentId'), attributes: row.integer('Attributes') ?? 0, enabled: decision.enabled, state: settled(decision), client: clientState(decision), features, written }] as const]
  }))
}

/** Icons lie with Windows per machine, in the profile per user. */
export function iconPath(subject: Subject, icon: string): string {
  const folder = subject.perMachine ? joinPath(subject.property('WindowsFolder'), 'Installer') : joinPath(subject.property('AppDataFolder'), 'Microsoft\\Installer')
  return joinPath(folder, subject.productCode, icon)
}

export function folderOf(path: string): string {
  return withTrailingBackslash(parentPath(path) ?? '')
}
