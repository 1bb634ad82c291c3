// One small world, and for every operation a script in it that makes the operation do all that it can do.
import { bytesSource, packGuid } from 'msikit/base'
import type { MessageAnswer, Messages, Operation, ScriptEntry, ScriptHost, ScriptSources } from 'msikit/engine'
import { createMemoryPlatform, type MemoryPlatform } from 'msikit/platform'
import { typeLibrary } from '../installer/type-library.js'
import { storedCabinet } from './stored-cabinet.ts'

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const none = { readOnly: false, hidden: false, system: false }
const packedProduct = '10000000000000000000000000000000'
const component = '{12345678-1234-1234-1234-123456789ABC}'
const packedComponent = packGuid(component)!
const componentsKey = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components'
const sharedDlls = 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs'
const sampleLibrary = '{0B0C0D0E-0000-4000-8000-000000000001}'
const sampleInterface = '{0B0C0D0E-0000-4000-8000-000000000002}'
const environment = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'

export function sampleWorld(seed = 1): MemoryPlatform {
  const platform = createMemoryPlatform({
    randomSeed: seed,
    drives: { 'C:': {}, 'D:': {} },
    files: {
      'C:\\App\\OLD.txt': 'old content', 'C:\\App\\gone.txt': 'going', 'C:\\App\\settings.ini': '[Section]\r\nKey=1\r\nTags=a,b\r\n',
      'C:\\App\\empty\\': '', 'C:\\App\\moved.txt': 'on the move', 'C:\\App\\App.lnk': 'not really a link', 'C:\\App\\icon.ico': 'old icon',
      'C:\\App\\app.config': '<?xml version="1.0"?>\r\n<a>\r\n  <b/>\r\n</a>\r\n',
      'C:\\App\\Sample.tlb': typeLibrary('Sample', 0, [{ name: 'ISample', iid: sampleInterface, kind: 'dispatch', flags: 0x1140 }, { name: 'IOther', iid: component, kind: 'dispatch', flags: 0x1000 }]),
      'D:\\Data\\there.txt': 'other drive',
    },
    registry: {
      'HKLM\\SOFTWARE\\Sample': { Keep: { type: 'REG_SZ', data: 'kept' }, Change: { type: 'REG_DWORD', data: 1 }, List: { type: 'REG_MULTI_SZ', data: ['a', 'b'] } },
      'HKLM\\SOFTWARE\\Lonely\\Below': { only: { type: 'REG_SZ', data: 'x' } },
      'HKLM\\SOFTWARE\\Doomed\\Below': { value: { type: 'REG_QWORD', data: 5n } }, 'HKLM\\SOFTWARE\\Empty': {},
      [`${componentsKey}\\${packedComponent}`]: { [packedProduct]: { type: 'REG_SZ', data: 'C:\\App\\OLD.txt' } },
      [`HKLM\\SOFTWARE\\Classes\\TypeLib\\${sampleLibrary}\\1.0\\0\\win64`]: { '': { type: 'REG_SZ', data: 'C:\\App\\Sample.tlb' } },
      [`HKLM\\SOFTWARE\\Classes\\Interface\\${sampleInterface}\\TypeLib`]: { '': { type: 'REG_SZ', data: sampleLibrary }, Version: { type: 'REG_SZ', data: '1.0' } },
      [sharedDlls]: { 'C:\\App\\OLD.txt': { type: 'REG_DWORD', data: 1 } },
      [environment]: { Path: { type: 'REG_EXPAND_SZ', data: '%SystemRoot%;C:\\App' } },
      'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Fonts': { 'Listed (TrueType)': { type: 'REG_SZ', data: 'OLD.txt' } },
      'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Old': { Start: { type: 'REG_DWORD', data: 2 } },
    },
  })
  platform.files.setTimes('C:\\App\\OLD.txt', { modifiedMs: 1e12 })
  platform.files.setAttributes('C:\\App\\gone.txt', { readOnly: true, hidden: true, system: false })
  platform.clock.set(Date.UTC(2025, 5, 1))
  return platform
}

export function sampleHost(): ScriptHost {
  const content: Record<string, Uint8Array> = {
    'E:\\Source\\new.txt': text('new content'), 'E:\\Source\\package.msi': text('the package'), 'Icon.app.ico': text('new icon'),
    'app.cab': storedCabinet({ first: text('the first file'), second: text(''), third: text('3'.repeat(70000)) }, Date.UTC(2020, 1, 2)),
  }
  const sources: ScriptSources = {
    stream: (name) => content[name] === undefined ? undefined : bytesSource(content[name]),
    file: (path) => content[path] === undefined ? undefined : { source: bytesSource(content[path]), modifiedMs: 1.1e12, [Symbol.dispose]: () => {} },
  }
  return { messages: silentMessages(), sources, runCustomAction: async () => 1, hostWork: () => 'done' }
}

