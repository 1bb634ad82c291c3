// The table of what Windows records of an installed product: key by key and value by value, with the action that writes it.
// registration.md §3 to §9; https://learn.microsoft.com/windows/win32/msi/uninstall-registry-key and the pages of the actions.
// The types of HelpLink, Readme and LastUsedSource are those of keys that Windows wrote.
import { foldCase, guidToBase85, packGuid, parseFileVersion, unpackGuid } from '../../base/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import { folderOf, iconPath, type ComponentFacts, type Subject } from './subject.ts'
import { entryId, installer } from './territory.ts'

/** Data that differ from call to call are described: by a test, and in words. */
export interface Described {
  readonly holds: (value: RegistryValue) => boolean
  readonly text: string
}

/** No such value. */
export const nothing: Described = { holds: () => false, text: 'nothing' }

export interface Rule {
  readonly key: string
  readonly name: string
  readonly value: RegistryValue | Described
}

/** What an action records, once it ran. */
export interface RuleSet {
  readonly action: string
  readonly rules: (subject: Subject) => Iterable<Rule>
}

export const sz = (data: string): RegistryValue => ({ type: 'REG_SZ', data })
export const expand = (data: string): RegistryValue => ({ type: 'REG_EXPAND_SZ', data })
export const dword = (data: number): RegistryValue => ({ type: 'REG_DWORD', data })
export const multi = (data: readonly string[]): RegistryValue => ({ type: 'REG_MULTI_SZ', data })
const like = (pattern: RegExp, type: RegistryValue['type'] = 'REG_SZ'): Described => ({ holds: (value) => value.type === type && pattern.test(String(value.data)), text: `${type} like ${String(pattern)}` })

type Values = Readonly<Record<string, RegistryValue | Described | undefined>>

export function below(key: string, values: Values): Rule[] {
  return Object.entries(values).flatMap(([name, value]) => value === undefined ? [] : [{ key, name, value }])
}

export const productKey = ({ publishRoot, packed }: Subject): string => `${publishRoot}\\Products\\${packed}`
const userDataKey = ({ userDataSid }: Subject): string => `${installer}\\UserData\\${userDataSid}`
const userProductKey = (subject: Subject): string => `${userDataKey(subject)}\\Products\\${subject.packed}`
const isPresent = (state: string): boolean => state === 'local' || state === 'source'

/** Of products that an administrator assigned to a user the value has another name. */
export const localPackageName = ({ publishRoot }: Subject): string => publishRoot.includes('\\Managed\\') ? 'ManagedLocalPackage' : 'LocalPackage'

function packedVersion(version: string): number {
  const [major = 0, minor = 0, build = 0] = parseFileVersion(version) ?? []
  return (major & 0xff) * 0x1000000 + (minor & 0xff) * 0x10000 + build
}

function product(subject: Subject): Rule[] {
  const { property, perMachine, packageCode } = subject
  const icon = property('ARPPRODUCTICON')
  const instance = subject.before.get(entryId(productKey(subject), 'InstanceType'))?.value ?? dword(property('MSINEWINSTANCE') === '1' ? 1 : 0)
  return below(productKey(subject), {
    ProductName: sz(property('ProductName')), PackageCode: sz(packGuid(packageCode) ?? ''), Language: dword(Number(property('ProductLanguage'))), Version: dword(packedVersion(property('ProductVersion'))),
    Assignment: dword(perMachine ? 1 : 0), AdvertiseFlags: dword(0x184), InstanceType: instance, AuthorizedLUAApp: dword(0), DeploymentFlags: dword(3), Clients: multi([':']),
    ProductIcon: icon === '' ? undefined : sz(iconPath(subject, icon)), Transforms: property('TRANSFORMS') === '' ? undefined : sz(property('TRANSFORMS')),
  })
}

const isUrl = (source: string): boolean => /^(?:https?|file):/i.test(source)

/** The folder of the package at first; what was used last from then on. */
function sourceOf(subject: Subject): string | undefined {
  const { property, isFirst, before } = subject
  const resolved = property('SourceDir')
  if (isFirst) return resolved === '' ? folderOf(property('OriginalDatabase')) : resolved
  const last = before.get(entryId(`${productKey(subject)}\\SourceList`, 'LastUsedSource'))?.value.data
  return resolved === '' ? typeof last === 'string' ? last.replace(/^[a-z];\d+;/, '') : undefined : resolved
}

