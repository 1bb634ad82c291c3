// An installation package opened for running: the database, what its summary information says, and where it lies.
// https://learn.microsoft.com/windows/win32/msi/summary-information-stream-reference
import { baseName, FormatError, isFullPath, isGuid, joinPath, parentPath, pathSegments, withTrailingBackslash, WindowsError } from '../../base/index.ts'
import { openDatabase, type Database } from '../../database/index.ts'
import type { Machine, Platform } from '../../platform/index.ts'
import type { InstallerVersion } from '../session/properties/installer-version.ts'
import type { PackagePatches } from './patches.ts'

export interface Package extends Disposable {
  /** Full Windows path. */
  readonly path: string
  readonly fileName: string
  /** Folder of the package with a trailing backslash: the source, unless the source list says otherwise. */
  readonly folder: string
  readonly database: Database
  /** Bytes of the file. */
  readonly size: number
  readonly summary: PackageSummary
  /** The Property table; literal values. */
  readonly properties: ReadonlyMap<string, string>
  readonly productCode: string
  /** Those it was given, and what follows from them. */
  readonly patches?: PackagePatches
}

export interface PackageSummary {
  /** Of the Template property: '' (any), Intel, x64, Intel64, Arm64. */
  readonly architecture: string
  readonly languages: readonly number[]
  /** First GUID of the Revision property. */
  readonly packageCode: string
  /** Page Count: version of the schema that the package needs. */
  readonly schema: number
  readonly shortFileNames: boolean
  readonly compressed: boolean
  readonly adminImage: boolean
  /** Word Count bit 3: never asks for elevation. */
  readonly needsNoElevation: boolean
}

/**
 * @throws WindowsError 1619 when the file cannot be opened, 1620 when it is no package.
 */
export function openPackage(platform: Platform, path: string): Package {
  const windowsPath = isFullPath(path) ? withoutDots(path) : platform.files.fromHostPath(path)
  if (windowsPath === undefined) {
    throw new WindowsError('ERROR_INSTALL_PACKAGE_OPEN_FAILED', `package ${path}: expected a path on a drive of the machine`)
  }
  const file = openFile(platform, windowsPath)
  try {
    const opened = packageFromDatabase(openPackageDatabase(windowsPath, () => openDatabase(file)), windowsPath, file)
    if (opened.productCode === '') throw invalid(windowsPath, `property ProductCode: expected a GUID, found '${opened.properties.get('ProductCode') ?? ''}'`)
    return opened
  } catch (error) {
    file[Symbol.dispose]()
    throw error instanceof FormatError ? invalid(windowsPath, error.message, error) : error
  }
}

/** A path that climbs above its drive stays as it is, and is not found. */
function withoutDots(path: string): string {
  const parts = pathSegments(path)
  return parts === undefined || parts.drive === '' ? path : joinPath(`${parts.drive}\\`, ...parts.segments)
}

/** The same package once more, after its database changed: properties, codes and summary information are read anew. */
export function repackage(source: Package): Package {
  const properties = propertyTable(source.database)
  const productCode = properties.get('ProductCode') ?? ''
  if (!isGuid(productCode)) throw invalid(source.path, `property ProductCode: expected a GUID, found '${productCode}'`)
  return { ...source, properties, productCode: productCode.toUpperCase(), summary: packageSummary(source.database) }
}

