// The Installer object and the Product objects that it lists. https://learn.microsoft.com/windows/win32/msi/installer-object
import { bytesSource, errorCodeName, WindowsError } from '../base/index.ts'
import { createDatabase, openDatabase, type Database } from '../database/index.ts'
import { Record } from '../sql/index.ts'
import {
  HostObject, indexed, isGiven, isObject, long, members, method, nothing, property, scriptError, toLong, toText, wholeNumber, VariantNumber, type MemberTable, type Variant,
} from '../vbscript/index.ts'
import { AutomationObject, LastError } from './automation-object.ts'
import { DatabaseObject, databaseOf } from './database.ts'
import { StringList } from './lists.ts'
import type { FilesPort, InstallationsPort, InstallerPort, ProductsPort, SessionPort } from './ports.ts'
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

  openDatabase(name: string, mode: Variant): Variant {
    const output = typeof mode === 'string' && !/^\d+$/.test(mode) ? mode : undefined
    const flags = output === undefined ? toLong(mode) : openMode.transact
    const kind = flags & ~openMode.patch
    const { files } = this
    if (name === '') return this.#wrap(createDatabase(), () => {})
    const isNew = kind === openMode.create || kind === openMode.createDirect
    const database = isNew ? createDatabase() : openDatabase(files.read(name))
    if (kind === openMode.readOnly) return this.#wrap(database, undefined)
    if (!isNew && kind !== openMode.transact && kind !== openMode.direct) throw new WindowsError('ERROR_INVALID_PARAMETER', `open mode: expected 0 to 4, found ${kind}`)
    return this.#wrap(database, () => {
      const chunks: Uint8Array[] = []
      database.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
      files.write(output ?? name, (sink) => { for (const chunk of chunks) sink.write(chunk) })
      database.rebase(bytesSource(joined(chunks)))
    })
  }

  #wrap(database: Database, commit: (() => void) | undefined): DatabaseObject {
    return new DatabaseObject(database, { files: this.port.files, utcOffsetMinutes: this.port.utcOffsetMinutes, lastError: this.lastError }, commit)
  }

  openPackage(source: Variant, options: number): Variant {
    const open = this.#have(this.port.openPackage?.bind(this.port), 'packages to open')
    return this.wrapSession(open(isObject(source) ? databaseOf(source) : toText(source), options === 1))
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

  /** The data of a value, the name of the nth value or (below 0) subkey; without a value whether there is such a key. */
  registryValue(root: number, key: string, value: Variant): Variant {
    const { port } = this
    if (!isGiven(value)) return this.#have(port.registryKeyExists?.bind(port), 'registry')(root, key)
    if (value instanceof VariantNumber) {
      const at = toLong(value)
      if (at === 0) return ''
      const names = at > 0 ? port.registryValueNames?.(root, key) : port.registrySubkeys?.(root, key)
      return this.#have(names, 'registry')[Math.abs(at) - 1]
    }
    const name = toText(value)
    const data = this.#have(port.registryValue?.bind(port), 'registry')(root, key, name)
    if (data === undefined) throw new WindowsError('ERROR_FILE_NOT_FOUND', `registry value ${key}\\${name}: not found`)
    return data
  }

  record(count: number): Variant {
    return new RecordObject(createRecord(count), this.port.files, this.lastError)
  }

  /** Field 1 the message number, field 2 what was wrong; Nothing when nothing went wrong yet. */
  lastErrorRecord(): Variant {
    const { number, message } = this.lastError
    return message === undefined ? nothing : new RecordObject(Record.of(number, message), this.port.files, this.lastError)
  }

  fileHash(path: string): Variant {
    return new RecordObject(Record.of(...this.files.hash(path)), this.port.files, this.lastError)
  }

  productList(wanted: string): Variant {
    const codes = this.products.list().filter((code) => wanted === '' || code.toUpperCase() === wanted.toUpperCase())
    return new ProductList(codes.map((code) => new ProductObject(code, this.products, this.lastError)))
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
  UILevel: property((self) => long(self.uiLevel), (self, value) => { self.uiLevel = toLong(value) }),
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
    return isGiven(language) && language !== false ? languages : version
  }),
  FileHash: method(2, (self, path) => self.fileHash(toText(path))),
  RegistryValue: method([2, 3], (self, root, key, value) => self.registryValue(toLong(root), toText(key), value)),
  Products: property((self) => strings(self.products.list())),
  ProductsEx: indexed([0, 3], (self, code) => self.productList(isGiven(code) ? toText(code) : '')),
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
  EnableLog: method(2, () => undefined),
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
    'AdvertiseProduct', 'AdvertiseScript', 'CreateAdvertiseScript', 'AddSource', 'ClearSourceList', 'ForceSourceListResolution', 'CollectUserInfo',
    'ProvideComponent', 'ProvideQualifiedComponent', 'ProvideAssembly', 'UseFeature', 'FileSignatureInfo', 'ExtractPatchXMLData', 'ComponentQualifiers',
    'QualifierDescription', 'PatchesEx', 'PatchFiles', 'ComponentsEx', 'ClientsEx', 'ComponentPathEx', 'ShortcutTarget',
    'FeatureUsageCount', 'FeatureUsageDate', 'ProductElevated', 'ProductInfoFromScript',
  ].map((name) => [name, notHere(name)] as const)),
})

class ProductList extends HostObject {
  readonly typeName = 'ProductList'
  readonly members: MemberTable<never> = productListTable
  readonly items: readonly ProductObject[]

  constructor(items: readonly ProductObject[]) {
    super()
    this.items = items
  }

  elements(): Iterable<Variant> {
    return this.items
  }
}

const productItem = indexed<ProductList>(1, (self, index) => {
  const item = self.items[toLong(index)]
  if (item === undefined) throw scriptError(9)
  return item
})
const productListTable = members<ProductList>({ '': productItem, Item: productItem, Count: property((self) => long(self.items.length)) })

/** https://learn.microsoft.com/windows/win32/msi/product-object */
class ProductObject extends AutomationObject {
  readonly typeName = 'Product'
  readonly members: MemberTable<never> = productTable
  readonly code: string
  readonly products: ProductsPort

  constructor(code: string, products: ProductsPort, lastError: LastError) {
    super(lastError)
    this.code = code
    this.products = products
  }
}

const productTable = members<ProductObject>({
  ProductCode: property((self) => self.code),
  State: property((self) => long(self.products.state(self.code))),
  InstallProperty: indexed(1, (self, name) => self.products.info(self.code, toText(name))),
  FeatureState: indexed(1, (self, name) => long(self.products.featureState(self.code, toText(name)))),
})
