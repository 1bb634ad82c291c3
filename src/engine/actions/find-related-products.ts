// FindRelatedProducts: installed products of the same upgrade code whose version and language an Upgrade row names.
// https://learn.microsoft.com/windows/win32/msi/findrelatedproducts-action
import { compareFileVersions, isGuid, packGuid, parseFileVersion, unpackGuid, type FileVersion } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import { parseLanguages } from '../session/files/file-versioning.ts'
import type { InstallSession } from '../session/install-session.ts'
import { MessageType } from '../session/messages/messages.ts'
import type { EngineAction } from './engine-action.ts'

export const UpgradeAttribute = {
  migrateFeatures: 0x1, onlyDetect: 0x2, ignoreRemoveFailure: 0x4, versionMinInclusive: 0x100, versionMaxInclusive: 0x200, languagesExclusive: 0x400,
} as const

interface RelatedProduct {
  readonly productCode: string
  readonly version: FileVersion
  readonly language: number
}

/** At a first installation only. */
export const findRelatedProducts: EngineAction = async (session) => {
  if (session.context.isInstalled) {
    session.messages.log('Skipping FindRelatedProducts action: not run in maintenance mode')
    return
  }
  for (const row of session.rows('Upgrade')) {
    for (const product of relatedProducts(session, row.text('UpgradeCode'))) {
      if (product.productCode === session.product.productCode || !matches(row, product)) continue
      const property = row.text('ActionProperty')
      const found = session.properties.get(property)
      if (found.split(';').includes(product.productCode)) continue
      await session.messages.send(MessageType.actionData, [null, product.productCode])
      session.properties.set(property, found === '' ? product.productCode : `${found};${product.productCode}`)
    }
  }
}

/** Products of this session's context. */
function relatedProducts(session: InstallSession, upgradeCode: string): RelatedProduct[] {
  const packed = packGuid(upgradeCode)
  if (packed === undefined) return []
  const { registry } = session.platform
  const { publishRoot } = session.context
  const products: RelatedProduct[] = []
  for (const name of registry.valueNames(`${publishRoot}\\UpgradeCodes\\${packed}`)) {
    const productCode = unpackGuid(name)
    if (productCode === undefined || !isGuid(productCode)) continue
    const key = `${publishRoot}\\Products\\${name}`
    const number = (value: string): number | undefined => {
      const found = registry.value(key, value)
      return found?.type === 'REG_DWORD' ? found.data : undefined
    }
    const version = number('Version')
    if (version === undefined) continue
    products.push({ productCode, version: [version >>> 24, (version >>> 16) & 0xff, version & 0xffff, 0], language: number('Language') ?? 0 })
  }
  return products
}

function matches(row: Row, { version, language }: RelatedProduct): boolean {
  const attributes = row.integer('Attributes') ?? 0
  const minimum = parseFileVersion(row.text('VersionMin') || '0')
  const maximum = parseFileVersion(row.text('VersionMax'))
  if (minimum !== undefined) {
    const order = compareFileVersions(version, minimum, 3)
    if (order < 0 || (order === 0 && row.text('VersionMin') !== '' && (attributes & UpgradeAttribute.versionMinInclusive) === 0)) return false
  }
  if (maximum !== undefined) {
    const order = compareFileVersions(version, maximum, 3)
    if (order > 0 || (order === 0 && (attributes & UpgradeAttribute.versionMaxInclusive) === 0)) return false
  }
  const languages = parseLanguages(row.text('Language'))
  if (languages.length === 0) return true
  return languages.includes(language) !== ((attributes & UpgradeAttribute.languagesExclusive) !== 0)
}