/** A database that is open already, as the package that it is. The product code is `''` where it has none. */
export function packageFromDatabase(database: Database, path: string, file: { readonly size: number } & Disposable = { size: 0, [Symbol.dispose]: () => {} }): Package {
  const properties = propertyTable(database)
  const productCode = properties.get('ProductCode') ?? ''
  return {
    path, fileName: baseName(path), folder: withTrailingBackslash(parentPath(path) ?? ''),
    database, size: file.size, properties, productCode: isGuid(productCode) ? productCode.toUpperCase() : '', summary: packageSummary(database),
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

function openFile(platform: Platform, path: string): ReturnType<Platform['files']['open']> {
  try {
    return platform.files.open(path)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    throw new WindowsError('ERROR_INSTALL_PACKAGE_OPEN_FAILED', `package ${path}: ${error.message}`, { cause: error })
  }
}

function openPackageDatabase(path: string, open: () => Database): Database {
  try {
    return open()
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    throw invalid(path, error.message, error)
  }
}

function invalid(path: string, message: string, cause?: unknown): WindowsError {
  return new WindowsError('ERROR_INSTALL_PACKAGE_INVALID', `package ${path}: ${message}`, { cause })
}

function propertyTable(database: Database): Map<string, string> {
  const properties = new Map<string, string>()
  for (const row of database.table('Property')?.rows() ?? []) properties.set(row.text('Property'), row.text('Value'))
  return properties
}

const pid = { template: 7, revision: 9, pageCount: 14, wordCount: 15 } as const

function packageSummary(database: Database): PackageSummary {
  const { properties } = database.summary
  const damage = database.findings.find(({ id }) => id === 'summary-damaged')
  if (damage !== undefined) throw new FormatError(damage)
  const text = (id: number): string => {
    const value = properties.get(id)
    return value?.type === 'lpstr' ? value.value : ''
  }
  const number = (id: number): number => {
    const value = properties.get(id)
    return value?.type === 'i4' || value?.type === 'i2' ? value.value : 0
  }
  const [platforms = '', languages = ''] = text(pid.template).split(';')
  const wordCount = number(pid.wordCount)
  return {
    architecture: platforms.split(',')[0]!.trim(),
    languages: languages.split(',').map((one) => Number(one.trim())).filter((one) => Number.isInteger(one)),
    packageCode: text(pid.revision).slice(0, 38).toUpperCase(),
    schema: number(pid.pageCount),
    shortFileNames: (wordCount & 1) !== 0, compressed: (wordCount & 2) !== 0,
    adminImage: (wordCount & 4) !== 0, needsNoElevation: (wordCount & 8) !== 0,
  }
}

export function is64BitPackage(summary: PackageSummary): boolean {
  return /^(x64|amd64|intel64|arm64)$/i.test(summary.architecture)
}

const oldestSchema64 = 200
/** Primary language identifiers are assigned up to here; 0 stands for any language. */
const lastPrimaryLanguage = 0x93

/** No machine of ours runs what is for Intel64. */
function runsOn({ architecture }: PackageSummary, machine: Machine): boolean {
  switch (architecture.toLowerCase()) {
    case '': case 'intel': return true
    case 'x64': case 'amd64': return machine.architecture !== 'x86'
    case 'arm64': return machine.architecture === 'arm64'
    default: return false
  }
}

/**
 * @throws WindowsError 1633 for another processor, 1623 for languages that no Windows knows, 1613 when the package needs a
 *   later installer, 1620 for a 64-bit package of a schema that knows of none.
 */
export function checkPlatform(summary: PackageSummary, machine: Machine, version: InstallerVersion): void {
  if (!runsOn(summary, machine)) {
    throw new WindowsError('ERROR_INSTALL_PLATFORM_UNSUPPORTED', `package for ${summary.architecture}: expected one that runs on ${machine.architecture}`)
  }
  if (is64BitPackage(summary) && summary.schema < oldestSchema64) {
    throw new WindowsError('ERROR_INSTALL_PACKAGE_INVALID', `package for ${summary.architecture}: expected schema ${oldestSchema64} or later, found ${summary.schema}`)
  }
  if (summary.languages.length > 0 && !summary.languages.some((language) => (language & 0x3ff) <= lastPrimaryLanguage)) {
    throw new WindowsError('ERROR_INSTALL_LANGUAGE_UNSUPPORTED', `package languages: expected one that Windows knows, found ${summary.languages.join(', ')}`)
  }
  const engine = version.major * 100 + version.minor
  if (summary.schema > engine && summary.schema < 1000) {
    throw new WindowsError('ERROR_INSTALL_PACKAGE_VERSION', `package schema: expected at most ${engine} of this installer, found ${summary.schema}`)
  }
}
