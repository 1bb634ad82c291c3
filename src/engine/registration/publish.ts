// The registry changes that publish and register a product. Pure: session in, edits out.
// https://learn.microsoft.com/windows/win32/msi/publishproduct-action, …/registerproduct-action, …/uninstall-registry-key
import { guidToBase85, packGuid, parseFileVersion } from '../../base/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import type { RegistryEdit } from '../script/operation.ts'
import type { Feature } from '../session/features/features.ts'
import type { Session } from '../session/session.ts'
import * as keys from './keys.ts'

/** A feature that is not installed has this in front of its parent's name. */
const absentMark = '\x06'
/** Stands between a feature's components and its parent. */
const parentMark = '\x02'
/** Registry.Root of HKLM. */
const localMachine = 2
/** What files take on the disk, as costing counts it. */
const clusterBytes = 4096
/** Attributes of the advertisement; what Windows writes for every product. */
const advertiseFlags = 388
const deploymentFlags = 3

const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
const expand = (data: string): RegistryValue => ({ type: 'REG_EXPAND_SZ', data })
const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data })

export function productPublish(session: Session, productIcon: string): RegistryEdit[] {
  const { product, context } = session
  const key = keys.productKey(context.publishRoot, product.packedProductCode)
  const values: Record<string, RegistryValue> = {
    ProductName: sz(product.productName), PackageCode: sz(packGuid(product.packageCode) ?? ''), Language: dword(product.language),
    Version: dword(packedVersion(product.productVersion)), Assignment: dword(context.perMachine ? 1 : 0),
    AdvertiseFlags: dword(advertiseFlags), InstanceType: instanceType(session, key), AuthorizedLUAApp: dword(0), DeploymentFlags: dword(deploymentFlags),
    ...(productIcon === '' ? {} : { ProductIcon: sz(productIcon) }),
    Clients: { type: 'REG_MULTI_SZ', data: [':'] },
  }
  const transforms = session.properties.get('TRANSFORMS')
  return sets(key, transforms === '' ? values : { ...values, Transforms: sz(transforms) })
}

/** 1 for an instance that a transform has made of the package; it stays one. https://learn.microsoft.com/windows/win32/msi/msinewinstance */
function instanceType({ properties, platform }: Session, key: string): RegistryValue {
  return properties.get('MSINEWINSTANCE') === '1' ? dword(1) : platform.registry.value(key, 'InstanceType') ?? dword(0)
}

export function sourceListPublish(session: Session): RegistryEdit[] {
  const { product, context, properties } = session
  const key = `${keys.productKey(context.publishRoot, product.packedProductCode)}\\SourceList`
  const source = session.sourceRoot
  const media: Record<string, RegistryValue> = { DiskPrompt: sz(properties.get('DiskPrompt')), MediaPackage: sz(properties.get('MEDIAPACKAGEPATH')) }
  for (const row of session.rows('Media')) {
    const disk = row.integer('DiskId') ?? 0
    // Patches have source lists of their own.
    if (properties.get('DISABLEMEDIA') !== '1' && session.patches?.media.has(disk) !== true) media[String(disk)] = sz(`${row.text('VolumeLabel')};${row.text('DiskPrompt')}`)
  }
  return [
    ...sets(key, { PackageName: sz(product.packageName), LastUsedSource: expand(`n;1;${source}`) }),
    ...sets(`${key}\\Net`, { 1: expand(source) }),
    ...furtherSources(session, key),
    ...sets(`${key}\\Media`, media),
  ]
}

const isUrl = (source: string): boolean => /^(?:https?|file):/i.test(source)

/** SOURCELIST, with the first installation. https://learn.microsoft.com/windows/win32/msi/sourcelist */
function furtherSources({ properties, context }: Session, key: string): RegistryEdit[] {
  if (context.isInstalled) return []
  const sources = properties.get('SOURCELIST').split(';').map((one) => one.trim()).filter((one) => one !== '')
  const numbered = (list: readonly string[], first: number): Record<string, RegistryValue> =>
    Object.fromEntries(list.map((source, index) => [String(first + index), expand(source.replace(/[\\/]?$/, isUrl(source) ? '/' : '\\'))]))
  return [...sets(`${key}\\Net`, numbered(sources.filter((one) => !isUrl(one)), 2)), ...sets(`${key}\\URL`, numbered(sources.filter(isUrl), 1))]
}