function sourceList(subject: Subject): Rule[] {
  const { property, rows, isFirst } = subject
  const key = `${productKey(subject)}\\SourceList`
  const source = sourceOf(subject)
  const further = isFirst ? property('SOURCELIST').split(';').map((one) => one.trim()).filter((one) => one !== '') : []
  const ended = further.map((one) => one.replace(/[\\/]?$/, isUrl(one) ? '/' : '\\'))
  // Patches that are applied to an installed product have source lists of their own; those of an image belong to it.
  const patches = subject.platform.registry.subkeys(`${userProductKey(subject)}\\Patches`).map((packed) => `MSPSRC${(unpackGuid(packed) ?? '').replace(/[{}-]/g, '')}`)
  const media = property('DISABLEMEDIA') === '1' ? [] : rows('Media').filter((row) => !patches.includes(row.text('Source')))
  return [
    ...below(key, { PackageName: like(/^[^\\]+$/), LastUsedSource: source === undefined ? like(/^n;1;.*\\$/, 'REG_EXPAND_SZ') : expand(`n;1;${source}`) }),
    ...below(`${key}\\Net`, Object.fromEntries([[1, source === undefined ? like(/\\$/, 'REG_EXPAND_SZ') : expand(source)], ...ended.filter((one) => !isUrl(one)).map((one, index) => [index + 2, expand(one)])])),
    ...below(`${key}\\URL`, Object.fromEntries(ended.filter(isUrl).map((one, index) => [index + 1, expand(one)]))),
    ...below(`${key}\\Media`, { DiskPrompt: sz(property('DiskPrompt')), MediaPackage: sz(property('MEDIAPACKAGEPATH')) }),
    ...below(`${key}\\Media`, Object.fromEntries(media.map((row) => [row.integer('DiskId') ?? 0, sz(`${row.text('VolumeLabel')};${row.text('DiskPrompt')}`)]))),
  ]
}

function upgradeCode(root: (subject: Subject) => string) {
  return (subject: Subject): Rule[] => {
    const packed = packGuid(subject.property('UpgradeCode'))
    return packed === undefined ? [] : below(`${root(subject)}\\UpgradeCodes\\${packed}`, { [subject.packed]: sz('') })
  }
}

/** Texts that may name folders of the machine are expanded by their readers. */
const asLink = (text: string): RegistryValue => text === '' ? sz('') : expand(text)

/** Add/Remove Programs: https://learn.microsoft.com/windows/win32/msi/uninstall-registry-key */
function uninstallValues(subject: Subject): Values {
  const { property } = subject
  const version = property('ProductVersion')
  const [major = 0, minor = 0] = parseFileVersion(version) ?? []
  const flag = (name: string): RegistryValue | undefined => property(name) === '' ? undefined : dword(1)
  const command = expand(`MsiExec.exe ${property('ARPNOMODIFY') === '' ? '/I' : '/X'}${subject.productCode}`)
  const icon = property('ARPPRODUCTICON')
  const identifier = property('MSIARPSETTINGSIDENTIFIER')
  return {
    AuthorizedCDFPrefix: sz(property('ARPAUTHORIZEDCDFPREFIX')), Comments: sz(property('ARPCOMMENTS')), Contact: sz(property('ARPCONTACT')), DisplayName: sz(property('ProductName')),
    DisplayVersion: sz(version), HelpLink: asLink(property('ARPHELPLINK')), HelpTelephone: sz(property('ARPHELPTELEPHONE')), InstallDate: like(/^20\d{6}$/), InstallLocation: sz(property('ARPINSTALLLOCATION')),
    InstallSource: sourceOf(subject) === undefined ? like(/\\$/) : sz(sourceOf(subject)!), Publisher: sz(property('Manufacturer')), Readme: asLink(property('ARPREADME')), Size: sz(property('ARPSIZE')),
    URLInfoAbout: sz(property('ARPURLINFOABOUT')), URLUpdateInfo: sz(property('ARPURLUPDATEINFO')), EstimatedSize: dword(estimatedSizeKb(subject)), Language: dword(Number(property('ProductLanguage'))),
    Version: dword(packedVersion(version)), VersionMajor: dword(major), VersionMinor: dword(minor), WindowsInstaller: dword(1),
    ModifyPath: command, UninstallString: property('ARPNOREMOVE') === '' ? command : undefined,
    NoModify: flag('ARPNOMODIFY'), NoRemove: flag('ARPNOREMOVE'), NoRepair: flag('ARPNOREPAIR'), SystemComponent: flag('ARPSYSTEMCOMPONENT'),
    DisplayIcon: icon === '' ? undefined : sz(iconPath(subject, icon)), SettingsIdentifier: identifier === '' ? undefined : sz(identifier),
  }
}