const unanswered = async (): Promise<MessageAnswer> => 0

export function silentMessages(): Messages {
  return { send: unanswered, error: unanswered, info: () => {}, log: () => {} }
}

const copy = (destination: string, more: Partial<Extract<Operation, { op: 'FileCopy' }>> = {}): Operation => ({
  op: 'FileCopy', source: { kind: 'file', path: 'E:\\Source\\new.txt' }, destination, size: 11, attributes: none, version: '', language: '', vital: true, checkCrc: false, ...more,
})
const fromCabinet = (destination: string, fileKey: string): Operation => copy(destination, { source: { kind: 'cabinet', cabinet: '#app.cab', sourceRoot: 'E:\\Source\\', fileKey } })
const registration = (op: Extract<Operation, { subject: string }>['op']): Operation[] => [{
  op, subject: '{X}', edits: [
    { edit: 'set', key: 'HKLM\\SOFTWARE\\Doomed\\New\\Key', name: 'a', value: { type: 'REG_SZ', data: 'b' } },
    { edit: 'delete-key', key: 'HKLM\\SOFTWARE\\doomed\\below' },
    { edit: 'delete-value', key: 'HKLM\\SOFTWARE\\Sample', name: 'keep', pruneKey: false },
    { edit: 'delete-value', key: 'HKLM\\SOFTWARE\\Lonely\\Below', name: 'only', pruneKey: true },
    { edit: 'create-key', key: 'HKU\\.DEFAULT\\Made' },
  ],
}]
const customAction = (op: 'CustomActionSchedule' | 'CustomActionRollback' | 'CustomActionCommit'): Operation[] =>
  [{ op, action: 'Act', actionType: 1042, source: 'x', target: 'y', customActionData: '', hidden: false }]
const library = (op: 'TypeLibraryRegister' | 'TypeLibraryUnregister', path: string): Operation => ({
  op, path, libraryKey: `HKLM\\SOFTWARE\\Classes\\TypeLib\\${sampleLibrary}`, interfacesKeys: ['HKLM\\SOFTWARE\\Classes\\Interface'], version: '1.0', language: 0, platform: 'win64', description: 'Row', helpFolder: 'C:\\App\\',
})
const host = (op: 'RegSelfReg' | 'RegSelfUnreg'): Operation[] => [{ op, path: 'C:\\App\\OLD.txt', detail: '' }]

const xmlChange = (path: string, keepModified: boolean, edit: DistributiveOmit<Extract<Operation, { op: 'XmlChange' }>['edits'][number], 'element' | 'vital'>): Extract<Operation, { op: 'XmlChange' }> => ({
  op: 'XmlChange', path, keepModified, vital: true, errors: { open: 25531, select: 25532, save: 25533 }, edits: [{ element: { path: '/a/b', language: 'xpath' }, vital: true, ...edit }],
})
type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never