export function featurePublish(session: Session, feature: Feature): RegistryEdit[] {
  const { product, context } = session
  const parent = feature.parent?.name ?? ''
  const state = feature.action === -1 ? feature.installed : feature.action
  const isAbsent = state !== 1 && state !== 3 && state !== 4
  const components = feature.components.filter((name) => session.patches?.goes.components.has(name) !== true)
    .map((name) => guidToBase85(session.components.get(name)?.id ?? '') ?? '').join('')
  return [
    ...sets(keys.featuresKey(context.publishRoot, product.packedProductCode), { [feature.name]: sz(`${isAbsent ? absentMark : ''}${parent}`) }),
    ...sets(keys.userDataFeaturesKey(context.userDataSid, product.packedProductCode), { [feature.name]: sz(`${components}${parent === '' ? '' : `${parentMark}${parent}`}`) }),
  ]
}

/** A feature that the package does not have any more. */
export function featureForget({ product, context }: Session, { name }: Feature): RegistryEdit[] {
  const both = [keys.featuresKey(context.publishRoot, product.packedProductCode), keys.userDataFeaturesKey(context.userDataSid, product.packedProductCode)]
  return both.map((key) => ({ edit: 'delete-value', key, name, pruneKey: false }))
}

export function featureUnpublish(session: Session): RegistryEdit[] {
  const { product, context } = session
  return [
    { edit: 'delete-key', key: keys.featuresKey(context.publishRoot, product.packedProductCode) },
    { edit: 'delete-key', key: keys.userDataFeaturesKey(context.userDataSid, product.packedProductCode) },
  ]
}

/** The context's list; RegisterProduct writes that of the machine. */
export function upgradeCodePublish(session: Session): RegistryEdit[] {
  return upgradeCodeKeys(session).slice(0, 1).map((key) => ({ edit: 'set', key, name: session.product.packedProductCode, value: sz('') }))
}

export function upgradeCodeUnpublish(session: Session): RegistryEdit[] {
  return upgradeCodeKeys(session).map((key) => ({ edit: 'delete-value', key, name: session.product.packedProductCode, pruneKey: true }))
}

function upgradeCodeKeys(session: Session): string[] {
  const packed = packGuid(session.product.upgradeCode)
  return packed === undefined ? [] : [keys.upgradeCodeKey(session.context.publishRoot, packed), keys.machineUpgradeCodeKey(packed)]
}

export function productUnpublish(session: Session): RegistryEdit[] {
  return [{ edit: 'delete-key', key: keys.productKey(session.context.publishRoot, session.product.packedProductCode) }]
}

/** The Uninstall key and InstallProperties; `localPackage` is the cached package. */
export function productRegister(session: Session, localPackage: string, displayIcon: string): RegistryEdit[] {
  const values = uninstallValues(session, displayIcon)
  const { userDataSid } = session.context
  const { packedProductCode } = session.product
  return [
    ...sets(keys.installPropertiesKey(userDataSid, packedProductCode), { ...values, [keys.localPackageName(session.context.publishRoot)]: sz(localPackage) }),
    { edit: 'create-key', key: `${keys.userDataProductKey(userDataSid, packedProductCode)}\\Usage` },
    ...sets(uninstallKey(session), values),
    ...upgradeCodeKeys(session).slice(1).map((key) => ({ edit: 'set', key, name: packedProductCode, value: sz('') }) as const),
  ]
}

export function productUnregister(session: Session): RegistryEdit[] {
  return [
    { edit: 'delete-key', key: keys.userDataProductKey(session.context.userDataSid, session.product.packedProductCode) },
    { edit: 'delete-key', key: uninstallKey(session) },
  ]
}

export function userRegister(session: Session): RegistryEdit[] {
  const { properties, product, context } = session
  return sets(keys.installPropertiesKey(context.userDataSid, product.packedProductCode), {
    ProductID: sz(properties.get('ProductID')), RegOwner: sz(properties.get('USERNAME')), RegCompany: sz(properties.get('COMPANYNAME')),
  })
}

