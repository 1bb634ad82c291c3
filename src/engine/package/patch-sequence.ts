// Which of a product's patches are applied, and in which order.
// https://learn.microsoft.com/windows/win32/msi/sequencing-patches, …/eliminating-patches, …/msipatchsequence-table
// Pure: what a patch makes of a product is taken from the summary information of its transforms. Conflicts between families
// are not resolved: a set that contradicts itself has no sequence.
import { compareFileVersions, parseFileVersion, WindowsError } from '../../base/index.ts'
import { checkTransform, createDatabase, readTransformSummary, type Database, type Patch, type PatchTransform } from '../../database/index.ts'

/** A patch that is installed, or that is to be. */
export interface CandidatePatch {
  readonly patch: Patch
}

export interface SequencedPatch<Candidate> {
  readonly candidate: Candidate
  readonly transform: PatchTransform
}

export interface PatchSequencing<Candidate> {
  readonly applied: readonly SequencedPatch<Candidate>[]
  readonly superseded: readonly Candidate[]
  readonly obsoleted: readonly Candidate[]
  readonly inapplicable: readonly Candidate[]
}

/** What validation of a transform looks at. */
interface ProductState {
  readonly productCode: string
  readonly version: string
  readonly language: string
  readonly upgradeCode: string
  readonly template: string
}

/** @param candidates The installed ones in the order in which they came, then the new ones as they were given. */
export function sequencePatches<Candidate extends CandidatePatch>(candidates: readonly Candidate[], base: Database): PatchSequencing<Candidate> {
  const start = stateOf(base)
  const hasSequence = ({ patch }: Candidate): boolean => rowsFor(patch, start.productCode).length > 0
  const plain = candidates.filter((one) => !hasSequence(one))
  const obsoleted = plain.filter((one) => plain.some((other) => other !== one && other.patch.obsoletes.includes(one.patch.code)))
  const first = walk(plain.filter((one) => !obsoleted.includes(one)), start)
  const authored = placeSequenced(candidates.filter(hasSequence), first.state)
  const superseded = authored.filter((one, at) => authored.slice(at + 1).some((later) => supersedes(later, one, start.productCode)))
  const second = walk(authored.filter((one) => !superseded.includes(one)), first.state)
  return { applied: [...first.applied, ...second.applied], superseded, obsoleted, inapplicable: [...first.inapplicable, ...second.inapplicable] }
}

/** Applies one after another what can be applied to what has come of the product so far. */
function walk<Candidate extends CandidatePatch>(candidates: readonly Candidate[], start: ProductState) {
  const applied: SequencedPatch<Candidate>[] = []
  const inapplicable: Candidate[] = []
  let state = start
  for (const candidate of candidates) {
    const transform = transformFor(candidate.patch, state)
    if (transform === undefined) {
      inapplicable.push(candidate)
      continue
    }
    applied.push({ candidate, transform })
    state = after(state, transform)
  }
  return { applied, inapplicable, state }
}

/** Small updates stand behind the minor upgrade that they are made for, those of the product itself before all of them. */
function placeSequenced<Candidate extends CandidatePatch>(candidates: readonly Candidate[], start: ProductState): Candidate[] {
  const upgrades = candidates.filter(({ patch }) => isUpgrade(patch)).sort((a, b) => compareVersions(upgradedVersion(a.patch), upgradedVersion(b.patch)))
  const small = candidates.filter(({ patch }) => !isUpgrade(patch))
  const { applied, inapplicable } = walk(upgrades, start)
  const stations: { upgrade: Candidate | undefined; state: ProductState; updates: Candidate[] }[] = [{ upgrade: undefined, state: start, updates: [] }]
  for (const { candidate, transform } of applied) stations.push({ upgrade: candidate, state: after(stations.at(-1)!.state, transform), updates: [] })
  for (const update of small) {
    const station = stations.findLast(({ state }) => transformFor(update.patch, state) !== undefined) ?? stations[0]!
    station.updates.push(update)
  }
  const placed = stations.flatMap(({ upgrade, updates }) => [...(upgrade === undefined ? [] : [upgrade]), ...inFamilyOrder(updates, start.productCode)])
  return [...placed, ...inapplicable]
}

