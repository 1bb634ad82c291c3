// The tables that Microsoft documents, with the column types of the SDK's schema, as data: for packages made from
// nothing, for SQL in tests, for validation. A package's own `_Columns` always goes before what is said here.
// https://learn.microsoft.com/windows/win32/msi/database-tables
//
// A column is `Name* s72 Category>KeyTable/OtherTable.2 0..9 {a;b}`: an asterisk when it is of the primary key, the
// letters of text archives, the category of its text, where it is a key of (and of which column, when not the first),
// the range of its integers, its possible values. File.Sequence and Media.LastSequence are wide, for many files.
import type { ByteSource } from '../base/index.ts'
import type { Cell } from './table/cell.ts'
import { columnFromLetters, type Column } from './table/column.ts'

/** A column with what the `_Validation` table says of it. */
export interface StandardColumn extends Column {
  /** As the Category column of `_Validation` has it; undefined for integers. */
  readonly category?: string
  readonly keyTables?: readonly string[]
  /** 1-based; 1 when only tables are given. */
  readonly keyColumn?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly values?: readonly string[]
}

export interface StandardTable {
  readonly name: string
  readonly columns: readonly StandardColumn[]
}

/** `undefined` when the documentation knows no such table. */
export function standardTable(name: string): StandardTable | undefined {
  const tables = schema()
  const text = Object.hasOwn(tables, name) ? tables[name as keyof Documented] : undefined
  return text === undefined ? undefined : { name, columns: columnsFromText(text) }
}

export function standardTableNames(): readonly string[] {
  return Object.keys(schema())
}

const columnForm = /^(\S+?)(\*?) ([a-z]\d{1,3})(?: ([A-Za-z]+))?(?:>([\w/]+)(?:\.(\d+))?)?(?: (-?\d+)?\.\.(-?\d+)?)?(?: \{(.+)\})?$/i

/** Columns in the notation above, separated by `; `. @throws RangeError for what is not in this notation */
export function columnsFromText(text: string): StandardColumn[] {
  return text.split('; ').map((one) => {
    const match = columnForm.exec(one)
    const column = match === null ? undefined : columnFromLetters(match[1]!, match[3]!, match[2] === '*')
    if (match === null || column === undefined) throw new RangeError(`column: expected "Name s72", found "${one}"`)
    const [, , , , category, keyTables, keyColumn, minimum, maximum, values] = match
    return {
      ...column,
      ...(category !== undefined && { category }),
      ...(keyTables !== undefined && { keyTables: keyTables.split('/'), keyColumn: Number(keyColumn ?? 1) }),
      ...(minimum !== undefined && { minimum: Number(minimum) }),
      ...(maximum !== undefined && { maximum: Number(maximum) }),
      ...(values !== undefined && { values: values.split(';') }),
    }
  })
}

