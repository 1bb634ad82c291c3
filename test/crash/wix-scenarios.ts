// A package with many tables of WiX at once, for the crash matrix: files and keys of others changed, made and removed.
import { callLibrary } from 'msikit/authoring'
import { aPackage, bytesOf } from '../../dist/testing/index.js'
import { lifeOf, packageWorld, type CrashScenario } from './package-scenarios.ts'

export function wixScenarios(): CrashScenario[] {
  const bytes = wixPackage()
  return lifeOf('WiX tables', 'D:\\wix.msi', () => {
    const platform = packageWorld({ 'D:\\wix.msi': bytes, 'C:\\Data\\shared.xml': '<a>\r\n  <b c="1"/>\r\n</a>\r\n', 'C:\\Data\\old.txt': 'old', 'C:\\Cache\\deep\\one.bin': '1', 'C:\\Cache\\two.bin': '2' })
    platform.registry.createKey('HKLM\\SOFTWARE\\WOW6432Node\\Gone\\Below')
    platform.registry.flush()
    return platform
  })
}

function wixPackage(): Uint8Array {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').component(place, { key: 'main' }).file('app.config', '<a/>', { key: 'config' }).file('note.txt', 'raw', { key: 'note' })
    .registry('HKLM', 'Software\\Example', 'a', 'b', { key: 'value' }).removeFile('none.txt').service('Worker')
  builder.binary('WixCA', 'MZ').binary('text', 'For [ProductName]').property('CACHE', 'C:\\Cache')
  const schedule: readonly (readonly [string, number])[] = [
    ['WixRemoveFoldersEx', 799], ['WixSchedInternetShortcuts', 1502], ['WixRemoveRegistryKeysEx', 2599], ['SchedXmlFile', 4211], ['WixTouchFileDuringInstall', 4212], ['WixSchedFormatFiles', 4213],
    ['SchedServiceConfig', 5801], ['SchedSecureObjects', 5802],
  ]
  for (const [name, at] of schedule) builder.customAction(name, callLibrary({ binary: 'WixCA' }, name), { at })
  builder.customAction('WixCreateInternetShortcuts', callLibrary({ binary: 'WixCA' }, 'WixCreateInternetShortcuts', { execution: 'deferred' }), { at: 4501 })
  builder.table('XmlFile', 'XmlFile* s72; File l255; ElementPath l0; Name L255; Value L0; Flags i4; Component_ s72; Sequence I2', [
    ['own', '[#config]', '/a', 'x', '1', 0x100, 'main', 1], ['made', 'C:\\Data\\shared.xml', '/a', 'n', 'text', 0x101, 'main', 1], ['set', 'C:\\Data\\shared.xml', '/a/b', 'd', '2', 0x100, 'main', 2],
  ])
  builder.table('WixInternetShortcut', 'WixInternetShortcut* s72; Component_ s72; Directory_ s72; Name s72; Target l0; Attributes i2; IconFile L0; IconIndex I4', [['url', 'main', 'INSTALLDIR', 'Site.url', 'https://example.org/', 1, null, null]])
  builder.table('Wix4RemoveFolderEx', 'RemoveFolderEx* s72; Component_ s72; Property s72; InstallMode i2; Condition S0', [['cache', 'main', 'CACHE', 3, null]])
  builder.table('Wix4RemoveRegistryKeyEx', 'RemoveRegistryKeyEx* s72; Component_ s72; Root i2; Key l255; InstallMode i2; Condition S0', [['gone', 'main', 2, 'SOFTWARE\\Gone', 3, null]])
  builder.table('Wix4TouchFile', 'TouchFile* s72; Component_ s72; Path s255; Attributes i2', [['t', 'main', 'C:\\Data\\old.txt', 0x23]])
  builder.table('Wix4FormatFile', 'Binary_* s72; File_* s72', [['text', 'note']])
  builder.table('ServiceConfig', 'ServiceName* s72; Component_ s72; NewService i1; FirstFailureActionType s32; SecondFailureActionType s32; ThirdFailureActionType s32; ResetPeriodInDays I4; RestartServiceDelayInSeconds I4; ProgramCommandLine S255; RebootMessage S255',
    [['Worker', 'main', 1, 'restart', 'none', 'none', 1, 60, null, null]])
  builder.table('SecureObjects', 'SecureObject* s72; Table* s32; Domain* S255; User* s255; Permission I4; Component_ s72', [['Worker', 'ServiceInstall', null, 'Everyone', 0x10, 'main'], ['value', 'Registry', null, 'Users', null, 'main']])
  return bytesOf((sink) => { builder.build({ validation: false }).save(sink) })
}
