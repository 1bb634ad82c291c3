// The sources that a product or patch can be installed from again: read, and changed by whoever moves them. Changes are
// durable at once; they are not for times when an installation runs.
// https://learn.microsoft.com/windows/win32/msi/source-resiliency, …/installer-function-reference (source functions)
import { packGuid, WindowsError } from '../../base/index.ts'
import type { Platform, Registry, RegistryValue } from '../../platform/index.ts'
import * as keys from './keys.ts'
import { allContextRoots, contextRoots, type ContextRoots, type ProductContext } from './product-contexts.ts'
import { infoText, unknownProduct } from './product-info.ts'

/** Whose list is meant, where it is not that of the product that the contexts are first found to publish. */
export interface SourceListScope {
  readonly context?: ProductContext
  readonly userSid?: string
  /** The code is a patch's. */
  readonly patch?: boolean
}

export interface SourceList {
  /** Name of the package file at each source. */
  readonly packageName: string
  /** `''` when none was used yet. */
  readonly lastUsed: string
  readonly lastUsedType: 'network' | 'url' | 'media' | undefined
  /** In the order in which they are tried. */
  readonly network: readonly string[]
  readonly urls: readonly string[]
  /** By disk number: volume label and prompt. */
  readonly media: ReadonlyMap<number, MediaDisk>
  /** Template of the text that asks for a disk. */
  readonly diskPrompt: string
  /** Folder of the package on its media. */
  readonly mediaPackagePath: string
}

export interface MediaDisk {
  readonly volumeLabel: string
  readonly prompt: string
}

const types = { n: 'network', u: 'url', m: 'media' } as const
const lists = { network: { key: 'Net', letter: 'n', end: '\\' }, url: { key: 'URL', letter: 'u', end: '/' } } as const
/** What can be set; LastUsedSource has {@link useSource}. */
const settable = { PackageName: ['', 'PackageName'], MediaPackagePath: ['\\Media', 'MediaPackage'], DiskPrompt: ['\\Media', 'DiskPrompt'] } as const

/** @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605) */
export function sourceList(platform: Platform, code: string, scope: SourceListScope = {}): SourceList {
  const { registry } = platform
  const key = listKey(platform, code, scope)
  const lastUsed = /^([num]);(\d+);(.*)$/s.exec(text(registry, key, 'LastUsedSource'))
  const media = numbered(registry, `${key}\\Media`).map(([number, entry]) => {
    const [volumeLabel = '', ...prompt] = entry.split(';')
    return [number, { volumeLabel, prompt: prompt.join(';') }] as const
  })
  const sources = (kind: keyof typeof lists): string[] => numbered(registry, `${key}\\${lists[kind].key}`).map(([, source]) => source)
  return {
    packageName: text(registry, key, 'PackageName'), lastUsed: lastUsed?.[3] ?? '', lastUsedType: lastUsed === null ? undefined : types[lastUsed[1] as keyof typeof types],
    network: sources('network'), urls: sources('url'), media: new Map(media),
    diskPrompt: text(registry, `${key}\\Media`, 'DiskPrompt'), mediaPackagePath: text(registry, `${key}\\Media`, 'MediaPackage'),
  }
}

/**
 * Adds a source, or moves one that is there already.
 * @param place From 1; at the end of the list when 0 or beyond it.
 */
export function addSource(platform: Platform, code: string, kind: 'network' | 'url', source: string, place = 0, scope: SourceListScope = {}): void {
  if (source === '') throw new WindowsError('ERROR_INVALID_PARAMETER', 'source list: expected a source, found none')
  const { end } = lists[kind]
  const ended = source.endsWith(end) ? source : source + end
  changeSources(platform, code, kind, scope, (sources) => {
    const others = sources.filter((one) => !same(one, ended))
    const at = place < 1 ? others.length : Math.min(place - 1, others.length)
    return [...others.slice(0, at), ended, ...others.slice(at)]
  })
}

/** No error when it is not there. */
export function removeSource(platform: Platform, code: string, kind: 'network' | 'url', source: string, scope: SourceListScope = {}): void {
  changeSources(platform, code, kind, scope, (sources) => sources.filter((one) => !same(one, source) && !same(one, source + lists[kind].end)))
}