/** @throws WindowsError 1648 when families contradict each other */
function inFamilyOrder<Candidate extends CandidatePatch>(updates: readonly Candidate[], productCode: string): Candidate[] {
  const waiting = [...updates]
  const ordered: Candidate[] = []
  while (waiting.length > 0) {
    const next = waiting.find((one) => waiting.every((other) => other === one || (orderInFamilies(other.patch, one.patch, productCode) ?? 1) >= 0))
    if (next === undefined) throw new WindowsError('ERROR_PATCH_NO_SEQUENCE', `patches ${waiting.map(({ patch }) => patch.code).join(', ')}: their families ask for contrary orders`)
    ordered.push(next)
    waiting.splice(waiting.indexOf(next), 1)
  }
  return ordered
}

/** Below 0 when the first comes before the second in a family that both are in; `undefined` when there is none. */
function orderInFamilies(a: Patch, b: Patch, productCode: string): number | undefined {
  const others = rowsFor(b, productCode)
  let order: number | undefined
  for (const row of rowsFor(a, productCode)) {
    const other = others.find(({ family }) => family === row.family)
    if (other !== undefined) order = Math.min(order ?? 0, compareVersions(row.sequence, other.sequence))
  }
  return order
}

/** In every family of the earlier one, and a small update never takes the place of a minor upgrade. */
function supersedes(later: CandidatePatch, earlier: CandidatePatch, productCode: string): boolean {
  if (isUpgrade(earlier.patch) && !isUpgrade(later.patch)) return false
  const rows = rowsFor(later.patch, productCode)
  return rowsFor(earlier.patch, productCode).every(({ family, sequence }) =>
    rows.some((row) => row.family === family && (row.attributes & 1) !== 0 && compareVersions(row.sequence, sequence) > 0))
}

/** Rows for this product, in whose families rows for any product do not count. */
function rowsFor({ sequences }: Patch, productCode: string): Patch['sequences'] {
  const own = sequences.filter((row) => row.productCode.toUpperCase() === productCode)
  return [...own, ...sequences.filter((row) => row.productCode === '' && own.every(({ family }) => family !== row.family))]
}

function isUpgrade({ transforms }: Patch): boolean {
  return transforms.some(({ target }) => target.updatedProductVersion !== '' && target.updatedProductVersion !== target.productVersion)
}

function upgradedVersion({ transforms }: Patch): string {
  return transforms.map(({ target }) => target.updatedProductVersion).sort(compareVersions).at(-1) ?? ''
}

function compareVersions(a: string, b: string): number {
  return compareFileVersions(parseFileVersion(a) ?? [0, 0, 0, 0], parseFileVersion(b) ?? [0, 0, 0, 0])
}

/** The first transform whose conditions hold. */
function transformFor({ transforms }: Patch, state: ProductState): PatchTransform | undefined {
  const product = databaseOf(state)
  return transforms.find((transform) => checkTransform(product, readTransformSummary(transform.product)) === undefined)
}

function after(state: ProductState, { target }: PatchTransform): ProductState {
  return {
    ...state, productCode: (target.updatedProductCode || state.productCode).toUpperCase(), version: target.updatedProductVersion || state.version,
    language: target.updatedLanguage || state.language,
  }
}

function stateOf(base: Database): ProductState {
  const property = (name: string): string => base.table('Property')?.find(name)?.text('Value') ?? ''
  const template = base.summary.properties.get(templateId)
  return {
    productCode: property('ProductCode').toUpperCase(), version: property('ProductVersion'), language: property('ProductLanguage'),
    upgradeCode: property('UpgradeCode'), template: template?.type === 'lpstr' ? template.value : '',
  }
}

const templateId = 7

/** As much of a package as the validation of transforms looks at. */
function databaseOf(state: ProductState): Database {
  const database = createDatabase()
  database.summary = { codepage: 0, properties: new Map([[templateId, { type: 'lpstr', value: state.template }]]) }
  const table = database.createTable({ name: 'Property', columns: [{ name: 'Property', type: 'string', width: 72, key: true }, { name: 'Value', type: 'string', nullable: true }] })
  for (const row of [['ProductCode', state.productCode], ['ProductVersion', state.version], ['ProductLanguage', state.language], ['UpgradeCode', state.upgradeCode]]) table.insert(row)
  return database
}
