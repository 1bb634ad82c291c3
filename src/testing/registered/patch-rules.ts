// The same table for patches: lists below the product in both places, facts of each, its cached file and its sources.
// Which of them supersedes which is not derived anew: states are compared with the lists, and the lists with what was asked for.
// registration.md §3 and §7; LUAEnabled, MSI3 and PatchType are those of keys that Windows wrote.
import { isFullPath, isGuid, packGuid } from '../../base/index.ts'
import { openDatabase, readPatch, type Patch } from '../../database/index.ts'
import type { Platform, RegistryValue } from '../../platform/index.ts'
import { below, dword, expand, localPackageName, multi, productKey, sz, type Described, type Rule } from './product-rules.ts'
import type { Subject } from './subject.ts'
import { entryId, installer } from './territory.ts'

const applied = 1
const states: readonly unknown[] = [1, 2, 4]

const like = (pattern: RegExp, type: RegistryValue['type'] = 'REG_SZ'): Described => ({ holds: (value) => value.type === type && pattern.test(String(value.data)), text: `${type} like ${String(pattern)}` })

function withPatch<T>({ files }: Platform, path: string, use: (patch: Patch) => T): T | undefined {
  if (!isFullPath(path) || files.stat(path)?.kind !== 'file') return undefined
  using file = files.open(path)
  return use(readPatch(openDatabase(file)))
}

const list = (value: RegistryValue | undefined): readonly string[] => value?.type === 'REG_MULTI_SZ' ? value.data : []
const asked = (text: string): string[] => text.split(';').map((one) => one.trim().replace(/^"(.*)"$/, '$1')).filter((one) => one !== '')

const userPatches = ({ userDataSid, packed }: Subject): string => `${installer}\\UserData\\${userDataSid}\\Products\\${packed}\\Patches`
const cacheKey = ({ userDataSid }: Subject, patch: string): string => `${installer}\\UserData\\${userDataSid}\\Patches\\${patch}`

interface ExpectedPatches {
  /** Packed codes that the product has after the call, also those that others took the place of. */
  readonly all: readonly string[]
  readonly came: ReadonlyMap<string, string>
  readonly went: readonly string[]
}

export function expectedPatches(subject: Subject): ExpectedPatches {
  const had = list(subject.before.get(entryId(userPatches(subject), 'AllPatches'))?.value)
  const came = new Map<string, string>()
  const goes = new Set<string>()
  for (const path of asked(subject.property('PATCH'))) {
    withPatch(subject.platform, path, (patch) => {
      const packed = packGuid(patch.code) ?? ''
      if (!had.includes(packed)) came.set(packed, path)
    })
  }
  for (const what of asked(subject.property('MSIPATCHREMOVE'))) {
    const code = isGuid(what) ? what : withPatch(subject.platform, what, (patch) => patch.code)
    goes.add(packGuid(code ?? '') ?? '')
  }
  return { all: [...had, ...came.keys()].filter((packed) => !goes.has(packed)), came, went: had.filter((packed) => goes.has(packed)) }
}

export function* publishedPatches(subject: Subject): Iterable<Rule> {
  const { registry } = subject.platform
  const { all, came } = expectedPatches(subject)
  const key = `${productKey(subject)}\\Patches`
  const isApplied = (packed: string): boolean => registry.value(`${userPatches(subject)}\\${packed}`, 'State')?.data === applied
  const those = all.filter(isApplied)
  if (those.length > 0) {
    const same: Described = { holds: ({ type, data }) => type === 'REG_MULTI_SZ' && [...data as string[]].sort().join() === [...those].sort().join(), text: `REG_MULTI_SZ of ${those.join()}` }
    yield { key, name: 'Patches', value: same }
  }
  for (const packed of those) yield { key, name: packed, value: like(/^:[^;]+;:#[^;]+(;:[^;]+;:#[^;]+)*$/) }
  for (const [packed, path] of came) {
    const sources = `${subject.publishRoot}\\Patches\\${packed}\\SourceList`
    const at = path.lastIndexOf('\\') + 1
    yield* below(sources, { PackageName: sz(path.slice(at)), LastUsedSource: expand(`n;1;${path.slice(0, at)}`) })
    yield* below(`${sources}\\Net`, { 1: expand(path.slice(0, at)) })
  }
}

export function* registeredPatches(subject: Subject): Iterable<Rule> {
  const { all, went } = expectedPatches(subject)
  if (all.length > 0 || went.length > 0) yield { key: userPatches(subject), name: 'AllPatches', value: multi(all) }
  for (const packed of all) {
    const path = String(subject.platform.registry.value(cacheKey(subject, packed), localPackageName(subject))?.data ?? '')
    const facts = withPatch(subject.platform, path, ({ code, metadata }) => ({ code, text: (name: string) => metadata.find((one) => one.company === '' && one.property === name)?.value ?? '' }))
    const cached: Described = { holds: ({ type }) => type === 'REG_SZ' && packGuid(facts?.code ?? '') === packed && /^.:\\Windows\\Installer\\[0-9a-f]+\.msp$/i.test(path), text: 'the cached patch in Windows\\Installer' }
    yield { key: cacheKey(subject, packed), name: localPackageName(subject), value: cached }
    yield* below(`${userPatches(subject)}\\${packed}`, {
      State: { holds: ({ type, data }) => type === 'REG_DWORD' && states.includes(data), text: 'REG_DWORD 1, 2 or 4' }, Uninstallable: dword(/^1$/.test(facts?.text('AllowRemoval') ?? '') ? 1 : 0),
      DisplayName: sz(facts?.text('DisplayName') ?? ''), MoreInfoURL: sz(facts?.text('MoreInfoURL') ?? ''), Installed: like(/^20\d{6}$/), LUAEnabled: dword(0), MSI3: dword(1), PatchType: dword(0),
    })
  }
}