/** By operation: a new one without a sample does not compile. DisableRollback is the one that ends all promises. */
export const samples: { readonly [Name in Exclude<Operation['op'], 'DisableRollback'>]: readonly Operation[] } = {
  ActionStart: [{ op: 'ActionStart', name: 'InstallFiles', description: 'Copying', template: '' }],
  FolderCreate: [
    { op: 'FolderCreate', folder: 'C:\\New\\Deep\\Er\\', persistent: true }, { op: 'FolderCreate', folder: 'C:\\App\\', persistent: false },
    { op: 'FolderCreate', folder: 'C:\\New\\Other', persistent: false },
  ],
  FolderRemove: [{ op: 'FolderRemove', folder: 'C:\\app\\EMPTY\\', persistent: true }, { op: 'FolderRemove', folder: 'C:\\App\\', persistent: true }],
  FileCopy: [
    copy('C:\\App\\old.txt'), copy('C:\\Made\\Up\\new.txt', { attributes: { ...none, readOnly: true, hidden: true } }), copy('D:\\Data\\there.txt'), copy('C:\\App\\Empty.LOCAL', { source: { kind: 'nothing' }, size: 0 }),
    fromCabinet('C:\\App\\cab\\third.bin', 'third'), fromCabinet('C:\\App\\cab\\first.bin', 'FIRST'), fromCabinet('C:\\App\\cab\\second.bin', 'second'),
    copy('C:\\Moved\\here.txt', { source: { kind: 'file', path: 'C:\\App\\moved.txt' }, move: true }),
    copy('C:\\App\\old.txt', { attributes: { ...none, system: true } }),
  ],
  FileRemove: [{ op: 'FileRemove', path: 'C:\\app\\GONE.txt' }, { op: 'FileRemove', path: 'C:\\App\\nothing.txt' }, { op: 'FileRemove', path: 'D:\\Data\\there.txt' }],
  FileWrite: [{ op: 'FileWrite', path: 'C:\\App\\old.txt', content: '00ff' }, { op: 'FileWrite', path: 'C:\\Web\\Page.url', content: '41' }],
  FileTouch: [{ op: 'FileTouch', path: 'C:\\App\\old.txt', modifiedMs: 1.2e12, vital: true }, { op: 'FileTouch', path: 'C:\\App\\none.txt', modifiedMs: 1.2e12, vital: true }],
  XmlChange: [
    xmlChange('C:\\App\\App.config', true, { edit: 'create-element', name: 'c', attributes: [{ name: 'd', value: 'e' }] }), xmlChange('C:\\App\\app.config', false, { edit: 'set-value', name: 'f', value: 'g' }),
    { ...xmlChange('C:\\App\\none.xml', false, { edit: 'delete-value' }), vital: false },
  ],
  FirstBootPackage: [{
    op: 'FirstBootPackage', path: 'C:\\Windows\\Installer\\FirstBoot\\{X}.msi', productCode: '{10000000-0000-0000-0000-000000000001}', packageCode: '{10000000-0000-0000-0000-000000000002}', productName: 'Sample', template: 'x64;1033',
    actions: [{ name: 'Later', actionType: 0xc00, kind: 'library', sourceKind: 'file', source: 'C:\\App\\icon.ico', target: 'Entry', customActionData: 'x', hidden: false }],
  }],
  RegCreateKey: [{ op: 'RegCreateKey', key: 'HKLM\\SOFTWARE\\A\\B\\C' }, { op: 'RegCreateKey', key: 'HKLM\\SOFTWARE\\Sample' }],
  RegAddValue: [
    { op: 'RegAddValue', key: 'HKLM\\SOFTWARE\\sample', name: 'change', value: { type: 'REG_SZ', data: 'now text' }, mode: 'replace' },
    { op: 'RegAddValue', key: 'HKLM\\SOFTWARE\\Sample', name: 'List', value: { type: 'REG_MULTI_SZ', data: ['c'] }, mode: 'prepend' },
    { op: 'RegAddValue', key: 'HKU\\.DEFAULT\\A\\B', name: '', value: { type: 'REG_BINARY', data: '00ff' }, mode: 'replace' },
  ],
  RegSecurity: [{ op: 'RegSecurity', key: 'HKLM\\SOFTWARE\\Sample', descriptor: '010004800000000000000000000000001400000002000800000000000000' }],
  RegGrantAccess: [
    { op: 'RegGrantAccess', key: 'HKLM\\SOFTWARE\\Sample', of: 'key', grants: [{ account: 'BU', mask: 0x20019, flags: 2 }] },
    { op: 'RegGrantAccess', key: 'HKLM\\SYSTEM\\CurrentControlSet\\Services\\Old', of: 'service', grants: [{ account: 'S-1-1-0', mask: 0x10, flags: 0 }] },
  ],
  RegRemoveValue: [
    { op: 'RegRemoveValue', key: 'HKLM\\SOFTWARE\\Lonely\\below', name: 'ONLY', pruneEmptyKeys: true },
    { op: 'RegRemoveValue', key: 'HKLM\\SOFTWARE\\Sample', name: 'List', strings: ['a'], pruneEmptyKeys: true },
  ],
  RegRemoveKey: [{ op: 'RegRemoveKey', key: 'HKLM\\SOFTWARE\\doomed', ifEmpty: false }, { op: 'RegRemoveKey', key: 'HKLM\\SOFTWARE\\Empty', ifEmpty: true }],
  IniWriteRemoveValue: [
    { op: 'IniWriteRemoveValue', file: 'C:\\App\\settings.ini', section: 'section', key: 'key', value: '2', mode: 'add-line' },
    { op: 'IniWriteRemoveValue', file: 'C:\\App\\Settings.ini', section: 'Section', key: 'Tags', value: 'a', mode: 'remove-tag' },
    { op: 'IniWriteRemoveValue', file: 'C:\\Else\\new.ini', section: 'S', key: 'k', value: 'v', mode: 'create-line' },
  ],
  UpdateEnvironmentStrings: [
    { op: 'UpdateEnvironmentStrings', key: environment, name: 'PATH', value: 'C:\\More', action: 'set', part: 'append', separator: ';' },
    { op: 'UpdateEnvironmentStrings', key: 'HKCU\\Environment', name: 'MINE', value: '1', action: 'set', part: 'whole', separator: '' },
  ],
  ShortcutCreate: [
    { op: 'ShortcutCreate', path: 'C:\\App\\App.lnk', target: 'C:\\App\\OLD.txt', arguments: '/x', description: 'd', workingDirectory: 'C:\\App\\', icon: '', iconIndex: 0, hotKey: 0, showCommand: 1 },
    { op: 'ShortcutCreate', path: 'C:\\Menu\\App.lnk', target: 'C:\\App\\OLD.txt', arguments: '', description: '', workingDirectory: '', icon: '', iconIndex: 0, hotKey: 0, showCommand: 1 },
  ],
  ShortcutRemove: [{ op: 'ShortcutRemove', path: 'C:\\App\\App.lnk' }],
  IconCreate: [{ op: 'IconCreate', path: 'C:\\App\\icon.ico', stream: 'Icon.app.ico' }, { op: 'IconCreate', path: 'C:\\Icons\\icon.ico', stream: 'Icon.app.ico' }],
  IconRemove: [{ op: 'IconRemove', path: 'C:\\App\\icon.ico' }],
  FontRegister: [{ op: 'FontRegister', title: 'Sample (TrueType)', path: 'C:\\App\\OLD.txt', registeredPath: 'OLD.txt' }, { op: 'FontRegister', title: '', path: 'C:\\App\\OLD.txt', registeredPath: 'OLD.txt' }],
  TypeLibraryRegister: [library('TypeLibraryRegister', 'C:\\App\\Sample.tlb')],
  TypeLibraryUnregister: [library('TypeLibraryUnregister', 'C:\\App\\Sample.tlb'), library('TypeLibraryUnregister', 'C:\\App\\OLD.txt')],
  FontUnregister: [{ op: 'FontUnregister', title: 'Listed (TrueType)', path: 'C:\\App\\OLD.txt', registeredPath: 'OLD.txt' }],
  ComponentRegister: [{ op: 'ComponentRegister', componentId: component, packedProduct: '2'.repeat(32), userDataSid: 'S-1-5-18', keyPath: 'C?\\App\\OLD.txt', permanent: true, sharedDll: { key: sharedDlls, path: 'C:\\App\\OLD.txt' } }],
  ComponentUnregister: [{ op: 'ComponentUnregister', componentId: component, packedProduct, userDataSid: 'S-1-5-18', sharedDll: { key: sharedDlls, path: 'C:\\App\\OLD.txt' } }],
  ProductPublish: registration('ProductPublish'), ProductUnpublish: registration('ProductUnpublish'), ProductRegister: registration('ProductRegister'),
  ProductUnregister: registration('ProductUnregister'), FeaturePublish: registration('FeaturePublish'), FeatureUnpublish: registration('FeatureUnpublish'),
  UserRegister: registration('UserRegister'), UpgradeCodePublish: registration('UpgradeCodePublish'), UpgradeCodeUnpublish: registration('UpgradeCodeUnpublish'),
  SourceListPublish: registration('SourceListPublish'), ComponentPublish: registration('ComponentPublish'), ComponentUnpublish: registration('ComponentUnpublish'),
  DatabaseCopy: [{ op: 'DatabaseCopy', source: 'E:\\Source\\package.msi', destination: 'C:\\Windows\\Installer\\1234.msi', administrative: false }],
  ServiceInstall: [
    { op: 'ServiceInstall', name: 'Old', displayName: 'Old one', serviceType: 16, startType: 3, errorControl: 0x8001, imagePath: '"C:\\App\\s.exe"', loadOrderGroup: 'G', dependencies: 'Tcpip\0+Net\0', startName: '', description: 'Does' },
    { op: 'ServiceInstall', name: 'Fresh', displayName: '', serviceType: 16, startType: 2, errorControl: 1, imagePath: 'C:\\App\\s.exe', loadOrderGroup: '', dependencies: '', startName: 'x', description: '' },
  ],
  ServiceConfigure: registration('ServiceConfigure'),
  ServiceDelete: [{ op: 'ServiceDelete', name: 'old' }],
  ServiceControl: [{ op: 'ServiceControl', name: 'Old', control: 'stop', arguments: '', wait: true }],
  RegSelfReg: host('RegSelfReg'), RegSelfUnreg: host('RegSelfUnreg'),
  CustomActionSchedule: customAction('CustomActionSchedule'), CustomActionRollback: customAction('CustomActionRollback'), CustomActionCommit: customAction('CustomActionCommit'),
}

export function scriptOf(operations: readonly Operation[]): ScriptEntry[] {
  return operations.map((operation) => ({ operation }))
}
