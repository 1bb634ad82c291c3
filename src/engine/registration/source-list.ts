// The sources that a product can be installed from again.
// https://learn.microsoft.com/windows/win32/msi/source-resiliency
import { packGuid } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import * as keys from './keys.ts'
import { publishedContext } from './product-contexts.ts'
import { infoText, unknownProduct } from './product-info.ts'

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
  readonly media: ReadonlyMap<number, { readonly volumeLabel: string; readonly prompt: string }>
}

const types = { n: 'network', u: 'url', m: 'media' } as const

/** @throws WindowsError ERROR_UNKNOWN_PRODUCT (1605) */
export function sourceList({ registry, machine }: Platform, productCode: string): SourceList {
  const context = publishedContext(registry, machine, productCode)
  if (context === undefined) throw unknownProduct(productCode)
  const key = `${keys.productKey(context.publishRoot, packGuid(productCode)!)}\\SourceList`
  const text = (at: string, name: string): string => infoText(registry.value(at, name))
  const ordered = (at: string): string[] => registry.valueNames(at).filter((name) => /^\d+$/.test(name)).sort((a, b) => Number(a) - Number(b)).map((name) => text(at, name))
  const lastUsed = /^([num]);(\d+);(.*)$/s.exec(text(key, 'LastUsedSource'))
  const media = registry.valueNames(`${key}\\Media`).filter((name) => /^\d+$/.test(name)).map((name) => {
    const [volumeLabel = '', ...prompt] = text(`${key}\\Media`, name).split(';')
    return [Number(name), { volumeLabel, prompt: prompt.join(';') }] as const
  })
  return {
    packageName: text(key, 'PackageName'), lastUsed: lastUsed?.[3] ?? '', lastUsedType: lastUsed === null ? undefined : types[lastUsed[1] as keyof typeof types],
    network: ordered(`${key}\\Net`), urls: ordered(`${key}\\URL`), media: new Map(media.sort(([a], [b]) => a - b)),
  }
}
