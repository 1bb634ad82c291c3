// What a package says of its product, with the defaults filled in.
// https://learn.microsoft.com/windows/win32/msi/property-reference#required-properties
import { guidToBytes, WindowsError } from '../base/index.ts'
import { nameGuid } from './name-guid.ts'

export type Platform = 'Intel' | 'x64' | 'Intel64' | 'Arm' | 'Arm64'

export interface ProductDefinition {
  readonly name: string
  /** Up to four numbers; Windows Installer compares the first three. */
  readonly version: string
  readonly manufacturer: string
  /** LANGID; 1033 when absent. */
  readonly language?: number
  /** GUIDs in registry form; those that are absent follow from names. Give the upgrade code of a product that you keep. */
  readonly productCode?: string
  readonly upgradeCode?: string
  readonly packageCode?: string
  /** `Intel` when absent. */
  readonly platform?: Platform
  /** Whom the product is installed for; `machine` when absent. */
  readonly scope?: 'machine' | 'user'
  /** Least version of Windows Installer times 100; 200 when absent, 500 for Arm64. */
  readonly installerVersion?: number
  /** Code page of the texts; 1252 when absent. */
  readonly codepage?: number
  readonly comments?: string
  readonly keywords?: string
  /** Milliseconds since 1970 for what has no time of its own; 1980-01-01 when absent. Give SOURCE_DATE_EPOCH × 1000. */
  readonly buildTimeMs?: number
}

/** With nothing left open but the package code, which follows from the content. */
export type Product = Required<Omit<ProductDefinition, 'packageCode'>> & { readonly packageCode: string | undefined; readonly is64Bit: boolean }

/** The namespace of upgrade codes that follow from manufacturer and name. */
const productNamespace = '{6A1F3C1E-52C4-4D0B-9B7E-0E6F6F8C2A11}'

/** @throws WindowsError ERROR_INVALID_PARAMETER for a version or a GUID that is none */
export function resolveProduct(definition: ProductDefinition): Product {
  const { name, version, manufacturer, language = 1033, platform = 'Intel', scope = 'machine' } = definition
  if (name === '' || manufacturer === '') throw invalid('name and manufacturer', 'text', 'none')
  if (!/^\d{1,5}(\.\d{1,5}){0,3}$/.test(version) || !withinLimits(version)) {
    throw invalid('version', 'up to 255.255.65535', version)
  }
  for (const field of ['productCode', 'upgradeCode', 'packageCode'] as const) {
    const guid = definition[field]
    if (guid !== undefined && (guidToBytes(guid) === undefined || guid !== guid.toUpperCase())) throw invalid(field, 'a GUID in registry form and upper case', guid)
  }
  const upgradeCode = definition.upgradeCode ?? nameGuid(productNamespace, `${manufacturer}\n${name}`)
  return {
    name, version, manufacturer, language, platform, scope, upgradeCode,
    productCode: definition.productCode ?? nameGuid(upgradeCode, `product\n${name}\n${version}\n${language}\n${platform}`),
    packageCode: definition.packageCode,
    installerVersion: definition.installerVersion ?? (platform === 'Arm64' ? 500 : 200),
    codepage: definition.codepage ?? 1252,
    comments: definition.comments ?? `This installer database contains the logic and data required to install ${name}.`,
    keywords: definition.keywords ?? 'Installer',
    buildTimeMs: definition.buildTimeMs ?? Date.UTC(1980, 0, 1),
    is64Bit: platform !== 'Intel' && platform !== 'Arm',
  }
}

function withinLimits(version: string): boolean {
  return version.split('.').every((part, index) => Number(part) <= [255, 255, 65535, 65535][index]!)
}

function invalid(field: string, expected: string, found: string): WindowsError {
  return new WindowsError('ERROR_INVALID_PARAMETER', `product, ${field}: expected ${expected}, found ${found}`)
}
