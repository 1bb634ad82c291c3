// The operations of an installation script: plain, serialisable, deterministic data. Each is applied and undone by the
// file of script/operations/ that bears its name. Names are those of verbose logs (`Executing op: FileCopy(…)`).
// All paths are full Windows paths, all registry keys physical ones (see the Registry port).
import type { FileAttributes, RegistryValue } from '../../platform/index.ts'
import type { XmlEdit } from '../../xml-edit/index.ts'
import type { AccessGrant } from './access-grant.ts'
import type { ShortcutProperty } from './shortcut-property.ts'

/** Fields of the ActionData message, by number, that the action's template shows. */
export type ActionData = Readonly<Record<number, string | number>>

export interface ScriptEntry {
  readonly operation: Operation
  readonly data?: ActionData
  /** Progress ticks; an engine default by operation when absent. */
  readonly ticks?: number
}

/** Where the bytes of a file come from. */
export type FileSource =
  /** `cabinet` as the Media table has it: `#stream` for an embedded one, of the package or of a patch, else a file at the source root. */
  | { readonly kind: 'cabinet'; readonly cabinet: string; readonly sourceRoot: string; readonly fileKey: string; /** Code of the patch that has the stream. */ readonly patch?: string }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'nothing' }

export type Operation =
  | { readonly op: 'ActionStart'; readonly name: string; readonly description: string; readonly template: string }
  // Files
  | { readonly op: 'FolderCreate'; readonly folder: string; /** From the CreateFolder table: stays although empty. */ readonly persistent: boolean }
  /** Only when empty, and only when an installation made it: unless it is of the CreateFolder table, or `foreign` (a RemoveFile row names it). */
  | { readonly op: 'FolderRemove'; readonly folder: string; readonly persistent: boolean; readonly foreign?: boolean }
  | {
    readonly op: 'FileCopy'; readonly source: FileSource; readonly destination: string
    /** Bytes, as the File table says. */ readonly size: number
    readonly attributes: FileAttributes; readonly version: string; readonly language: string
    readonly vital: boolean; /** MSICHECKCRCS and the Checksum attribute. */ readonly checkCrc: boolean
    /** MoveFiles: the source goes once the copy stands. */ readonly move?: boolean
  }
  | { readonly op: 'FileRemove'; readonly path: string }
  /** `content` in hexadecimal digits. */
  | { readonly op: 'FileWrite'; readonly path: string; readonly content: string }
  | { readonly op: 'FileTouch'; readonly path: string; readonly modifiedMs: number; readonly vital: boolean }
  | {
    readonly op: 'XmlChange'; readonly path: string; readonly edits: readonly XmlEdit[]
    readonly keepModified: boolean; /** A file that is not there, or no XML, ends the installation. */ readonly vital: boolean
    /** Rows of the package's Error table. */ readonly errors: { readonly open: number; readonly select: number; readonly save: number }
  }
  // Registry
  | { readonly op: 'RegCreateKey'; readonly key: string }
  | { readonly op: 'RegAddValue'; readonly key: string; readonly name: string; readonly value: RegistryValue; /** REG_MULTI_SZ only. */ readonly mode: 'replace' | 'append' | 'prepend' }
  /** LockPermissions, MsiLockPermissionsEx: self-relative security descriptor in hexadecimal digits. */
  | { readonly op: 'RegSecurity'; readonly key: string; readonly descriptor: string }
  /** Rights beside those that are there: of the key, or of the service that it describes. */
  | { readonly op: 'RegGrantAccess'; readonly key: string; readonly of: 'key' | 'service'; readonly grants: readonly AccessGrant[] }
  | { readonly op: 'RegRemoveValue'; readonly key: string; readonly name: string; /** Only these strings of a REG_MULTI_SZ. */ readonly strings?: readonly string[]; /** Remove the key, and its parents, when nothing is left in them. */ readonly pruneEmptyKeys: boolean }
  | { readonly op: 'RegRemoveKey'; readonly key: string; /** Only when it has neither values nor subkeys. */ readonly ifEmpty: boolean; /** Also remove its parents when nothing is left in them. */ readonly pruneEmptyKeys?: boolean }
  // Ini files, environment
  | { readonly op: 'IniWriteRemoveValue'; readonly file: string; readonly section: string; readonly key: string; readonly value: string; readonly mode: 'add-line' | 'create-line' | 'add-tag' | 'remove-line' | 'remove-tag' }
  | {
    readonly op: 'UpdateEnvironmentStrings'; readonly key: string; readonly name: string; readonly value: string
    readonly action: 'set' | 'set-if-absent' | 'remove' | 'remove-if-equal'; readonly part: 'whole' | 'append' | 'prepend'; readonly separator: string
  }
  // Shortcuts, icons
  | {
    readonly op: 'ShortcutCreate'; /** Ends in `.lnk`. */ readonly path: string; readonly target: string; /** Darwin descriptor of an advertised shortcut. */ readonly descriptor?: string
    readonly arguments: string; readonly description: string; readonly workingDirectory: string
    readonly icon: string; readonly iconIndex: number; readonly hotKey: number; readonly showCommand: number; readonly properties?: readonly ShortcutProperty[]
  }
  | { readonly op: 'ShortcutRemove'; readonly path: string }
  /** `stream` is the name in the package, such as `Icon.app.ico`. */
  | { readonly op: 'IconCreate'; readonly path: string; readonly stream: string }
  | { readonly op: 'IconRemove'; readonly path: string }
  // Fonts; without a title that of the font file
  | { readonly op: 'FontRegister' | 'FontUnregister'; readonly title: string; readonly path: string; /** A bare name in the Fonts folder. */ readonly registeredPath: string }
  // Type libraries; the interfaces are in the library itself
  | {
    readonly op: 'TypeLibraryRegister' | 'TypeLibraryUnregister'; readonly path: string; /** Ends in the library's identifier. */ readonly libraryKey: string; /** One for each view. */ readonly interfacesKeys: readonly string[]
    /** In hexadecimal digits: `1.a`. */ readonly version: string; /** LANGID. */ readonly language: number; readonly platform: 'win32' | 'win64'
    /** Where the library has no words of its own. */ readonly description: string; /** Empty for that of the library. */ readonly helpFolder: string
  }
  // Registration: registry changes that belong together, and the cached package
  | { readonly op: 'ComponentRegister'; readonly componentId: string; readonly packedProduct: string; readonly userDataSid: string; readonly keyPath: string; readonly permanent: boolean; /** Key of SharedDLLs and the value to count up. */ readonly sharedDll?: { readonly key: string; readonly path: string } }
  | { readonly op: 'ComponentUnregister'; readonly componentId: string; readonly packedProduct: string; readonly userDataSid: string; readonly sharedDll?: { readonly key: string; readonly path: string } }
  | { readonly op: 'ProductPublish' | 'ProductUnpublish' | 'ProductRegister' | 'ProductUnregister' | 'FeaturePublish' | 'FeatureUnpublish' | 'UserRegister' | 'UpgradeCodePublish' | 'UpgradeCodeUnpublish' | 'SourceListPublish' | 'ComponentPublish' | 'ComponentUnpublish' | 'ServiceConfigure'; readonly subject: string; readonly edits: readonly RegistryEdit[] }
  /** Copies the package to `%windir%\Installer`, or an administrative image. */
  | { readonly op: 'DatabaseCopy'; readonly source: string; readonly destination: string; readonly administrative: boolean }
  // Services
  | { readonly op: 'ServiceInstall'; readonly name: string; readonly displayName: string; readonly serviceType: number; readonly startType: number; readonly errorControl: number; readonly imagePath: string; readonly loadOrderGroup: string; readonly dependencies: string; readonly startName: string; readonly description: string }
  | { readonly op: 'ServiceDelete'; readonly name: string }
  | { readonly op: 'ServiceControl'; readonly name: string; readonly control: 'start' | 'stop'; readonly arguments: string; readonly wait: boolean }
  // What the host may be unable to do: handled by policy, named in the log
  | { readonly op: 'RegSelfReg' | 'RegSelfUnreg'; readonly path: string; readonly detail: string }
  // Custom actions
  | { readonly op: 'CustomActionSchedule' | 'CustomActionRollback' | 'CustomActionCommit'; readonly action: string; readonly actionType: number; readonly source: string; /** Formatted when the script was written. */ readonly target: string; readonly customActionData: string; readonly hidden: boolean }
  /** The actions that wait for the first start of the root, as a package at the path. */
  | {
    readonly op: 'FirstBootPackage'; readonly path: string; readonly productCode: string; readonly packageCode: string; readonly productName: string
    /** As in a package's summary: `x64;1033`. */ readonly template: string; readonly actions: readonly FirstBootAction[]
  }
  | { readonly op: 'DisableRollback' }

/** A custom action ready to run: source found, target formatted. `actionType` has the options of CustomAction.Type. */
export interface FirstBootAction {
  readonly name: string
  readonly actionType: number
  readonly kind: 'library' | 'program'
  readonly sourceKind: 'binary' | 'file' | 'directory' | 'property'
  readonly source: string
  readonly target: string
  readonly customActionData: string
  readonly hidden: boolean
}

/** One change of a registration operation. */
export type RegistryEdit =
  | { readonly edit: 'create-key'; readonly key: string }
  | { readonly edit: 'set'; readonly key: string; readonly name: string; readonly value: RegistryValue }
  | { readonly edit: 'delete-value'; readonly key: string; readonly name: string; /** And the key when that empties it. */ readonly pruneKey: boolean }
  | { readonly edit: 'delete-key'; readonly key: string }
  /** Self-relative security descriptor in hexadecimal digits, for a key that exists. */
  | { readonly edit: 'set-security'; readonly key: string; readonly descriptor: string }
