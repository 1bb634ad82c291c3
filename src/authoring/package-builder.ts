// Builds installer packages from code: features, components and what they install go in, a database comes out that
// Windows Installer accepts. The same calls give the same bytes. Merge modules, patches and dialogs are not made here,
// but any row of any table can be added.
import { bytesSource, type ByteSink, type ByteSource } from '../base/index.ts'
import type { DeflateBlock } from '../cabinet/index.ts'
import type { Cell, ColumnDefinition, Database } from '../database/index.ts'
import type { Component, DraftFile, PackageParts } from './component.ts'
import type { CustomAction } from './custom-actions.ts'
import { contentSource, Draft, type Content, type RowValues } from './draft.ts'
import { DisplayOrder, Feature, type FeatureOptions } from './feature.ts'
import { Folder, isStandardFolder, type FolderOptions } from './folder.ts'
import { layOutMedia, Media, type MediaOptions } from './media.ts'
import { contentGuid, summaryOf } from './package-identity.ts'
import { resolveProduct, type Product, type ProductDefinition } from './product.ts'
import { sequenceRows, sequenceTables, type Scheduled, type SequencePosition, type SequenceTable } from './sequences.ts'
import { addValidation } from './validation-rows.ts'

export interface PropertyOptions {
  /** May be given by users who are no administrators. */
  readonly secure?: boolean
  /** Not written to the log. */
  readonly hidden?: boolean
  /** Kept in administrative installations. */
  readonly admin?: boolean
}

export interface ScheduleOptions {
  readonly at: SequencePosition
  readonly condition?: string
  /** InstallExecuteSequence when absent. */
  readonly in?: SequenceTable | readonly SequenceTable[]
}

export interface MajorUpgradeOptions {
  /** What a user reads who has a newer version. */
  readonly downgradeMessage: string
  /** Where the older version is removed; before anything is installed, and apart from it, when absent. */
  readonly removeAt?: SequencePosition
  readonly migrateFeatures?: boolean
}

export interface BuildOptions {
  /** Leaves `_Validation` out. */
  readonly validation?: boolean
  /** Compresses in place of msikit's own deflate. */
  readonly deflate?: DeflateBlock
}

export interface BuiltPackage {
  readonly database: Database
  /** Cabinets to be put beside the package, by name. */
  readonly cabinets: ReadonlyMap<string, ByteSource>
  /** Uncompressed files to be put below the package's folder, by path. */
  readonly sourceFiles: ReadonlyMap<string, ByteSource>
  readonly product: Product
  save(sink: ByteSink): void
}

/**
 * A package in the making.
 *
 * @throws WindowsError ERROR_INVALID_PARAMETER from all methods for what Windows Installer would refuse
 * @example
 * const app = new PackageBuilder({ name: 'Example', version: '1.0.0', manufacturer: 'Example Corporation' })
 * const folder = app.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
 * app.feature('Main').file(folder, 'example.exe', bytes, { version: '1.0.0.0' })
 *   .shortcut(app.folder('ProgramMenuFolder'), 'Example')
 * app.build().save(sink)
 */
export class PackageBuilder {
  readonly product: Product
  readonly #draft = new Draft()
  readonly #parts: PackageParts
  readonly #target: Folder
  readonly #features: Feature[] = []
  readonly #components: Component[] = []
  readonly #order = new DisplayOrder()
  readonly #media: Media[] = []
  readonly #streams = new Map<string, ByteSource>()
  readonly #scheduled = new Map<SequenceTable, Scheduled[]>(sequenceTables.map((table) => [table, []]))
  readonly #propertyLists = { SecureCustomProperties: new Set<string>(), MsiHiddenProperties: new Set<string>(), AdminProperties: new Set<string>() }

  constructor(definition: ProductDefinition) {
    this.product = resolveProduct(definition)
    const files: DraftFile[] = []
    this.#parts = { product: this.product, draft: this.#draft, files }
    this.#target = Folder.target(this.#draft)
    for (const table of ['Feature', 'Component', 'FeatureComponents', 'File', 'Media', 'Property', ...sequenceTables]) this.#draft.table(table)
    const { productCode, name, version, language, manufacturer, upgradeCode, scope } = this.product
    for (const [property, value] of Object.entries({
      ProductCode: productCode, ProductName: name, ProductVersion: version, ProductLanguage: String(language), Manufacturer: manufacturer, UpgradeCode: upgradeCode,
    })) this.property(property, value)
    if (scope === 'machine') this.property('ALLUSERS', '1')
  }

  /** A standard folder, such as `ProgramFilesFolder`, or one below TARGETDIR. */
  folder(name: string, options?: FolderOptions): Folder {
    const [first, ...rest] = name.split('\\')
    if (!isStandardFolder(first!)) return name === 'TARGETDIR' ? this.#target : this.#target.folder(name, options)
    const standard = this.#target.standard(first)
    return rest.length === 0 ? standard : standard.folder(rest.join('\\'), options)
  }

