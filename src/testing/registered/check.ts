// Whether a call recorded exactly what Windows would have: nothing missing, nothing different, nothing surplus; after a removal
// nothing that names the product; after a failure what was recorded before.
import { packGuid } from '../../base/index.ts'
import { isSuccess, type InstallResult } from '../../engine/index.ts'
import type { Platform, RegistryValue } from '../../platform/index.ts'
import { expectedPatches, publishedPatches, registeredPatches } from './patch-rules.ts'
import { nothing, productRules, type Rule, type RuleSet } from './product-rules.ts'
import { subjectOf, type Subject } from './subject.ts'
import { entryId, installer, readTerritory, shown, type RecordedEntry, type Territory } from './territory.ts'

const productTable: readonly RuleSet[] = [...productRules, { action: 'PublishProduct', rules: publishedPatches }, { action: 'RegisterProduct', rules: registeredPatches }]

/**
 * Looks at what is recorded before a call; the answer compares it with what is recorded after, and tells each difference.
 * @param log lines of the call, without their prefixes
 */
export function watchRegistration(platform: Platform): (result: InstallResult, log: readonly string[]) => string[] {
  const before = readTerritory(platform)
  return (result, log) => {
    const after = readTerritory(platform)
    // The rest comes after the restart.
    if (result.exitCode === 1604) return []
    if (!isSuccess(result.exitCode)) return changedByFailure(platform, before, after)
    const found = subjectOf(platform, before, result, log)
    if (found === undefined) return nothingLeft(result.productCode, before, after)
    try {
      return compare(found.subject, before, after)
    } finally {
      found.release()
    }
  }
}

const described = ({ key, name }: RecordedEntry): string => `${key} → ${name}`

/** Only what an upgrade took away in a transaction of its own, before that of the product that failed. */
function changedByFailure(platform: Platform, before: Territory, after: Territory): string[] {
  const gone = productsGone(before, after)
  return [...changedIds(before, after)].filter((id) => !wentAlong(platform, before.get(id), after.get(id), gone))
    .map((id) => `after a failure: ${described(before.get(id) ?? after.get(id)!)}: ${shown(before.get(id)?.value)} became ${shown(after.get(id)?.value)}`)
}

function* changedIds(before: Territory, after: Territory): Iterable<string> {
  for (const id of new Set([...before.keys(), ...after.keys()])) if (shown(before.get(id)?.value) !== shown(after.get(id)?.value)) yield id
}

function names(entry: RecordedEntry, productCode: string): boolean {
  const packed = packGuid(productCode) ?? ''
  return [packed, productCode].some((code) => code !== '' && `${entry.key}\\${entry.name}`.toUpperCase().includes(code.toUpperCase()))
}

/** A product that was removed is named nowhere. */
function nothingLeft(productCode: string, before: Territory, after: Territory): string[] {
  return [...after].filter(([id, entry]) => names(entry, productCode) && before.has(id)).map(([, entry]) => `left after the removal: ${described(entry)}: ${shown(entry.value)}`)
}

function matches(rule: Rule, found: RegistryValue): boolean {
  return 'holds' in rule.value ? rule.value.holds(found) : shown(rule.value) === shown(found)
}

function compare(subject: Subject, before: Territory, after: Territory): string[] {
  const problems: string[] = []
  const expected = new Map<string, Rule>()
  for (const { action, rules } of productTable) {
    if (subject.ran(action)) for (const rule of rules(subject)) expected.set(entryId(rule.key, rule.name), rule)
  }
  for (const [id, rule] of expected) {
    const found = after.get(id)?.value
    const text = 'holds' in rule.value ? rule.value.text : shown(rule.value)
    if (found === undefined && rule.value === nothing) continue
    if (found === undefined) problems.push(`missing: ${rule.key} → ${rule.name}: expected ${text}`)
    else if (!matches(rule, found)) problems.push(`different: ${rule.key} → ${rule.name}: expected ${text}, found ${shown(found)}`)
  }
  const gone = productsGone(before, after)
  const nested = [...nestedProducts(subject, before, after)]
  for (const id of changedIds(before, after)) {
    if (expected.has(id) || nested.some((code) => names(after.get(id) ?? before.get(id)!, code)) || mayChange(subject, before.get(id), after.get(id), gone)) continue
    problems.push(`surplus: ${described(after.get(id) ?? before.get(id)!)}: ${shown(before.get(id)?.value)} became ${shown(after.get(id)?.value)}`)
  }
  for (const code of gone) problems.push(...nothingLeft(code, before, after))
  return problems
}

const listed = (territory: Territory): Set<string> => new Set([...territory.values()].flatMap(({ key }) => /\\Uninstall\\(\{[^\\]+\})$/i.exec(key)?.[1]?.toUpperCase() ?? []))

/** Other products that the call removed. */
function productsGone(before: Territory, after: Territory): Set<string> {
  const is = listed(after)
  return new Set([...listed(before)].filter((code) => !is.has(code)))
}

/** Products that were installed within this one. */
function nestedProducts({ productCode }: Subject, before: Territory, after: Territory): Set<string> {
  const was = listed(before)
  return new Set([...listed(after)].filter((code) => !was.has(code) && code !== productCode))
}

/** What no table of the package tells: folders that came and went, and what went with other products. */
function mayChange(subject: Subject, was: RecordedEntry | undefined, is: RecordedEntry | undefined, gone: ReadonlySet<string>): boolean {
  if (wentAlong(subject.platform, was, is, gone)) return true
  if (upgraded(subject).some((code) => names((is ?? was)!, code))) return true
  return is === undefined && (names(was!, subject.productCode) || expectedPatches(subject).went.some((packed) => was!.key.includes(packed)))
}

function wentAlong({ files }: Platform, was: RecordedEntry | undefined, is: RecordedEntry | undefined, gone: ReadonlySet<string>): boolean {
  const { key, name } = (is ?? was)!
  if (key.toUpperCase() === `${installer}\\Folders`.toUpperCase()) return (is !== undefined) === (files.stat(name)?.kind === 'directory')
  return is === undefined && [...gone].some((code) => names(was!, code))
}

/** Products that the upgrade found, of which it may have removed some features only. */
function upgraded({ rows, property }: Subject): string[] {
  return rows('Upgrade').flatMap((row) => property(row.text('ActionProperty')).split(';')).filter((code) => code !== '')
}
