// A component: what is installed and removed together, in one folder, with one key path.
// https://learn.microsoft.com/windows/win32/msi/component-table
import type { ByteSource } from '../base/index.ts'
import { contentSource, type Content, type Draft, type RowValues } from './draft.ts'
import type { Folder } from './folder.ts'
import type { Media } from './media.ts'
import { nameGuid } from './name-guid.ts'
import type { Product } from './product.ts'
import {
  environmentCells, registryCell, registryRoots, serviceCells, serviceEvent, type EnvironmentOptions, type RegistryRoot, type RegistryValue, type ServiceOptions,
} from './values.ts'

export interface ComponentOptions {
  readonly key?: string
  /** GUID in registry form; follows from upgrade code, folder and key path when absent; null for none: never registered. */
  readonly guid?: string | null
  readonly condition?: string
  /** Attributes beyond those that follow from the options; see {@link componentAttribute}. */
  readonly attributes?: number
  readonly permanent?: boolean
  readonly shared?: boolean
  readonly neverOverwrite?: boolean
  /** Follows from the platform and the folder when absent. */
  readonly is64Bit?: boolean
}

/** Bits of Component.Attributes. */
export const componentAttribute = {
  sourceOnly: 1, optional: 2, registryKeyPath: 4, sharedDllRefCount: 8, permanent: 16, odbcDataSource: 32, transitive: 64,
  neverOverwrite: 128, is64Bit: 256, disableRegistryReflection: 512, uninstallOnSupersedence: 1024, shared: 2048,
} as const

export interface FileOptions {
  readonly key?: string
  /** File version, or the key of the file whose version counts. Without it the file is unversioned and gets a hash. */
  readonly version?: string
  /** LANGIDs separated by commas. */
  readonly language?: string
  readonly readOnly?: boolean
  readonly hidden?: boolean
  readonly system?: boolean
  /** Whether a failure to install it stops the installation; true when absent. */
  readonly vital?: boolean
  /** Bits of File.Attributes beyond these. */
  readonly attributes?: number
  /** Milliseconds since 1970. */
  readonly modifiedMs?: number
  /** The first file is the key path when absent. */
  readonly keyPath?: boolean
  /** The package's first media when absent. */
  readonly media?: Media
}

export interface ShortcutOptions {
  readonly key?: string
  /** Formatted; the key path's file, else the component's folder, when absent. */
  readonly target?: string
  /** Installs the feature when it is first opened. */
  readonly advertise?: boolean
  readonly arguments?: string
  readonly description?: string
  readonly icon?: string
  readonly iconIndex?: number
  /** 1 normal, 3 maximized, 7 minimized. */
  readonly showCommand?: 1 | 3 | 7
  readonly hotKey?: number
  /** A folder, or the name of a property. */
  readonly workingFolder?: Folder | string
}

/** A file to be installed, before it has its sequence number. */
export interface DraftFile {
  readonly key: string
  readonly component: string
  readonly folder: Folder
  readonly name: string
  readonly source: ByteSource
  readonly options: FileOptions
}

/** What components share with the package they are in. */
export interface PackageParts {
  readonly product: Product
  readonly draft: Draft
  readonly files: DraftFile[]
}

const fileAttribute = { readOnly: 1, hidden: 2, system: 4, vital: 0x200 } as const
const foldersOf32Bit = /^(ProgramFilesFolder|CommonFilesFolder|SystemFolder)(\\|$)/

export class Component {
  readonly key: string
  readonly folder: Folder
  readonly #parts: PackageParts
  readonly #feature: string
  readonly #options: ComponentOptions
  #keyPath: { table: 'File' | 'Registry'; key: string; name: string } | undefined

  /** Use {@link Feature.component}. */
  constructor(parts: PackageParts, feature: string, folder: Folder, options: ComponentOptions, name: string) {
    const keys = parts.draft.keys('Component')
    this.key = options.key === undefined ? keys.derive(name, `${folder.path}\\${name}`) : keys.claim(options.key)
    this.folder = folder
    this.#parts = parts
    this.#feature = feature
    this.#options = options
  }

