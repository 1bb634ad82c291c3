// The Installer object. https://learn.microsoft.com/windows/win32/msi/installer-object
import { bytesSource, errorCodeName, readAll, WindowsError } from '../base/index.ts'
import { createDatabase, DatabaseError, openDatabase, type Database } from '../database/index.ts'
import { readShellLink } from '../shell-link/index.ts'
import { Record } from '../sql/index.ts'
import {
  byteArray, indexed, isGiven, isObject, long, members, method, nothing, property, scriptError, toBoolean, toLong, toText, wholeNumber, VariantNumber, type MemberTable, type Variant,
} from '../vbscript/index.ts'
import { AutomationObject, LastError } from './automation-object.ts'
import { ComponentObject } from './component.ts'
import { DatabaseObject, databaseObject } from './database.ts'
import { RecordList, StringList } from './lists.ts'
import { patchXml } from './patch-xml.ts'
import type { FilesPort, InstallationsPort, InstallerPort, ProductsPort, SessionPort } from './ports.ts'
import { changeSources, PatchObject, ProductObject, type InstanceContext } from './product.ts'
import { createRecord, RecordObject } from './record.ts'
import { SessionObject } from './session.ts'
import { SummaryInfoObject } from './summary-info.ts'

/** msiUILevelBasic and the like; nothing here asks anybody. */
const uiLevelNone = 2
/** Of OpenDatabase. */
const openMode = { readOnly: 0, transact: 1, direct: 2, create: 3, createDirect: 4, patch: 32 } as const

/** 3010 and 1641. */
const successes: ReadonlySet<number> = new Set([0, 3010, 1641])

/** Letters of REINSTALLMODE, from the bit 2 on. */
const reinstallLetters = 'poedcamusv'

function reinstallMode(bits: number): string {
  return [...reinstallLetters].filter((_, at) => (bits & 2 << at) !== 0).join('')
}

export class InstallerObject extends AutomationObject {
  readonly typeName = 'Installer'
  readonly members: MemberTable<never> = table
  readonly port: InstallerPort
  uiLevel = uiLevelNone

  constructor(port: InstallerPort) {
    super(new LastError())
    this.port = port
  }

  get files(): FilesPort {
    return this.#have(this.port.files, 'files')
  }

  get products(): ProductsPort {
    return this.#have(this.port.products, 'products')
  }