export function clearSources(platform: Platform, code: string, kinds: readonly ('network' | 'url' | 'media')[], scope: SourceListScope = {}): void {
  for (const kind of kinds) {
    if (kind !== 'media') changeSources(platform, code, kind, scope, () => [])
    else for (const disk of sourceList(platform, code, scope).media.keys()) removeMediaDisk(platform, code, disk, scope)
  }
}

/** Adds a disk of the media, or describes one anew. @param disk As in the Media table, from 1 */
export function addMediaDisk(platform: Platform, code: string, disk: number, { volumeLabel, prompt }: MediaDisk, scope: SourceListScope = {}): void {
  change(platform, `${listKey(platform, code, scope)}\\Media`, String(disk), { type: 'REG_SZ', data: `${volumeLabel};${prompt}` })
}

export function removeMediaDisk(platform: Platform, code: string, disk: number, scope: SourceListScope = {}): void {
  change(platform, `${listKey(platform, code, scope)}\\Media`, String(disk), undefined)
}

/** @throws WindowsError ERROR_UNKNOWN_PROPERTY (1608) */
export function setSourceInfo(platform: Platform, code: string, property: string, value: string, scope: SourceListScope = {}): void {
  const place = Object.hasOwn(settable, property) ? settable[property as keyof typeof settable] : undefined
  if (place === undefined) throw new WindowsError('ERROR_UNKNOWN_PROPERTY', `source list: expected ${Object.keys(settable).join(', ')}, found ${property}`)
  change(platform, listKey(platform, code, scope) + place[0], place[1], { type: 'REG_SZ', data: value })
}

/** The source to try first; it is added when the list does not have it. */
export function useSource(platform: Platform, code: string, kind: 'network' | 'url', source: string, scope: SourceListScope = {}): void {
  const ended = source.endsWith(lists[kind].end) ? source : source + lists[kind].end
  const known = (): number => {
    const list = sourceList(platform, code, scope)
    return (kind === 'network' ? list.network : list.urls).findIndex((one) => same(one, ended))
  }
  if (known() < 0) addSource(platform, code, kind, ended, 0, scope)
  change(platform, listKey(platform, code, scope), 'LastUsedSource', { type: 'REG_EXPAND_SZ', data: `${lists[kind].letter};${known() + 1};${ended}` })
}

/** The next installation looks through the whole list again. */
export function forgetLastUsedSource(platform: Platform, code: string, scope: SourceListScope = {}): void {
  change(platform, listKey(platform, code, scope), 'LastUsedSource', undefined)
}

function listKey({ registry, machine }: Platform, code: string, { context, userSid, patch = false }: SourceListScope): string {
  const packed = packGuid(code)
  const roots: readonly ContextRoots[] = context === undefined ? allContextRoots(registry, machine) : [contextRoots(machine, context, userSid)]
  const found = packed === undefined ? undefined : roots.map(({ publishRoot }) => patch ? `${publishRoot}\\Patches\\${packed}` : keys.productKey(publishRoot, packed))
    .find((key) => registry.keyExists(key))
  if (found !== undefined) return `${found}\\SourceList`
  throw patch ? new WindowsError('ERROR_UNKNOWN_PATCH', `patch ${code}: expected one that is registered in this context`) : unknownProduct(code)
}

function changeSources(platform: Platform, code: string, kind: 'network' | 'url', scope: SourceListScope, edit: (sources: readonly string[]) => readonly string[]): void {
  const { registry } = platform
  const key = `${listKey(platform, code, scope)}\\${lists[kind].key}`
  const before = numbered(registry, key)
  const after = edit(before.map(([, source]) => source))
  registry.createKey(key)
  for (const [number] of before) registry.deleteValue(key, String(number))
  after.forEach((source, index) => { registry.setValue(key, String(index + 1), { type: 'REG_EXPAND_SZ', data: source }) })
  registry.flush()
}

function change({ registry }: Platform, key: string, name: string, value: RegistryValue | undefined): void {
  registry.createKey(key)
  if (value === undefined) registry.deleteValue(key, name)
  else registry.setValue(key, name, value)
  registry.flush()
}

/** Values that are named by numbers, in their order. */
function numbered(registry: Registry, key: string): (readonly [number, string])[] {
  return registry.valueNames(key).filter((name) => /^\d+$/.test(name)).map((name) => [Number(name), text(registry, key, name)] as const).sort(([a], [b]) => a - b)
}

function text(registry: Registry, key: string, name: string): string {
  return infoText(registry.value(key, name))
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
