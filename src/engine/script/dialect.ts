// Operations as a verbose log of msiexec has them: `Executing op: FileCopy(SourceName=…,…)`. actions.md §0.1
// Key and folder are set once and hold for the operations that follow, as in the logs that readers know.
import { baseName, parentPath, withTrailingBackslash } from '../../base/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import type { Operation } from './operation.ts'

/** Predefined keys as signed numbers. */
const roots: Readonly<Record<string, number>> = { HKCU: -2147483647, HKLM: -2147483646, HKU: -2147483645 }
const concealed = '**********'

export class OperationDialect {
  #folder = ''
  #key = ''
  #cabinet = ''
  #iniFile = ''

  /** What is written before the operation is executed. */
  lines(operation: Operation): string[] {
    return [...this.#context(operation), call(operation.op === 'CustomActionSchedule' ? 'CustomActionSchedule' : operation.op, argumentsOf(operation))]
      .map((line) => `Executing op: ${line}`)
  }

  #context(operation: Operation): string[] {
    switch (operation.op) {
      case 'FileCopy': return [...this.#setFolder(operation.destination), ...this.#setMedia(operation.source)]
      case 'FileRemove': case 'FileWrite': case 'FileTouch': case 'XmlChange': case 'FirstBootPackage': case 'ShortcutCreate': case 'ShortcutRemove': case 'IconCreate': case 'IconRemove': return this.#setFolder(operation.path)
      case 'RegCreateKey': case 'RegAddValue': case 'RegSecurity': case 'RegGrantAccess': case 'RegRemoveValue': case 'RegRemoveKey': return this.#setKey(operation.key)
      case 'IniWriteRemoveValue': return this.#setIniFile(operation.file)
      default: return []
    }
  }

  #setFolder(path: string): string[] {
    const folder = withTrailingBackslash(parentPath(path) ?? '')
    if (folder === this.#folder) return []
    this.#folder = folder
    return [call('SetTargetFolder', { Folder: folder })]
  }

  #setMedia(source: Extract<Operation, { op: 'FileCopy' }>['source']): string[] {
    if (source.kind !== 'cabinet' || source.cabinet === this.#cabinet) return []
    this.#cabinet = source.cabinet
    return [call('ChangeMedia', {
      MediaVolumeLabel: '', MediaPrompt: '', MediaCabinet: source.cabinet.replace(/^#/, ''), BytesPerTick: 65536, CopierType: source.cabinet.startsWith('#') ? 2 : 1,
    })]
  }

  #setKey(key: string): string[] {
    if (key === this.#key) return []
    this.#key = key
    const [root, ...rest] = key.split('\\')
    return [call('RegOpenKey', { Root: roots[root!] ?? 0, Key: rest.join('\\'), SecurityDescriptor: '', BinaryType: 0 })]
  }

  #setIniFile(file: string): string[] {
    if (file === this.#iniFile) return []
    this.#iniFile = file
    return [call('IniFilePath', { File: baseName(file), Folder: withTrailingBackslash(parentPath(file) ?? '') })]
  }
}

type Arguments = Readonly<Record<string, string | number>>

/** An empty argument keeps its place without its name. */
function call(name: string, fields: Arguments): string {
  return `${name}(${Object.entries(fields).map(([field, value]) => value === '' ? '' : `${field}=${value}`).join(',')})`
}

function argumentsOf(operation: Operation): Arguments {
  switch (operation.op) {
    case 'ActionStart': return { Name: operation.name, Description: operation.description, Template: operation.template }
    case 'FolderCreate': return { Folder: withTrailingBackslash(operation.folder), Foreign: 0, SecurityDescriptor: '' }
    case 'FolderRemove': return { Folder: withTrailingBackslash(operation.folder), Foreign: operation.foreign === true ? 1 : 0 }
    case 'FileCopy': return fileCopyArguments(operation)
    case 'FileRemove': case 'FileTouch': return { FileName: baseName(operation.path) }
    case 'FileWrite': return { FileName: baseName(operation.path), FileSize: operation.content.length / 2 }
    case 'FirstBootPackage': return { FileName: baseName(operation.path), Actions: operation.actions.map(({ name }) => name).join(';') }
    case 'XmlChange': return { FileName: baseName(operation.path), Paths: operation.edits.map(({ element }) => element.path).join(';') }
    case 'RegCreateKey': case 'RegRemoveKey': return {}
    case 'RegAddValue': return { Name: operation.name, Value: valueText(operation.value) }
    case 'RegGrantAccess': return { Accounts: operation.grants.map(({ account }) => account).join(';') }
    case 'RegSecurity': return { SecurityDescriptor: 'BinaryData' }
    case 'RegRemoveValue': return { Name: operation.name, Value: operation.strings?.join('[~]') ?? '' }
    case 'IniWriteRemoveValue': return { Section: operation.section, Key: operation.key, Value: operation.value, Mode: iniModes[operation.mode] }
    case 'UpdateEnvironmentStrings': return { Name: operation.name, Value: operation.value, Delimiter: operation.separator, Action: operation.action }
    case 'ShortcutCreate': return {
      Name: baseName(operation.path), Feature: '', Component: operation.descriptor ?? '', FileName: operation.target, Arguments: operation.arguments,
      WorkingDir: operation.workingDirectory, Icon: operation.icon, IconIndex: operation.iconIndex, HotKey: operation.hotKey,
      ShowCmd: operation.showCommand, Description: operation.description,
    }
    case 'ShortcutRemove': return { Name: baseName(operation.path) }
    case 'IconCreate': return { Icon: baseName(operation.path), Data: 'BinaryData' }
    case 'IconRemove': return { Icon: baseName(operation.path) }
    case 'FontRegister': case 'FontUnregister': return { Title: operation.title, File: operation.registeredPath }
    case 'ComponentRegister': return {
      ComponentId: operation.componentId, KeyPath: operation.keyPath, State: 3, ProductKey: '', Disk: 1, SharedDllRefCount: operation.sharedDll === undefined ? 0 : 1, BinaryType: 0,
    }
    case 'ComponentUnregister': return { ComponentId: operation.componentId, ProductKey: '', BinaryType: 0, SharedDllRefCount: operation.sharedDll === undefined ? 0 : 1 }
    case 'DatabaseCopy': return { DatabasePath: operation.source, CabinetStreams: '', AdminDestFolder: operation.administrative ? operation.destination : '' }
    case 'ServiceInstall': return {
      Name: operation.name, DisplayName: operation.displayName, ImagePath: operation.imagePath, ServiceType: operation.serviceType, StartType: operation.startType,
      ErrorControl: operation.errorControl, LoadOrderGroup: operation.loadOrderGroup, Dependencies: operation.dependencies.replaceAll('\0', '[~]'), TagId: '',
      StartName: operation.startName, Password: '', Description: operation.description,
    }
    case 'ServiceDelete': return { Name: operation.name }
    case 'ServiceControl': return { Name: operation.name, Action: operation.control === 'start' ? 1 : 2, Wait: operation.wait ? 1 : 0, StartupArguments: operation.arguments.replaceAll('\0', '[~]') }
    case 'TypeLibraryRegister': case 'TypeLibraryUnregister': return { FilePath: operation.path, LibID: baseName(operation.libraryKey), Version: operation.version, Description: operation.description, Language: operation.language, HelpPath: operation.helpFolder, BinaryType: operation.platform === 'win64' ? 1 : 0 }
    case 'RegSelfReg': case 'RegSelfUnreg': return { File: operation.path, Detail: operation.detail }
    case 'CustomActionSchedule': case 'CustomActionRollback': case 'CustomActionCommit': return {
      Action: operation.action, ActionType: operation.actionType, Source: operation.source,
      Target: operation.hidden ? concealed : operation.target, CustomActionData: operation.hidden ? concealed : operation.customActionData,
    }
    case 'DisableRollback': return {}
    default: return { Subject: operation.subject }
  }
}

const iniModes = { 'add-line': 0, 'create-line': 1, 'remove-line': 2, 'add-tag': 3, 'remove-tag': 4 } as const

function fileCopyArguments({ source, destination, size, attributes, version, language, checkCrc }: Extract<Operation, { op: 'FileCopy' }>): Arguments {
  const compressed = source.kind === 'cabinet'
  return {
    SourceName: source.kind === 'file' ? source.path : baseName(destination), SourceCabKey: compressed ? source.fileKey : '', DestName: baseName(destination),
    Attributes: (attributes.readOnly ? 1 : 0) | (attributes.hidden ? 2 : 0) | (attributes.system ? 4 : 0) | (compressed ? 0x4000 : 0),
    FileSize: size, PerTick: 65536, IsCompressed: compressed ? 1 : '', VerifyMedia: 1, ElevateFlags: '', TotalPatches: '', PatchHeadersStreams: '',
    SecurityDescriptor: '', CheckCRC: checkCrc ? 1 : 0, Version: version, Language: language,
  }
}

/** As the Registry table writes them. */
function valueText(value: RegistryValue): string {
  switch (value.type) {
    case 'REG_SZ': return value.data.startsWith('#') ? `#${value.data}` : value.data
    case 'REG_EXPAND_SZ': return `#%${value.data}`
    case 'REG_DWORD': case 'REG_QWORD': return `#${value.data}`
    case 'REG_MULTI_SZ': return value.data.join('[~]')
    default: return `#x${value.data}`
  }
}