  #have<T>(value: T | undefined, what: string): T {
    if (value === undefined) throw new WindowsError('ERROR_CALL_NOT_IMPLEMENTED', `scripts have no ${what} here`)
    return value
  }

  wrapSession(port: SessionPort): SessionObject {
    return new SessionObject(port, this.port, this, this.lastError)
  }

  /** Message 2203 is what scripts find in LastErrorRecord. */
  #open(name: string): Database {
    try {
      return openDatabase(this.files.read(name))
    } catch (error) {
      throw error instanceof WindowsError ? new DatabaseError(error.message, error.code, 2203) : error
    }
  }

  openDatabase(name: string, mode: Variant): Variant {
    const output = typeof mode === 'string' && !/^\d+$/.test(mode) ? mode : undefined
    const flags = output === undefined ? toLong(mode) : openMode.transact
    const kind = flags & ~openMode.patch
    const { files } = this
    if (name === '') return this.#wrap(createDatabase(), () => {})
    const isNew = kind === openMode.create || kind === openMode.createDirect
    const database = isNew ? createDatabase() : this.#open(name)
    if (kind === openMode.readOnly) return this.#wrap(database, undefined, name)
    if (!isNew && kind !== openMode.transact && kind !== openMode.direct) throw new WindowsError('ERROR_INVALID_PARAMETER', `open mode: expected 0 to 4, found ${kind}`)
    return this.#wrap(database, () => {
      const chunks: Uint8Array[] = []
      database.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
      files.write(output ?? name, (sink) => { for (const chunk of chunks) sink.write(chunk) })
      database.rebase(bytesSource(joined(chunks)))
    }, output ?? name)
  }

  #wrap(database: Database, commit: (() => void) | undefined, path = ''): DatabaseObject {
    return new DatabaseObject(database, { files: this.port.files, utcOffsetMinutes: this.port.utcOffsetMinutes, lastError: this.lastError }, commit, path)
  }

  openPackage(source: Variant, options: number): Variant {
    const open = this.#have(this.port.openPackage?.bind(this.port), 'packages to open')
    return this.wrapSession(open(isObject(source) ? databaseObject(source) : toText(source), options === 1))
  }

  openProduct(productCode: string): Variant {
    return this.wrapSession(this.#have(this.port.openProduct?.bind(this.port), 'products to open')(productCode))
  }

  summaryInformation(path: string, updateCount: number): Variant {
    const database = openDatabase(this.files.read(path))
    return new SummaryInfoObject(database.summary, updateCount, this.port.utcOffsetMinutes, (summary) => {
      database.summary = summary
      const chunks: Uint8Array[] = []
      database.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
      this.files.write(path, (sink) => { for (const chunk of chunks) sink.write(chunk) })
    }, this.lastError)
  }

  /**
   * The data of a value, the name of the nth value or (below 0) subkey; without a value whether there is such a key.
   * @throws ScriptError 9 when key or value is not there
   */
  registryValue(root: number, key: string, value: Variant): Variant {
    const { port } = this
    const isThere = this.#have(port.registryKeyExists?.bind(port), 'registry')(root, key)
    if (!isGiven(value) || value === null) return isThere
    if (!isThere) throw scriptError(9)
    if (value instanceof VariantNumber) {
      const at = toLong(value)
      // Keys have no class here.
      if (at === 0) return ''
      const names = at > 0 ? port.registryValueNames?.(root, key) : port.registrySubkeys?.(root, key)
      return this.#have(names, 'registry')[Math.abs(at) - 1]
    }
    const data = this.#have(port.registryValue?.bind(port), 'registry')(root, key, toText(value))
    if (data === undefined) throw scriptError(9)
    return data
  }

  record(count: number): Variant {
    return new RecordObject(createRecord(count), this.port.files, this.lastError)
  }

  /** Field 1 the message number, field 2 what was wrong; Nothing when nothing went wrong yet. */
  lastErrorRecord(): Variant {
    const { number, message } = this.lastError
    this.lastError.clear()
    return message === undefined ? nothing : new RecordObject(Record.of(number, message), this.port.files, this.lastError)
  }

  fileHash(path: string): Variant {
    return new RecordObject(Record.of(...this.files.hash(path)), this.port.files, this.lastError)
  }

  get #instances(): InstanceContext {
    const products = (): ProductsPort => this.products
    // Asked each time: the port that was seen before a change does not show it.
    return { get products() { return products() }, installations: this.port.installations, lastError: this.lastError }
  }

  productList(code: string, userSid: string, contexts: number): Variant {
    return new RecordList(this.products.instances(code, userSid, contexts).map((one) => new ProductObject(one, this.#instances)))
  }

  patchList(code: string, userSid: string, contexts: number, states: number): Variant {
    return new RecordList(this.products.patchInstances(code, userSid, contexts, states).map((one) => new PatchObject(one, this.#instances)))
  }

  /** Of the machine without a user. */
  changeSources(productCode: string, user: string, change: Parameters<typeof changeSources>[2]): void {
    changeSources(this.port.installations, { productCode, ...(user === '' ? { context: 4 } : { context: 2 }) }, change)
  }

  /** Fields 1 to 3: product, feature and component of an advertised shortcut. */
  shortcutTarget(path: string): Variant {
    const descriptor = readShellLink(readAll(this.files.read(path))).darwinDescriptor
    const found = descriptor === undefined ? undefined : this.products.describedBy(descriptor)
    const fields = [found?.productCode, found?.feature, found?.component].map((one) => one === undefined || one === '' ? null : one)
    return new RecordObject(Record.of(...fields), this.port.files, this.lastError)
  }

  /** @param format 0 the certificate of the signer, 1 the digest that is signed */
  async signatureInfo(path: string, options: number, format: number): Promise<Variant> {
    const { files } = this
    if (format !== 0 && format !== 1) throw scriptError(5)
    const signature = await this.#have(files.signature?.bind(files), 'signatures')(path)
    if (signature === undefined) throw new WindowsError('ERROR_FUNCTION_FAILED', `${path}: expected a signature, found none`)
    if (!signature.isIntact && (format === 1 || (options & 1) !== 0)) throw new WindowsError('ERROR_FUNCTION_FAILED', `${path}: what was signed has been changed`)
    return byteArray(format === 0 ? signature.certificate : signature.hash)
  }

  /** The states of MsiUseFeature; what is installed is counted. */
  useFeature(productCode: string, feature: string): number {
    const { installations } = this.port
    const state = this.products.featureState(productCode, feature)
    if (installations !== undefined && (state === 3 || state === 4)) installations.countUse(productCode, feature)
    return state
  }

  /** `''` where a mode that installs nothing finds nothing. What is not there is installed first otherwise. */
  async provide(code: string, feature: string, mode: number, find: (products: ProductsPort) => string): Promise<Variant> {
    if (mode > 0) await this.install((port) => port.reinstall(code, feature, reinstallMode(mode)))
    const path = this.#found(find)
    if (mode === localOnly && this.products.featureState(code, feature) !== 3) return ''
    if (path !== '' || mode < 0) return path
    await this.install((port) => port.configureFeature(code, feature, 3))
    return find(this.products)
  }

  /** One that is not installed is not installed for this. */
  provideQualified(category: string, qualifier: string, mode: number): string {
    const find = (products: ProductsPort): string => products.provideQualifiedComponent(category, qualifier)
    return mode < 0 ? this.#found(find) : find(this.products)
  }

  #found(find: (products: ProductsPort) => string): string {
    try {
      return find(this.products)
    } catch (error) {
      if (error instanceof WindowsError && error.code === 'ERROR_FILE_NOT_FOUND') return ''
      throw error
    }
  }

  /** What succeeds but for a restart has succeeded. @throws ScriptError 445 where nothing can be installed */
  async install(start: (port: InstallationsPort) => Promise<number>): Promise<Variant> {
    const { installations } = this.port
    if (installations === undefined) throw scriptError(445)
    const code = await start(installations)
    if (!successes.has(code)) throw new WindowsError(errorCodeName(code) ?? 'ERROR_INSTALL_FAILURE', `the installation ended with ${code}`)
    return undefined
  }

  environment(name: string): string {
    return this.port.environment?.(name) ?? ''
  }

  setEnvironment(name: string, value: string): void {
    this.#have(this.port.setEnvironment?.bind(this.port), 'environment to change')(name, value)
  }
}

/** What this build of Windows Installer does and scripts cannot start here. */
const notHere = (name: string): ReturnType<typeof method<InstallerObject>> => method<InstallerObject>([0, 10], () => { throw scriptError(445, name) })

/** The installation types of ApplyPatch: what is installed, or one instance of it. */
const patchType = { installed: 0, oneInstance: 2 } as const

const listed = (text: string): string[] => text.split(';').filter((one) => one !== '')

/** msiInstallModeNoSourceResolution. */
const localOnly = -3

/** MSIINSTALLCONTEXT_ALL and MSIPATCHSTATE_ALL. */
const allContexts = 7
const allPatchStates = 15

const optionalText = (value: Variant): string => isGiven(value) && value !== null && value !== nothing ? toText(value) : ''
const optionalLong = (value: Variant, preset: number): number => isGiven(value) && value !== null ? toLong(value) : preset

const strings = (list: readonly string[]): StringList => new StringList(list)

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

const table = members<InstallerObject>({
  // 0 leaves it as it is.
  UILevel: property((self) => long(self.uiLevel), (self, value) => { self.uiLevel = toLong(value) || self.uiLevel }),
  Version: property((self) => self.port.version),
  LastErrorRecord: method(0, (self) => self.lastErrorRecord()),
  CreateRecord: method(1, (self, count) => self.record(toLong(count))),
  OpenDatabase: method(2, (self, name, mode) => self.openDatabase(toText(name), mode)),
  OpenPackage: method([1, 2], (self, source, options) => self.openPackage(source, isGiven(options) ? toLong(options) : 0)),
  OpenProduct: method(1, (self, code) => self.openProduct(toText(code))),
  SummaryInformation: indexed([1, 2], (self, path, count) => self.summaryInformation(toText(path), isGiven(count) ? toLong(count) : 0)),
  Environment: indexed(1, (self, name) => self.environment(toText(name)), (self, value, name) => { self.setEnvironment(toText(name), toText(value)) }),
  FileAttributes: indexed(1, (self, path) => long(self.files.attributes(toText(path)))),
  FileSize: method(1, (self, path) => wholeNumber(self.files.read(toText(path)).size)),
  FileVersion: method([1, 2], (self, path, language) => {
    const { version, languages } = self.files.version(toText(path))
    return isGiven(language) && toBoolean(language) ? languages : version
  }),
  FileHash: method([1, 2], (self, path) => self.fileHash(toText(path))),
  RegistryValue: method([2, 3], (self, root, key, value) => self.registryValue(toLong(root), toText(key), value)),
  Products: property((self) => strings(self.products.list())),
  ProductsEx: indexed([0, 3], (self, code, sid, contexts) => self.productList(optionalText(code), optionalText(sid), optionalLong(contexts, allContexts))),
  PatchesEx: indexed([0, 4], (self, code, sid, contexts, states) => self.patchList(optionalText(code), optionalText(sid), optionalLong(contexts, allContexts), optionalLong(states, allPatchStates))),
  ComponentsEx: indexed([0, 2], (self, sid, contexts) =>
    new RecordList(self.products.componentInstances(optionalText(sid), optionalLong(contexts, allContexts)).map((one) => new ComponentObject('Component', one)))),
  ClientsEx: indexed([1, 3], (self, component, sid, contexts) =>
    new RecordList(self.products.clientInstances(toText(component), optionalText(sid), optionalLong(contexts, allContexts)).map((one) => new ComponentObject('Client', { ...one, componentCode: toText(component) })))),
  ComponentPathEx: indexed([2, 4], (self, code, component) => new RecordList([new ComponentObject('ComponentPath', { ...self.products.componentLocation(toText(code), toText(component)), componentCode: toText(component) })])),
  ProductInfo: indexed(2, (self, code, attribute) => self.products.info(toText(code), toText(attribute))),
  ProductState: indexed(1, (self, code) => long(self.products.state(toText(code)))),
  RelatedProducts: indexed(1, (self, code) => strings(self.products.related(toText(code)))),
  Features: indexed(1, (self, code) => strings(self.products.features(toText(code)).map(({ name }) => name))),
  FeatureParent: indexed(2, (self, code, feature) => self.products.features(toText(code)).find(({ name }) => name === toText(feature))?.parent ?? ''),
  FeatureState: indexed(2, (self, code, feature) => long(self.products.featureState(toText(code), toText(feature)))),
  Components: property((self) => strings(self.products.components())),
  ComponentClients: indexed(1, (self, component) => strings(self.products.componentClients(toText(component)))),
  ComponentPath: indexed(2, (self, code, component) => self.products.componentPath(toText(code), toText(component))),
  Patches: indexed(1, (self, code) => strings(self.products.patches(toText(code)))),
  ComponentQualifiers: indexed(1, (self, category) => strings(self.products.qualifiers(toText(category)))),
  QualifierDescription: indexed(2, (self, category, qualifier) => self.products.qualifierDescription(toText(category), toText(qualifier))),
  ProvideComponent: method([3, 4], (self, code, feature, component, mode) =>
    self.provide(toText(code), toText(feature), optionalLong(mode, 0), (products) => products.provideComponent(toText(code), toText(feature), toText(component)))),
  ProvideQualifiedComponent: method([2, 3], (self, category, qualifier, mode) => self.provideQualified(toText(category), toText(qualifier), optionalLong(mode, 0))),
  UseFeature: method([2, 3], (self, code, feature) => long(self.useFeature(toText(code), toText(feature)))),
  FeatureUsageCount: indexed(2, (self, code, feature) => long(self.products.featureUsage(toText(code), toText(feature)).count)),
  FeatureUsageDate: indexed(2, (self, code, feature) => long(self.products.featureUsage(toText(code), toText(feature)).date)),
  ProductElevated: indexed(1, (self, code) => self.products.isElevated(toText(code))),
  ShortcutTarget: indexed(1, (self, path) => self.shortcutTarget(toText(path))),
  FileSignatureInfo: method(3, (self, path, options, format) => self.signatureInfo(toText(path), toLong(options), toLong(format))),
  ExtractPatchXMLData: method(1, (self, path) => patchXml(self.files.read(toText(path)))),
  AddSource: method(3, (self, code, user, source) => void self.changeSources(toText(code), optionalText(user), { change: 'add', kind: 'network', source: toText(source), place: 0 })),
  ClearSourceList: method(2, (self, code, user) => void self.changeSources(toText(code), optionalText(user), { change: 'clear', kinds: ['network'] })),
  ForceSourceListResolution: method(2, (self, code, user) => void self.changeSources(toText(code), optionalText(user), { change: 'forget-last-used' })),
  EnableLog: method(2, (self, mode, file) => {
    const { installations } = self.port
    if (installations === undefined) throw scriptError(445, 'EnableLog')
    installations.enableLog(toText(mode), toText(file))
    return undefined
  }),
  AdvertiseProduct: method([2, 5], (self, path, context, transforms, language, options) =>
    self.install((port) => port.advertise(toText(path), toLong(context) === 0, listed(optionalText(transforms)), optionalLong(language, 0), optionalLong(options, 0) === 1))),
  InstallProduct: method([1, 2], (self, path, settings) => self.install((port) => port.install(toText(path), isGiven(settings) ? toText(settings) : ''))),
  ConfigureProduct: method([3, 4], (self, code, _level, state, settings) => self.install((port) => port.configure(toText(code), toLong(state), isGiven(settings) ? toText(settings) : ''))),
  ReinstallProduct: method(2, (self, code, mode) => self.install((port) => port.reinstall(toText(code), 'ALL', reinstallMode(toLong(mode))))),
  ReinstallFeature: method(3, (self, code, feature, mode) => self.install((port) => port.reinstall(toText(code), toText(feature), reinstallMode(toLong(mode))))),
  ConfigureFeature: method(3, (self, code, feature, state) => self.install((port) => port.configureFeature(toText(code), toText(feature), toLong(state)))),
  ApplyPatch: method([3, 4], (self, patch, product, type, settings) => self.install((port) => {
    const installType = toLong(type)
    // An administrative image is patched by an administrative installation.
    if (installType !== patchType.installed && installType !== patchType.oneInstance) throw scriptError(445, 'ApplyPatch to an administrative image')
    return port.applyPatches([toText(patch)], installType === patchType.oneInstance ? toText(product) : undefined, isGiven(settings) ? toText(settings) : '')
  })),
  ApplyMultiplePatches: method([1, 3], (self, patches, product, settings) => self.install((port) =>
    port.applyPatches(listed(toText(patches)), isGiven(product) && toText(product) !== '' ? toText(product) : undefined, isGiven(settings) ? toText(settings) : ''))),
  RemovePatches: method([3, 4], (self, patches, product, _type, settings) => self.install((port) => port.removePatches(listed(toText(patches)), toText(product), isGiven(settings) ? toText(settings) : ''))),
  PatchInfo: indexed(2, (self, patch, attribute) => self.products.patchInfo(toText(patch), toText(attribute))),
  PatchTransforms: indexed(2, (self, product, patch) => self.products.patchTransforms(toText(product), toText(patch))),
  ...Object.fromEntries([
    'AdvertiseScript', 'CreateAdvertiseScript', 'ProductInfoFromScript', 'CollectUserInfo', 'ProvideAssembly', 'PatchFiles',
  ].map((name) => [name, notHere(name)] as const)),
})