/** The files of local components in whole clusters. */
function estimatedSizeKb({ rows, components }: Subject): number {
  const local = rows('File').filter((row) => components.get(row.text('Component_'))?.state === 'local')
  return local.reduce((sum, row) => sum + Math.ceil((row.integer('FileSize') ?? 0) / 4096) * 4, 0)
}

function registered(subject: Subject): Rule[] {
  const values = uninstallValues(subject)
  const view = subject.is64Bit || subject.platform.machine.architecture === 'x86' ? 'HKLM\\Software' : 'HKLM\\Software\\Wow6432Node'
  const { files } = subject.platform
  const cached: Described = {
    holds: ({ type, data }) => type === 'REG_SZ' && /^.:\\Windows\\Installer\\[0-9a-f]+\.msi$/i.test(String(data)) && files.stat(String(data))?.kind === 'file', text: 'the cached package in Windows\\Installer',
  }
  return [
    ...below(`${view}\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\${subject.productCode}`, values),
    ...below(`${userProductKey(subject)}\\InstallProperties`, { ...values, [localPackageName(subject)]: cached }),
    ...upgradeCode(() => installer)(subject),
  ]
}

function user(subject: Subject): Rule[] {
  const { property } = subject
  if (property('ProductID') === '') return []
  return below(`${userProductKey(subject)}\\InstallProperties`, { ProductID: sz(property('ProductID')), RegOwner: sz(property('USERNAME')), RegCompany: sz(property('COMPANYNAME')) })
}

/** U+0006 before the parent of an absent feature; U+0002 between components and parent. */
function* features(subject: Subject): Iterable<Rule> {
  const { components } = subject
  for (const { name, parent, level, state } of subject.features) {
    if (level <= 0) continue
    const list = [...components.values()].filter((one) => one.features.includes(name))
    const order = subject.rows('FeatureComponents').filter((row) => row.text('Feature_') === name).map((row) => row.text('Component_'))
    const encoded = order.map((one) => guidToBase85(list.find((component) => component.name === one)?.id ?? '') ?? '').join('')
    yield { key: `${subject.publishRoot}\\Features\\${subject.packed}`, name, value: sz(`${state === 'absent' ? '\x06' : ''}${parent}`) }
    yield { key: `${userProductKey(subject)}\\Features`, name, value: sz(`${encoded}${parent === '' ? '' : `\x02${parent}`}`) }
  }
}

/** A client's key path; none for a component that is left out for its condition. */
function* clients(subject: Subject): Iterable<Rule> {
  for (const component of subject.components.values()) {
    const packed = packGuid(component.id)
    if (packed === undefined) continue
    const path = registeredPath(subject, component)
    if (path === undefined) continue
    const key = `${userDataKey(subject)}\\Components\\${packed}`
    yield { key, name: subject.packed, value: path }
    if ((component.attributes & 0x10) !== 0 && component.enabled) yield { key, name: '0'.repeat(32), value: path }
  }
}

function registeredPath(subject: Subject, component: ComponentFacts): RegistryValue | Described | undefined {
  const used = component.features.some((name) => subject.features.some((one) => one.name === name && isPresent(one.state)))
  if (!component.enabled) return used ? sz('') : undefined
  if (!isPresent(component.client)) return undefined
  return component.client === 'source' ? like(/^\d\d\\|\\$/) : keyPath(subject, component)
}

/** Component.Attributes: 4 the key path is a row of Registry, 8 counted, 16 permanent, 32 a row of ODBCDataSource, 256 64-bit. */
function keyPath(subject: Subject, { row, attributes }: ComponentFacts): RegistryValue | Described {
  const name = row.text('KeyPath')
  const directory = (): RegistryValue => sz(subject.directory(row.text('Directory_')))
  if (name === '') return directory()
  const bits = (attributes & 0x100) === 0 ? 0 : 20
  if ((attributes & 4) !== 0) {
    const value = subject.rows('Registry').find((one) => one.text('Registry') === name)
    if (value === undefined) return sz('')
    const root = value.integer('Root') ?? 2
    const number = (root === -1 ? subject.perMachine ? 2 : 1 : root) + bits
    return sz(`${String(number).padStart(2, '0')}:\\${subject.format(value.text('Key')).replace(/\\+$/, '')}\\${value.isNull('Name') ? '' : subject.format(value.text('Name'))}`)
  }
  if ((attributes & 0x20) !== 0) return like(/^[02]\d:\\Software\\ODBC\\ODBC\.INI\\.+\\$/)
  const path = subject.file(name)
  if (path === undefined) return directory()
  const counted = sharedDllKeys(subject).some((key) => subject.platform.registry.value(key, path) !== undefined)
  return sz(counted ? path.replace(/^([A-Za-z]):/, '$1?') : path)
}

