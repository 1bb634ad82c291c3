// Built-in descriptions and templates of the standard actions, for packages without an ActionText row.
// https://learn.microsoft.com/windows/win32/msi/actiontext-table; templates: actions.md §9

export interface ActionText {
  readonly description: string
  /** Formats the ActionData record; `''` suppresses action data. */
  readonly template: string
}

const texts: Readonly<Record<string, readonly [description: string, template: string]>> = {
  AllocateRegistrySpace: ['Reserving registry space', 'Free space: [1]'],
  AppSearch: ['Searching for installed applications', 'Property: [1], Signature: [2]'],
  BindImage: ['Binding executables', 'File: [1]'],
  CCPSearch: ['Searching for qualifying products', ''],
  CostFinalize: ['Computing space requirements', ''],
  CostInitialize: ['Computing space requirements', ''],
  CreateFolders: ['Creating folders', 'Folder: [1]'],
  CreateShortcuts: ['Creating shortcuts', 'Shortcut: [1]'],
  DeleteServices: ['Deleting services', 'Service: [1]'],
  DuplicateFiles: ['Creating duplicate files', 'File: [1],  Directory: [9],  Size: [6]'],
  FileCost: ['Computing space requirements', ''],
  FindRelatedProducts: ['Searching for related applications', 'Found application: [1]'],
  GenerateScript: ['Generating script operations for action:', '[1]'],
  InstallAdminPackage: ['Copying the network install files', 'File: [1],  Directory: [9],  Size: [6]'],
  InstallFiles: ['Copying new files', 'File: [1],  Directory: [9],  Size: [6]'],
  InstallODBC: ['Installing ODBC components', ''],
  InstallSFPCatalogFile: ['Installing system catalog', 'File: [1],  Dependencies: [2]'],
  InstallServices: ['Installing new services', 'Service: [2]'],
  InstallValidate: ['Validating install', ''],
  LaunchConditions: ['Evaluating launch conditions', ''],
  MigrateFeatureStates: ['Migrating feature states from related applications', 'Application: [1]'],
  MoveFiles: ['Moving files', 'File: [1],  Directory: [9],  Size: [6]'],
  MsiPublishAssemblies: ['Publishing assembly information', 'Application Context:[1], Assembly Name:[2]'],
  MsiUnpublishAssemblies: ['Unpublishing assembly information', 'Application Context:[1], Assembly Name:[2]'],
  PatchFiles: ['Patching files', 'File: [1],  Directory: [2],  Size: [3]'],
  ProcessComponents: ['Updating component registration', ''],
  PublishComponents: ['Publishing qualified components', 'Component ID: [1], Qualifier: [2]'],
  PublishFeatures: ['Publishing product features', 'Feature: [1]'],
  PublishProduct: ['Publishing product information', ''],
  RMCCPSearch: ['Searching for qualifying products', ''],
  RegisterClassInfo: ['Registering class servers', 'Class Id: [1]'],
  RegisterComPlus: ['Registering COM+ applications and components', 'AppId: [1]{{, AppType: [2], Users: [3], RSN: [4]}}'],
  RegisterExtensionInfo: ['Registering extension servers', 'Extension: [1]'],
  RegisterFonts: ['Registering fonts', 'Font: [1]'],
  RegisterMIMEInfo: ['Registering MIME info', 'MIME Content Type: [1], Extension: [2]'],
  RegisterProduct: ['Registering product', '[1]'],
  RegisterProgIdInfo: ['Registering program identifiers', 'ProgId: [1]'],
  RegisterTypeLibraries: ['Registering type libraries', 'LibID: [1]'],
  RegisterUser: ['Registering user', '[1]'],
  RemoveDuplicateFiles: ['Removing duplicated files', 'File: [1], Directory: [9]'],
  RemoveEnvironmentStrings: ['Updating environment strings', 'Name: [1], Value: [2], Action [3]'],
  RemoveExistingProducts: ['Removing applications', 'Application: [1], Command line: [2]'],
  RemoveFiles: ['Removing files', 'File: [1], Directory: [9]'],
  RemoveFolders: ['Removing folders', 'Folder: [1]'],
  RemoveIniValues: ['Removing ini file entries', 'File: [1],  Section: [2],  Key: [3], Value: [4]'],
  RemoveODBC: ['Removing ODBC components', ''],
  RemoveRegistryValues: ['Removing system registry values', 'Key: [1], Name: [2]'],
  RemoveShortcuts: ['Removing shortcuts', 'Shortcut: [1]'],
  Rollback: ['Rolling back action:', '[1]'],
  RollbackCleanup: ['Removing backup files', 'File: [1]'],
  SelfRegModules: ['Registering modules', 'File: [1], Folder: [2]'],
  SelfUnregModules: ['Unregistering modules', 'File: [1], Folder: [2]'],
  SetODBCFolders: ['Initializing ODBC directories', ''],
  StartServices: ['Starting services', 'Service: [1]'],
  StopServices: ['Stopping services', 'Service: [1]'],
  UnpublishComponents: ['Unpublishing qualified components', 'Component ID: [1], Qualifier: [2]'],
  UnpublishFeatures: ['Unpublishing product features', 'Feature: [1]'],
  UnpublishProduct: ['Unpublishing product information', ''],
  UnregisterClassInfo: ['Unregistering class servers', 'Class Id: [1]'],
  UnregisterComPlus: ['Unregistering COM+ applications and components', 'AppId: [1]{{, AppType: [2]}}'],
  UnregisterExtensionInfo: ['Unregistering extension servers', 'Extension: [1]'],
  UnregisterFonts: ['Unregistering fonts', 'Font: [1]'],
  UnregisterMIMEInfo: ['Unregistering MIME info', 'MIME Content Type: [1], Extension: [2]'],
  UnregisterProgIdInfo: ['Unregistering program identifiers', 'ProgId: [1]'],
  UnregisterTypeLibraries: ['Unregistering type libraries', 'LibID: [1]'],
  WriteEnvironmentStrings: ['Updating environment strings', 'Name: [1], Value: [2], Action [3]'],
  WriteIniValues: ['Writing ini file values', 'File: [1],  Section: [2],  Key: [3], Value: [4]'],
  WriteRegistryValues: ['Writing system registry values', 'Key: [1], Name: [2], Value: [3]'],
}

export function builtInActionText(action: string): ActionText {
  const [description, template] = texts[action] ?? ['', '']
  return { description, template }
}
