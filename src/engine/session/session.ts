// The session of one product's installation: what actions read, and the script they write to.
// Actions see this interface only; the parts live in files of their own beside it.
import type { Database, Row } from '../../database/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { PackagePatches } from '../package/patches.ts'
import type { ActionData, Operation } from '../script/operation.ts'
import type { Component } from './features/components.ts'
import type { Feature } from './features/features.ts'
import type { FileEntry } from './files/files.ts'
import type { Directories } from './folders/directories.ts'
import type { Messages } from './messages/messages.ts'
import type { Properties } from './properties/properties.ts'

export interface Session {
  readonly platform: Platform
  readonly database: Database
  readonly properties: Properties
  readonly directories: Directories
  /** Empty until CostInitialize. */
  readonly features: ReadonlyMap<string, Feature>
  readonly components: ReadonlyMap<string, Component>
  /** By File key; target paths and dispositions are known after CostFinalize. */
  readonly files: ReadonlyMap<string, FileEntry>
  readonly messages: Messages
  readonly context: InstallContext
  readonly product: ProductIdentity
  /** Set by IsolateComponents. */
  readonly isolated: readonly IsolatedComponent[]
  /** Of the package that is run; `undefined` when it has none. */
  readonly patches: PackagePatches | undefined
  /** Whether actions may emit operations: between InstallInitialize and InstallFinalize. */
  readonly inTransaction: boolean
  /** Where the package's source is, with a trailing backslash; the property SourceDir says so only once it was resolved. */
  readonly sourceRoot: string
  /** Word Count bit 0: names in the source tree are short ones. */
  readonly sourceUsesShortNames: boolean
  /** Word Count bit 2: the source is an administrative image. */
  readonly sourceIsAdminImage: boolean
  /** Version of the schema that the package asks for (Page Count): 200, 300, 500 … */
  readonly packageSchema: number
  /** Rows of a table; none when the package has no such table. */
  rows(table: string): Iterable<Row>
  /** Formatted text with this session's properties, files, components and environment. */
  format(text: string): string
  /** Registry.Value and IniFile.Value: `[$component]` and `[!file]` resolve as those columns require. */
  formatValue(text: string): string
  /** An empty condition is true; one with a syntax error is an InstallError (2717). */
  condition(text: string): boolean
  /**
   * Appends to the script; the action's ActionStart goes before its first operation by itself.
   * @throws InstallError 2762 outside the transaction.
   */
  emit(operation: Operation, details?: { data?: ActionData; ticks?: number }): void
  /** A command line of Windows that waits for the first start of the root, its result ignored; false where nothing waits. */
  atFirstBoot(name: string, commandLine: string): boolean
  /** Physical registry key of a table row: Registry.Root column, HKCR and the 32-bit view resolved for this context. */
  registryKey(root: number, key: string, is64Bit: boolean): string
  /** Bytes of `Binary`, `Icon` and the like. */
  stream(table: string, ...key: string[]): Uint8Array | undefined
}

/** A shared component of which the application has copies beside itself. Names of components. */
export interface IsolatedComponent {
  readonly shared: string
  readonly application: string
}

/** Who the product is installed for, and the registry roots that follow. https://learn.microsoft.com/windows/win32/msi/installation-context */
export interface InstallContext {
  readonly perMachine: boolean
  /** `S-1-5-18` per machine, else the user's. */
  readonly userDataSid: string
  /** `HKLM\Software\Classes\Installer` or `HKCU\Software\Microsoft\Installer`. */
  readonly publishRoot: string
  /** `HKLM\Software\Classes` or `HKCU\Software\Classes`. */
  readonly classesRoot: string
  /** Whether the package is 64-bit (summary Template). */
  readonly package64Bit: boolean
  /** Full uninstall: every feature becomes absent. Right after CostFinalize. */
  readonly removingProduct: boolean
  readonly isInstalled: boolean
  /** Letters of REINSTALLMODE, lower case; `omus` by default. */
  readonly reinstallMode: string
}

export interface ProductIdentity {
  readonly productCode: string
  readonly packedProductCode: string
  readonly productName: string
  readonly productVersion: string
  /** LANGID. */
  readonly language: number
  readonly packageCode: string
  readonly upgradeCode: string
  /** Name of the package file, as the source list keeps it. */
  readonly packageName: string
}