function sharedDllKeys({ platform }: Subject): string[] {
  const roots = platform.machine.architecture === 'x86' ? ['HKLM\\Software'] : ['HKLM\\Software', 'HKLM\\Software\\Wow6432Node']
  return roots.map((root) => `${root}\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs`)
}

/** One more for each client of this product that is new, one less for each that went. */
function sharedDlls(subject: Subject): Rule[] {
  const counts = new Map<string, { key: string; path: string; count: number }>()
  const [native = '', view32 = native] = sharedDllKeys(subject)
  for (const component of subject.components.values()) {
    const path = subject.file(component.row.text('KeyPath'))
    const packed = packGuid(component.id)
    if (path === undefined || packed === undefined || (component.attributes & 0x24) !== 0) continue
    const key = (component.attributes & 0x100) === 0 ? view32 : native
    const id = entryId(key, path)
    const was = subject.before.get(id)?.value.data
    const isCounted = (component.attributes & 8) !== 0 || typeof was === 'number' || ['SystemFolder', 'System64Folder'].some((name) => foldCase(subject.property(name)) === foldCase(folderOf(path)))
    if (!isCounted) continue
    const client = subject.before.get(entryId(`${userDataKey(subject)}\\Components\\${packed}`, subject.packed))
    const wasClient = client !== undefined && client.value.data !== ''
    const isClient = component.enabled && isPresent(component.client)
    const entry = counts.get(id) ?? { key, path, count: typeof was === 'number' ? was : 0 }
    entry.count += Number(isClient) - Number(wasClient)
    counts.set(id, entry)
  }
  return [...counts.values()].map(({ key, path, count }) => ({ key, name: path, value: count > 0 ? dword(count) : nothing }))
}

function* qualifiedComponents(subject: Subject): Iterable<Rule> {
  for (const row of subject.rows('PublishComponent')) {
    const packed = packGuid(row.text('ComponentId'))
    const component = subject.components.get(row.text('Component_'))
    const feature = subject.features.find((one) => one.name === row.text('Feature_'))
    if (packed === undefined || component === undefined || feature === undefined || feature.state === 'absent' || !(component.written || feature.state === 'advertised')) continue
    const descriptor = `${guidToBase85(subject.productCode) ?? ''}${feature.name}>${guidToBase85(component.id) ?? ''}${row.text('AppData')}`
    const value: Described = { holds: ({ type, data }) => type === 'REG_MULTI_SZ' && Array.isArray(data) && (data as string[]).includes(descriptor), text: `REG_MULTI_SZ with ${descriptor}` }
    yield { key: `${subject.publishRoot}\\Components\\${packed}`, name: row.text('Qualifier'), value }
  }
}

/** Rows of CreateFolder are listed for good; other folders that had to be made, until they are removed. */
function* folders(subject: Subject): Iterable<Rule> {
  for (const row of subject.rows('CreateFolder')) {
    const component = subject.components.get(row.text('Component_'))
    if (component?.written === true) yield { key: `${installer}\\Folders`, name: subject.directory(row.text('Directory_')), value: sz('1') }
  }
}

export const productRules: readonly RuleSet[] = [
  { action: 'PublishProduct', rules: product },
  { action: 'PublishProduct', rules: sourceList },
  { action: 'PublishProduct', rules: upgradeCode(({ publishRoot }) => publishRoot) },
  { action: 'PublishFeatures', rules: features },
  { action: 'RegisterProduct', rules: registered },
  { action: 'RegisterUser', rules: user },
  { action: 'ProcessComponents', rules: clients },
  { action: 'ProcessComponents', rules: sharedDlls },
  { action: 'PublishComponents', rules: qualifiedComponents },
  { action: 'CreateFolders', rules: folders },
]