/** Add/Remove Programs: the machine's key for products of a single user too, in the view of the package's own width. */
export function uninstallKey(session: Session): string {
  const path = `Software\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${session.product.productCode}`
  return session.registryKey(localMachine, path, session.context.package64Bit)
}

function uninstallValues(session: Session, displayIcon: string): Record<string, RegistryValue> {
  const { properties, product } = session
  const text = (property: string): RegistryValue => sz(properties.get(property))
  // As Windows writes them, though it puts no variables in.
  const expandable = (property: string): RegistryValue => properties.get(property) === '' ? sz('') : expand(properties.get(property))
  const [major, minor] = parseFileVersion(product.productVersion) ?? [0, 0]
  return {
    AuthorizedCDFPrefix: text('ARPAUTHORIZEDCDFPREFIX'), Comments: text('ARPCOMMENTS'), Contact: text('ARPCONTACT'),
    DisplayName: sz(product.productName), DisplayVersion: sz(product.productVersion), HelpLink: expandable('ARPHELPLINK'),
    HelpTelephone: text('ARPHELPTELEPHONE'), InstallDate: sz(installDate(session)), InstallLocation: text('ARPINSTALLLOCATION'),
    InstallSource: sz(session.sourceRoot), Publisher: text('Manufacturer'), Readme: expandable('ARPREADME'), Size: text('ARPSIZE'),
    URLInfoAbout: text('ARPURLINFOABOUT'), URLUpdateInfo: text('ARPURLUPDATEINFO'),
    EstimatedSize: dword(estimatedSizeKb(session)), Language: dword(product.language),
    Version: dword(packedVersion(product.productVersion)), VersionMajor: dword(major), VersionMinor: dword(minor), WindowsInstaller: dword(1),
    ...maintenanceCommands(session), ...maintenanceFlags(session),
    ...(displayIcon === '' ? {} : { DisplayIcon: sz(displayIcon) }),
    ...(properties.has('MSIARPSETTINGSIDENTIFIER') ? { SettingsIdentifier: text('MSIARPSETTINGSIDENTIFIER') } : {}),
  }
}

/** `/I` opens maintenance, `/X` uninstalls at once. */
function maintenanceCommands(session: Session): Record<string, RegistryValue> {
  const verb = session.properties.get('ARPNOMODIFY') === '' ? '/I' : '/X'
  const command = expand(`MsiExec.exe ${verb}${session.product.productCode}`)
  return session.properties.get('ARPNOREMOVE') === '' ? { ModifyPath: command, UninstallString: command } : { ModifyPath: command }
}

function maintenanceFlags(session: Session): Record<string, RegistryValue> {
  const flags: Record<string, string> = { NoModify: 'ARPNOMODIFY', NoRemove: 'ARPNOREMOVE', NoRepair: 'ARPNOREPAIR', SystemComponent: 'ARPSYSTEMCOMPONENT' }
  return Object.fromEntries(Object.entries(flags).filter(([, property]) => session.properties.get(property) !== '').map(([name]) => [name, dword(1)]))
}

export function installDate(session: Session): string {
  return new Date(session.platform.clock.now()).toISOString().slice(0, 10).replaceAll('-', '')
}

/** KiB that the files of components take that are, or become, local. */
function estimatedSizeKb(session: Session): number {
  let bytes = 0
  for (const file of session.files.values()) {
    const component = session.components.get(file.component)
    if (component === undefined) continue
    if ((component.action === -1 ? component.installed : component.action) === 3) bytes += Math.ceil(file.size / clusterBytes) * clusterBytes
  }
  return Math.ceil(bytes / 1024)
}

/** major << 24 | minor << 16 | build. */
export function packedVersion(version: string): number {
  const [major, minor, build] = parseFileVersion(version) ?? [0, 0, 0, 0]
  return ((major & 0xff) * 0x1000000) + ((minor & 0xff) << 16) + build
}

function sets(key: string, values: Readonly<Record<string, RegistryValue>>): RegistryEdit[] {
  return Object.entries(values).map(([name, value]) => ({ edit: 'set', key, name, value }))
}