  file(name: string, content: Content, options: FileOptions = {}): this {
    const { draft, files } = this.#parts
    const keys = draft.keys('File')
    const key = options.key === undefined ? keys.derive(name, `${this.folder.path}\\${name}\n${this.key}`) : keys.claim(options.key)
    files.push({ key, component: this.key, folder: this.folder, name, source: contentSource(content), options })
    const isBetter = this.#keyPath?.table !== 'File' && options.keyPath !== false
    if (options.keyPath === true || isBetter) this.#keyPath = { table: 'File', key, name }
    return this
  }

  /** @param name null for the default value of the key; `+`, `-` and `*` with a null value create and remove keys */
  registry(root: RegistryRoot, key: string, name: string | null, value: RegistryValue | null, options: { key?: string; keyPath?: boolean } = {}): this {
    const registry = this.#newKey('Registry', options.key, `${this.key}.${name ?? key.split('\\').at(-1)!}`, `${root}\\${key}\\${name}`)
    this.row('Registry', { Registry: registry, Root: registryRoots[root], Key: key, Name: name, Value: value === null ? null : registryCell(value) })
    if (options.keyPath === true) this.#keyPath = { table: 'Registry', key: registry, name: `${root}\\${key}\\${name ?? ''}` }
    return this
  }

  /** Removes a value, or the whole key when `name` is `-`, on installation. */
  removeRegistry(root: RegistryRoot, key: string, name: string | null = '-'): this {
    const removal = this.#newKey('RemoveRegistry', undefined, `${this.key}.${name === null || name === '-' ? key.split('\\').at(-1)! : name}`, `${root}\\${key}\\${name}`)
    return this.row('RemoveRegistry', { RemoveRegistry: removal, Root: registryRoots[root], Key: key, Name: name })
  }

  shortcut(folder: Folder, name: string, options: ShortcutOptions = {}): this {
    const { workingFolder, advertise = false } = options
    const target = this.#keyPath?.table === 'File' ? `[#${this.#keyPath.key}]` : `[${this.folder.key}]`
    return this.row('Shortcut', {
      Shortcut: this.#newKey('Shortcut', options.key, name, `${folder.path}\\${name}`), Directory_: folder.key, Name: folder.names.filename(name),
      Target: advertise ? this.#feature : options.target ?? target, Arguments: options.arguments, Description: options.description, Hotkey: options.hotKey,
      Icon_: options.icon, IconIndex: options.iconIndex, ShowCmd: options.showCommand, WkDir: typeof workingFolder === 'object' ? workingFolder.key : workingFolder,
    })
  }