/** A function, because no start should have to read it all. */
const schema = () => ({
  ActionText: 'Action* s72 Identifier; Description L0 Text; Template L0 Template',
  AdminExecuteSequence: 'Action* s72 Identifier; Condition S255 Condition; Sequence I2 -4..32767',
  AdminUISequence: 'Action* s72 Identifier; Condition S255 Condition; Sequence I2 -4..32767',
  AdvtExecuteSequence: 'Action* s72 Identifier; Condition S255 Condition; Sequence I2 -4..32767',
  AdvtUISequence: 'Action* s72 Identifier; Condition S255 Condition; Sequence I2 -4..32767',
  AppId: 'AppId* s38 GUID; RemoteServerName S255 Formatted; LocalService S255 Text; ServiceParameters S255 Text; DllSurrogate S255 Text; ActivateAtStorage I2 0..1; RunAsInteractiveUser I2 0..1',
  AppSearch: 'Property* s72 Identifier; Signature_* s72 Identifier>Signature/RegLocator/IniLocator/DrLocator/CompLocator',
  BBControl: 'Billboard_* s50 Identifier>Billboard; BBControl* s50 Identifier; Type s50 Identifier; X i2; Y i2; Width i2; Height i2; Attributes I4; Text L50 Text',
  Billboard: 'Billboard* s50 Identifier; Feature_ s38 Identifier>Feature; Action S50 Identifier; Ordering I2',
  Binary: 'Name* s72 Identifier; Data v0 Binary',
  BindImage: 'File_* s72 Identifier>File; Path S255 Paths',
  CCPSearch: 'Signature_* s72 Identifier>Signature/RegLocator/IniLocator/DrLocator/CompLocator',
  CheckBox: 'Property* s72 Identifier; Value S64 Formatted',
  Class: 'CLSID* s38 GUID; Context* s32 Identifier; Component_* s72 Identifier>Component; ProgId_Default S255 Text>ProgId; Description L255 Text; AppId_ S38 GUID>AppId; FileTypeMask S255 Text; Icon_ S72 Identifier>Icon; IconIndex I2 -32767..32767; DefInprocHandler S32 Filename {1;2;3}; Argument S255 Formatted; Feature_ s38 Identifier>Feature; Attributes I2 ..32767',
  ComboBox: 'Property* s72 Identifier>Property; Order* i2; Value s64 Formatted; Text L64 Text',
  CompLocator: 'Signature_* s72 Identifier>AppSearch/Signature; ComponentId s38 GUID; Type I2 0..1',
  Complus: 'Component_* s72 Identifier>Component; ExpType* I2 0..32767',
  Component: 'Component* s72 Identifier; ComponentId S38 GUID; Directory_ s72 Identifier>Directory; Attributes i2; Condition S255 Condition; KeyPath S72 Identifier>File/Registry/ODBCDataSource',
  Condition: 'Feature_* s38 Identifier>Feature; Level* i2 0..32767; Condition S255 Condition',
  Control: 'Dialog_* s72 Identifier>Dialog; Control* s50 Identifier; Type s20 Identifier; X i2 0..32767; Y i2 0..32767; Width i2 0..32767; Height i2 0..32767; Attributes I4 0..2147483647; Property S50 Identifier>Property; Text L0 Formatted; Control_Next S50 Identifier>Control.2; Help L50 Text',
  ControlCondition: 'Dialog_* s72 Identifier>Dialog; Control_* s50 Identifier>Control.2; Action* s50 Text {Default;Disable;Enable;Hide;Show}; Condition* s255 Condition',
  ControlEvent: 'Dialog_* s72 Identifier>Dialog; Control_* s50 Identifier>Control.2; Event* s50 Formatted; Argument* s255 Formatted; Condition* S255 Condition; Ordering I2 0..32767',
  CreateFolder: 'Directory_* s72 Identifier>Directory; Component_* s72 Identifier>Component',
  CustomAction: 'Action* s72 Identifier; Type i2 1..32767; Source S72 CustomSource>Binary/File/Directory/Property; Target S255 Formatted; ExtendedType I4 0..2147483647',
  Dialog: 'Dialog* s72 Identifier; HCentering i2 0..100; VCentering i2 0..100; Width i2 0..32767; Height i2 0..32767; Attributes I4 0..2147483647; Title L128 Formatted; Control_First s50 Identifier>Control.2; Control_Default S50 Identifier>Control.2; Control_Cancel S50 Identifier>Control.2',
  Directory: 'Directory* s72 Identifier; Directory_Parent S72 Identifier>Directory; DefaultDir l255 DefaultDir',
  DrLocator: 'Signature_* s72 Identifier>Signature; Parent* S72 Identifier>RegLocator/IniLocator/CompLocator/DrLocator; Path* S255 AnyPath; Depth I2 0..32767',
  DuplicateFile: 'FileKey* s72 Identifier; Component_ s72 Identifier>Component; File_ s72 Identifier>File; DestName L255 Filename; DestFolder S72 Identifier',
  Environment: 'Environment* s72 Identifier; Name l255 Text; Value L255 Formatted; Component_ s72 Identifier>Component',
  Error: 'Error* i2 0..32767; Message L0 Template',
  EventMapping: 'Dialog_* s72 Identifier>Dialog; Control_* s50 Identifier>Control.2; Event* s50 Identifier; Attribute s50 Identifier',
  Extension: 'Extension* s255 Text; Component_* s72 Identifier>Component; ProgId_ S255 Text>ProgId; MIME_ S64 Text>MIME; Feature_ s38 Identifier>Feature',
  Feature: 'Feature* s38 Identifier; Feature_Parent S38 Identifier>Feature; Title L64 Text; Description L255 Text; Display I2 0..32767; Level i2 0..32767; Directory_ S72 UpperCase>Directory; Attributes i2 {0;1;2;4;5;6;8;9;10;16;17;18;20;21;22;24;25;26;32;33;34;36;37;38;48;49;50;52;53;54}',
  FeatureComponents: 'Feature_* s38 Identifier>Feature; Component_* s72 Identifier>Component',
  File: 'File* s72 Identifier; Component_ s72 Identifier>Component; FileName l255 Filename; FileSize i4 0..2147483647; Version S72 Version>File; Language S20 Language; Attributes I2 0..32767; Sequence i4 1..2147483647',
  FileSFPCatalog: 'File_* s72 Identifier>File; SFPCatalog_* s255 Filename>SFPCatalog',
  Font: 'File_* s72 Identifier>File; FontTitle S128 Text',
  Icon: 'Name* s72 Identifier; Data v0 Binary',
  IniFile: 'IniFile* s72 Identifier; FileName l255 Filename; DirProperty S72 Identifier; Section l96 Formatted; Key l128 Formatted; Value l255 Formatted; Action i2 {0;1;3}; Component_ s72 Identifier>Component',
  IniLocator: 'Signature_* s72 Identifier>Signature; FileName s255 Filename; Section s96 Text; Key s128 Text; Field I2 0..32767; Type I2 0..2',
  InstallExecuteSequence: 'Action* s72 Identifier; Condition S255 Condition; Sequence I2 -4..32767',
  InstallUISequence: 'Action* s72 Identifier; Condition S255 Condition; Sequence I2 -4..32767',
  IsolatedComponent: 'Component_Shared* s72 Identifier>Component; Component_Application* s72 Identifier>Component',
  LaunchCondition: 'Condition* s255 Condition; Description l255 Formatted',
  ListBox: 'Property* s72 Identifier>Property; Order* i2 1..32767; Value s64 Formatted; Text L64 Formatted',
  ListView: 'Property* s72 Identifier>Property; Order* i2; Value s64 Formatted; Text L64 Formatted; Binary_ S72 Identifier>Binary',
  LockPermissions: 'LockObject* s72 Identifier>File/Registry/CreateFolder; Table* s32 Text {Directory;File;Registry}; Domain* S255 Formatted; User* s255 Formatted; Permission I4 -2147483647..2147483647',
  MIME: 'ContentType* s64 Text; Extension_ s255 Text>Extension; CLSID S38 GUID>Class',
  Media: 'DiskId* i2 1..32767; LastSequence i4 0..2147483647; DiskPrompt L64 Text; Cabinet S255 Cabinet; VolumeLabel S32 Text; Source S72 Property>Property',
  ModuleAdminExecuteSequence: 'Action* s72 Identifier; Sequence I2 -4..32767; BaseAction S72 Identifier>ModuleAdminExecuteSequence; After I2 0..1; Condition S255 Condition',
  ModuleAdminUISequence: 'Action* s72 Identifier; Sequence I2 -4..32767; BaseAction S72 Identifier>ModuleAdminUISequence; After I2 0..1; Condition S255 Condition',
  ModuleAdvtExecuteSequence: 'Action* s72 Identifier; Sequence I2 -4..32767; BaseAction S72 Identifier>ModuleAdvtExecuteSequence; After I2 0..1; Condition S255 Condition',
  ModuleAdvtUISequence: 'Action* s72 Identifier; Sequence I2 -4..32767; BaseAction S72 Identifier; After I2 0..1; Condition S255 Condition',
  ModuleComponents: 'Component* s72 Identifier>Component; ModuleID* s72 Identifier>ModuleSignature; Language* i2>ModuleSignature.2',
  ModuleConfiguration: 'Name* s72 Identifier; Format i2 0..3; Type S72 Text; ContextData L0 Text; DefaultValue L0 Text; Attributes I4 0..3; DisplayName L72 Text; Description L0 Text; HelpLocation S0 Text; HelpKeyword S0 Text',
  ModuleDependency: 'ModuleID* s72 Identifier>ModuleSignature; ModuleLanguage* i2>ModuleSignature.2; RequiredID* s72 Identifier; RequiredLanguage* i2; RequiredVersion S32 Version',
  ModuleExclusion: 'ModuleID* s72 Identifier>ModuleSignature; ModuleLanguage* i2>ModuleSignature.2; ExcludedID* s72 Identifier; ExcludedLanguage* i2; ExcludedMinVersion S32 Version; ExcludedMaxVersion S32 Version',
  ModuleIgnoreTable: 'Table* s72 Identifier',
  ModuleInstallExecuteSequence: 'Action* s72 Identifier; Sequence I2 -4..32767; BaseAction S72 Identifier>ModuleInstallExecuteSequence; After I2 0..1; Condition S255 Condition',
  ModuleInstallUISequence: 'Action* s72 Identifier; Sequence I2 -4..32767; BaseAction S72 Identifier>ModuleInstallUISequence; After I2 0..1; Condition S255 Condition',
  ModuleSignature: 'ModuleID* s72 Identifier; Language* i2; Version s32 Version',
  ModuleSubstitution: 'Table* s72 Identifier; Row* s0 Text; Column* s72 Identifier; Value S0 Text',
  MoveFile: 'FileKey* s72 Identifier; Component_ s72 Identifier>Component; SourceName L255 Text; DestName L255 Filename; SourceFolder S72 Identifier; DestFolder s72 Identifier; Options i2 0..1',
  MsiAssembly: 'Component_* s72 Identifier>Component; Feature_ s38 Identifier>Feature; File_Manifest S72 Identifier>File; File_Application S72 Identifier>File; Attributes I2',
  MsiAssemblyName: 'Component_* s72 Identifier>Component; Name* s255 Text; Value s255 Text',
  MsiDigitalCertificate: 'DigitalCertificate* s72 Identifier; CertData v0 Binary',
  MsiDigitalSignature: 'Table* s32 Identifier {Media}; SignObject* s72 Text>Media; DigitalCertificate_ s72 Identifier>MsiDigitalCertificate; Hash V0 Binary',
  MsiEmbeddedChainer: 'MsiEmbeddedChainer* s72 Identifier; Condition S255 Condition; CommandLine S255 Formatted; Source s72 CustomSource>Binary/File/Property; Type i4',
  MsiEmbeddedUI: 'MsiEmbeddedUI* s72 Identifier; FileName s255 Text; Attributes i2; MessageFilter I4; Data v0 Binary',
  MsiFileHash: 'File_* s72 Identifier>File; Options i2 0..32767; HashPart1 i4; HashPart2 i4; HashPart3 i4; HashPart4 i4',
  MsiLockPermissionsEx: 'MsiLockPermissionsEx* s72 Text; LockObject s72 Identifier>File/Registry/CreateFolder/ServiceInstall; Table s32 Text; SDDLText s0 FormattedSDDLText; Condition S255 Condition',
  MsiPackageCertificate: 'PackageCertificate* s72 Identifier; DigitalCertificate_ s72 Identifier>MsiDigitalCertificate',
  MsiPatchCertificate: 'PatchCertificate* s72 Identifier; DigitalCertificate_ s72 Identifier>MsiDigitalCertificate',
  MsiPatchHeaders: 'StreamRef* s38 Identifier; Header v0 Binary',
  MsiPatchMetadata: 'Company* S72 Identifier; Property* s72 Identifier; Value l0 Text',
  MsiPatchOldAssemblyFile: 'File_* s72 Identifier>File; Assembly_* s72 Identifier>MsiPatchOldAssemblyName',
  MsiPatchOldAssemblyName: 'Assembly* s72 Identifier; Name* s255 Text; Value s255 Text',
  MsiPatchSequence: 'PatchFamily* s72 Identifier; ProductCode* S38 GUID; Sequence s72 Version; Attributes I2',
  MsiSFCBypass: 'File_* s72 Identifier>File',
  MsiServiceConfig: 'MsiServiceConfig* s72 Identifier; Name s255 Formatted; Event i4; ConfigType i4; Argument S0 Formatted; Component_ s72 Identifier>Component',
  MsiServiceConfigFailureActions: 'MsiServiceConfigFailureActions* s72 Identifier; Name s255 Formatted; Event i4; ResetPeriod I4; RebootMessage L255 Formatted; Command L255 Formatted; Actions S255 Text; DelayActions S255 Text; Component_ s72 Identifier>Component',
  MsiShortcutProperty: 'MsiShortcutProperty* s72 Identifier; Shortcut_ s72 Identifier>Shortcut; PropertyKey s255 Formatted; PropVariantValue s255 Formatted',
  ODBCAttribute: 'Driver_* s72 Identifier>ODBCDriver; Attribute* s40 Text; Value L255 Formatted',
  ODBCDataSource: 'DataSource* s72 Identifier; Component_ s72 Identifier>Component; Description s255 Text; DriverDescription s255 Text; Registration i2 0..1',
  ODBCDriver: 'Driver* s72 Identifier; Component_ s72 Identifier>Component; Description s255 Text; File_ s72 Identifier>File; File_Setup S72 Identifier>File',
  ODBCSourceAttribute: 'DataSource_* s72 Identifier>ODBCDataSource; Attribute* s32 Text; Value L255 Formatted',
  ODBCTranslator: 'Translator* s72 Identifier; Component_ s72 Identifier>Component; Description s255 Text; File_ s72 Identifier>File; File_Setup S72 Identifier>File',
  Patch: 'File_* s72 Identifier>File; Sequence* i2 0..32767; PatchSize i4 0..2147483647; Attributes i2 0..32767; Header V0 Binary; StreamRef_ S38 Identifier>MsiPatchHeaders',
  PatchPackage: 'PatchId* s38 GUID; Media_ i2>Media 0..32767',
  ProgId: 'ProgId* s255 Text; ProgId_Parent S255 Text>ProgId; Class_ S38 GUID>Class; Description L255 Text; Icon_ S72 Identifier>Icon; IconIndex I2 -32767..32767',
  Property: 'Property* s72 Identifier; Value l0 Text',
  PublishComponent: 'ComponentId* s38 GUID; Qualifier* s255 Text; Component_* s72 Identifier>Component; AppData L255 Text; Feature_ s38 Identifier>Feature',
  RadioButton: 'Property* s72 Identifier>Property; Order* i2 1..32767; Value s64 Formatted; X i2 0..32767; Y i2 0..32767; Width i2 0..32767; Height i2 0..32767; Text L64 Formatted; Help L50 Text',
  RegLocator: 'Signature_* s72 Identifier>Signature; Root i2 0..3; Key s255 RegPath; Name S255 Formatted; Type I2 0..18',
  Registry: 'Registry* s72 Identifier; Root i2 -1..3; Key l255 RegPath; Name L255 Formatted; Value L0 Formatted; Component_ s72 Identifier>Component',
  RemoveFile: 'FileKey* s72 Identifier; Component_ s72 Identifier>Component; FileName L255 WildCardFilename; DirProperty s72 Identifier; InstallMode i2 {1;2;3}',
  RemoveIniFile: 'RemoveIniFile* s72 Identifier; FileName l255 Filename; DirProperty S72 Identifier; Section l96 Formatted; Key l128 Formatted; Value L255 Formatted; Action i2 {2;4}; Component_ s72 Identifier>Component',
  RemoveRegistry: 'RemoveRegistry* s72 Identifier; Root i2 -1..3; Key l255 RegPath; Name L255 Formatted; Component_ s72 Identifier>Component',
  ReserveCost: 'ReserveKey* s72 Identifier; Component_ s72 Identifier>Component; ReserveFolder S72 Identifier; ReserveLocal i4 0..2147483647; ReserveSource i4 0..2147483647',
  SFPCatalog: 'SFPCatalog* s255 Filename; Catalog v0 Binary; Dependency S0 Formatted',
  SelfReg: 'File_* s72 Identifier>File; Cost I2 0..32767',
  ServiceControl: 'ServiceControl* s72 Identifier; Name l255 Formatted; Event i2 0..187; Arguments L255 Formatted; Wait I2 0..1; Component_ s72 Identifier>Component',
  ServiceInstall: 'ServiceInstall* s72 Identifier; Name s255 Formatted; DisplayName L255 Formatted; ServiceType i4 -2147483647..2147483647; StartType i4 0..4; ErrorControl i4 -2147483647..2147483647; LoadOrderGroup S255 Formatted; Dependencies S255 Formatted; StartName S255 Formatted; Password S255 Formatted; Arguments S255 Formatted; Component_ s72 Identifier>Component; Description L255 Formatted',
  Shortcut: 'Shortcut* s72 Identifier; Directory_ s72 Identifier>Directory; Name l128 Filename; Component_ s72 Identifier>Component; Target s72 Shortcut>Feature; Arguments S255 Formatted; Description L255 Text; Hotkey I2 0..32767; Icon_ S72 Identifier>Icon; IconIndex I2 -32767..32767; ShowCmd I2 {1;3;7}; WkDir S72 Identifier; DisplayResourceDLL S255 Formatted; DisplayResourceId I2 0..32767; DescriptionResourceDLL S255 Formatted; DescriptionResourceId I2 0..32767',
  Signature: 'Signature* s72 Identifier; FileName s255 Text; MinVersion S20 Text; MaxVersion S20 Text; MinSize I4 0..2147483647; MaxSize I4 0..2147483647; MinDate I4 0..2147483647; MaxDate I4 0..2147483647; Languages S255 Language',
  TextStyle: 'TextStyle* s72 Identifier; FaceName s32 Text; Size i2 0..32767; Color I4 0..16777215; StyleBits I2 0..15',
  TypeLib: 'LibID* s38 GUID; Language* i2 0..32767; Component_* s72 Identifier>Component; Version I4 0..2147483647; Description L128 Text; Directory_ S72 Identifier>Directory; Feature_ s38 Identifier>Feature; Cost I4 0..2147483647',
  UIText: 'Key* s72 Identifier; Text L255 Text',
  Upgrade: 'UpgradeCode* s38 GUID; VersionMin* S20 Text; VersionMax* S20 Text; Language* S255 Language; Attributes* i4 0..2147483647; Remove S255 Formatted; ActionProperty s72 UpperCase',
  Verb: 'Extension_* s255 Text>Extension; Verb* s32 Text; Sequence I2 0..32767; Command L255 Formatted; Argument L255 Formatted',
  _Validation: 'Table* s32 Identifier; Column* s32 Identifier; Nullable s4 Text {Y;N}; MinValue I4 -2147483647..2147483647; MaxValue I4 -2147483647..2147483647; KeyTable S255 Identifier; KeyColumn I2 1..32; Category S32 Text {Text;Formatted;Template;Condition;Guid;Path;Version;Language;Identifier;Binary;UpperCase;LowerCase;Filename;Paths;AnyPath;WildCardFilename;RegPath;CustomSource;Property;Cabinet;Shortcut;FormattedSDDLText;Integer;DoubleInteger;TimeDate;DefaultDir}; Set S255 Text; Description S255 Text',
} as const)