  feature(key: string, options: FeatureOptions = {}): Feature {
    const feature = new Feature(this.#parts, this.#components, this.#order, key, options)
    this.#features.push(feature)
    return feature
  }

  /** A disk of the source; the first is that of all files that name none. Without any there is one embedded cabinet. */
  media(options: MediaOptions): Media {
    const media = new Media(this.#media.length + 1, options)
    this.#media.push(media)
    return media
  }

  property(name: string, value: string, options: PropertyOptions = {}): this {
    this.#draft.add('Property', { Property: this.#draft.keys('Property').claim(name), Value: value })
    return this.propertyOptions(name, options)
  }

  /** For a property that has no value at first. */
  propertyOptions(name: string, options: PropertyOptions): this {
    if (options.secure === true) this.#propertyLists.SecureCustomProperties.add(name)
    if (options.hidden === true) this.#propertyLists.MsiHiddenProperties.add(name)
    if (options.admin === true) this.#propertyLists.AdminProperties.add(name)
    return this
  }

  launchCondition(condition: string, message: string): this {
    return this.row('LaunchCondition', { Condition: condition, Description: message })
  }

  /** A row of the Upgrade table; its property becomes a secure one. */
  upgrade(values: RowValues & { readonly ActionProperty: string }): this {
    this.propertyOptions(values.ActionProperty, { secure: true })
    return this.row('Upgrade', { UpgradeCode: this.product.upgradeCode, Attributes: 0, ...values })
  }

  /** Replaces older versions, and refuses to replace newer ones. */
  majorUpgrade({ downgradeMessage, removeAt, migrateFeatures = true }: MajorUpgradeOptions): this {
    const onlyDetect = 2
    this.upgrade({ VersionMax: this.product.version, Attributes: migrateFeatures ? 1 : 0, ActionProperty: 'OLDERVERSIONFOUND' })
    this.upgrade({ VersionMin: this.product.version, Attributes: onlyDetect, ActionProperty: 'NEWERVERSIONFOUND' })
    this.launchCondition('NOT NEWERVERSIONFOUND', downgradeMessage)
    return removeAt === undefined ? this : this.schedule('RemoveExistingProducts', { at: removeAt })
  }

  /** A row of Binary, for custom actions and dialogs. */
  binary(name: string, content: Content): this {
    return this.row('Binary', { Name: this.#draft.keys('Binary').claim(name), Data: contentSource(content) })
  }

  /** A row of Icon; the name ends as the file that it is the icon of: `app.exe`, `doc.ico`. */
  icon(name: string, content: Content): this {
    return this.row('Icon', { Name: this.#draft.keys('Icon').claim(name), Data: contentSource(content) })
  }

  customAction(name: string, { type, source, target }: CustomAction, schedule?: ScheduleOptions): this {
    this.row('CustomAction', { Action: this.#draft.keys('CustomAction').claim(name), Type: type, Source: source, Target: target })
    return schedule === undefined ? this : this.schedule(name, schedule)
  }

  /** Puts an action into a sequence, or a standard action elsewhere. */
  schedule(action: string, { at, condition, in: tables = 'InstallExecuteSequence' }: ScheduleOptions): this {
    for (const table of typeof tables === 'string' ? [tables] : tables) this.#scheduled.get(table)!.push({ action, position: at, condition })
    return this
  }

  /** A table with columns of its own: `Id* s72; Value L0`, or definitions. */
  table(name: string, columns: string | readonly ColumnDefinition[], rows: readonly (readonly (Cell | Uint8Array)[])[] = []): this {
    const table = this.#draft.define(name, columns)
    for (const row of rows) table.rows.push(row.map((cell) => cell instanceof Uint8Array ? bytesSource(cell) : cell))
    return this
  }

  /** A row of any table. */
  row(table: string, values: RowValues): this {
    this.#draft.add(table, values)
    return this
  }

  /** A stream of the package that no table refers to. */
  stream(name: string, content: Content): this {
    this.#streams.set(name, contentSource(content))
    return this
  }

  /** The finished package. May be called once. */
  build(options: BuildOptions = {}): BuiltPackage {
    const draft = this.#draft
    for (const component of this.#components) component.finish()
    const layout = layOutMedia(this.#parts, this.#media.length > 0 ? this.#media : [this.media({ cabinet: 'data.cab' })], options.deflate)
    for (const [property, names] of Object.entries(this.#propertyLists)) if (names.size > 0) this.property(property, [...names].sort().join(';'))
    // AppSearch fails without this table, even when it needs nothing of it.
    if (draft.has('AppSearch')) draft.table('Signature')
    for (const table of sequenceTables) {
      for (const row of sequenceRows(table, (name) => draft.has(name), this.#scheduled.get(table)!)) draft.add(table, row)
    }
    if (options.validation !== false) addValidation(draft)
    const database = draft.toDatabase(this.product.codepage)
    for (const streams of [layout.embedded, this.#streams]) for (const [name, source] of streams) database.setStream(name, source)
    const packageCode = this.product.packageCode ?? contentGuid(draft, layout, this.#streams)
    database.summary = summaryOf(this.product, packageCode, layout.isCompressed)
    return {
      database, cabinets: layout.cabinets, sourceFiles: layout.sourceFiles, product: { ...this.product, packageCode },
      save: (sink) => { database.save(sink) },
    }
  }
}