  environment(name: string, value: string | null, options: EnvironmentOptions = {}): this {
    const cells = environmentCells(name, value, { machine: this.#parts.product.scope === 'machine', ...options })
    return this.row('Environment', { Environment: this.#newKey('Environment', undefined, `${this.key}.${name}`, `${this.key}\n${cells.Name}`), ...cells })
  }

  /** Action 0 writes, 1 writes what is not there, 3 adds to a list. */
  iniValue(file: string, section: string, key: string, value: string, options: { folder?: Folder; action?: 0 | 1 | 3 } = {}): this {
    const { folder = this.folder, action = 0 } = options
    return this.row('IniFile', {
      IniFile: this.#newKey('IniFile', undefined, `${this.key}.${section}.${key}`, `${folder.path}\\${file}\n${section}\n${key}`),
      FileName: folder.names.filename(file), DirProperty: folder.key, Section: section, Key: key, Value: value, Action: action,
    })
  }

  /** The key path is the program. */
  service(name: string, options: ServiceOptions = {}): this {
    this.row('ServiceInstall', { ServiceInstall: this.#newKey('ServiceInstall', undefined, name, `${this.key}\n${name}`), ...serviceCells(name, options) })
    if (options.control === false) return this
    return this.serviceControl(name, serviceEvent.startOnInstall | serviceEvent.stopOnInstall | serviceEvent.stopOnRemove | serviceEvent.deleteOnRemove)
  }

  /** @param events bits of {@link serviceEvent} */
  serviceControl(name: string, events: number, options: { wait?: boolean; arguments?: readonly string[] } = {}): this {
    return this.row('ServiceControl', {
      ServiceControl: this.#newKey('ServiceControl', undefined, name, `${this.key}\n${name}\n${events}`), Name: name, Event: events,
      Arguments: options.arguments?.join('[~]'), Wait: options.wait === false ? 0 : 1,
    })
  }

  /** The folder is created even when nothing is in it. */
  createFolder(folder = this.folder): this {
    return this.row('CreateFolder', { Directory_: folder.key })
  }

  /** @param name with wildcards; null removes the folder when it is empty */
  removeFile(name: string | null, when: 'install' | 'remove' | 'both' = 'remove', folder = this.folder): this {
    const mode = { install: 1, remove: 2, both: 3 }[when]
    const fileName = name === null || /[*?]/.test(name) ? name : folder.names.filename(name)
    return this.row('RemoveFile', { FileKey: this.#newKey('RemoveFile', undefined, `${this.key}.${name ?? folder.key}`, `${folder.path}\\${name}`), FileName: fileName, DirProperty: folder.key, InstallMode: mode })
  }

  /** A row of any table; `Component_` is this component unless it is given. */
  row(table: string, values: RowValues): this {
    const { draft } = this.#parts
    const hasComponent = draft.table(table).columns.some((column) => column.name === 'Component_')
    draft.add(table, hasComponent ? { Component_: this.key, ...values } : values)
    return this
  }

  #newKey(table: string, given: string | undefined, name: string, path: string): string {
    const keys = this.#parts.draft.keys(table)
    return given === undefined ? keys.derive(name, path) : keys.claim(given)
  }

  /** Adds the row of the component, once all that is in it is known. */
  finish(): void {
    const { draft, product } = this.#parts
    const keyPath = this.#keyPath
    const is64Bit = this.#options.is64Bit ?? (product.is64Bit && !foldersOf32Bit.test(this.folder.path))
    const { permanent, shared, neverOverwrite } = componentAttribute
    const attributes = (this.#options.attributes ?? 0)
      | (keyPath?.table === 'Registry' ? componentAttribute.registryKeyPath : 0)
      | (is64Bit ? componentAttribute.is64Bit : 0)
      | (this.#options.permanent === true ? permanent : 0)
      | (this.#options.shared === true ? shared : 0)
      | (this.#options.neverOverwrite === true ? neverOverwrite : 0)
    // Without a key path the folder is it, and has to be there.
    if (keyPath === undefined && !draft.table('CreateFolder').rows.some(([folder, component]) => folder === this.folder.key && component === this.key)) this.createFolder()
    const name = `component\n${this.folder.path}\\${keyPath?.name ?? this.key}${is64Bit === product.is64Bit ? '' : '\nother bitness'}`
    draft.add('Component', {
      Component: this.key, ComponentId: this.#options.guid === undefined ? nameGuid(product.upgradeCode, name) : this.#options.guid,
      Directory_: this.folder.key, Attributes: attributes, Condition: this.#options.condition, KeyPath: keyPath?.key,
    })
  }
}

/** Bits of File.Attributes. */
export function fileAttributes(options: FileOptions): number {
  const { readOnly, hidden, system, vital } = fileAttribute
  return (options.attributes ?? 0) | (options.readOnly === true ? readOnly : 0) | (options.hidden === true ? hidden : 0)
    | (options.system === true ? system : 0) | (options.vital === false ? 0 : vital)
}