type Documented = ReturnType<typeof schema>
/** What every database has without storing it as tables is known too, by its types alone. */
interface Schema extends Documented {
  readonly _Tables: 'Name* s64'
  readonly _Columns: 'Table* s64; Number* i2; Name s64; Type i2'
  readonly _Streams: 'Name* s62; Data V0'
  readonly _Storages: 'Name* s62; Data V0'
}

/** The TypeScript type of a cell of a documented table; `Cell` for other tables and columns. */
export type StandardColumnType<Table extends string, ColumnName extends string> =
  Table extends keyof Schema ? TypeInText<Schema[Table], ColumnName> : Cell

type TypeInText<Text extends string, ColumnName extends string> =
  Text extends `${infer First}; ${infer Rest}` ? First extends `${ColumnName}${'* ' | ' '}${infer Type}` ? TypeOfLetter<Type> : TypeInText<Rest, ColumnName>
    : Text extends `${ColumnName}${'* ' | ' '}${infer Type}` ? TypeOfLetter<Type> : Cell

type TypeOfLetter<Type extends string> =
  Type extends `${'s' | 'l'}${string}` ? string : Type extends `${'S' | 'L'}${string}` ? string | null
    : Type extends `i${string}` ? number : Type extends `I${string}` ? number | null
      : Type extends `v${string}` ? ByteSource : ByteSource | null

/** The cells of a row of a documented table, by column; nothing for other tables. */
export type StandardRow<Table extends string> =
  Table extends keyof Schema ? { readonly [Name in NamesInText<Schema[Table]>]: StandardColumnType<Table, Name> } : unknown

type NamesInText<Text extends string> = Text extends `${infer First}; ${infer Rest}` ? NameOf<First> | NamesInText<Rest> : NameOf<Text>
type NameOf<Text extends string> = Text extends `${infer Name}* ${string}` ? Name : Text extends `${infer Name} ${string}` ? Name : never
