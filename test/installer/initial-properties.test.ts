// Properties that the installer sets before the first action, from the machine, the user interface and what is recorded
// of the product. https://learn.microsoft.com/windows/win32/msi/property-reference
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { packGuid, parentPath } from 'msikit/base'
import type { PackageBuilder } from 'msikit/authoring'
import { InstallState, openPackageSession, productState, type InstallOptions } from 'msikit/engine'
import { createDirectories, writeFile } from 'msikit/platform'
import { aPackage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'
import { peFile } from './pe-file.js'

const productCode = '{AAAAAAAA-1111-2222-3333-444444444444}'

function example(): PackageBuilder {
  const builder = aPackage({ productCode, scope: 'user' })
  builder.feature('Main').file(builder.folder('LocalAppDataFolder').folder('Example', { key: 'INSTALLDIR' }), 'app.exe', 'program')
  return builder
}

// …/msi/msiuihidecancel, …/msi/msiuiprogressonly, …/msi/msiuisourceresonly
const flags: readonly (readonly [InstallOptions, readonly (string | undefined)[]])[] = [
  [{ ui: 'basic' }, [undefined, undefined, undefined]],
  [{ ui: 'basic', hideCancel: true }, ['1', undefined, undefined]],
  [{ ui: 'basic', hideCancel: true, noModalDialogs: true }, ['1', '1', undefined]],
  [{ ui: 'none', sourceResolutionOnly: true }, [undefined, undefined, '1']],
]

for (const [options, expected] of flags) {
  test(`the flags of the user interface ${JSON.stringify(options)} are properties`, async () => {
    const stage = aMachine()
    assert.equal((await stage.install(stage.add(example()), options)).exitCode, 0)
    assert.deepEqual(['MsiUIHideCancel', 'MsiUIProgressOnly', 'MsiUISourceResOnly'].map((name) => stage.property(name)), expected)
  })
}

test('assemblies are supported in the version of the libraries that the root has for them, the latest of several', () => {
  const { platform, add } = aMachine()
  const path = add(example())
  const support = (): string[] => {
    using session = openPackageSession(platform, { path })
    return ['MsiNetAssemblySupport', 'MsiWin32AssemblySupport'].map((name) => session.property(name))
  }
  assert.deepEqual(support(), ['', ''])
  const framework = 'C:\\Windows\\Microsoft.NET\\Framework'
  for (const [file, content] of [
    ['C:\\Windows\\System32\\sxs.dll', peFile('6.3.9600.17415')], [`${framework}\\v2.0.50727\\fusion.dll`, peFile('2.0.50727.8000')],
    [`${framework}64\\v4.0.30319\\fusion.dll`, peFile('4.8.4084.0')], [`${framework}\\v1.0.3705\\fusion.dll`, new Uint8Array(10)],
  ] as const) {
    createDirectories(platform.files, parentPath(file)!)
    writeFile(platform.files, file, content)
  }
  assert.deepEqual(support(), ['4.8.4084.0', '6.3.9600.17415'])
})

test('a product that is installed for another user alone is in the state 2, and is not installed', async () => {
  const stage = aMachine()
  const path = stage.add(example())
  assert.equal(productState(stage.platform, productCode), InstallState.unknown)
  const data = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-21-1-2-3-1007\\Products\\${packGuid(productCode)!}\\InstallProperties`
  stage.platform.registry.createKey(data)
  stage.platform.registry.setValue(data, 'WindowsInstaller', { type: 'REG_DWORD', data: 1 })
  assert.equal(productState(stage.platform, productCode), InstallState.absent)
  assert.equal((await stage.install(path)).exitCode, 0)
  assert.deepEqual([stage.property('ProductState'), stage.property('Installed')], ['2', undefined])
  assert.equal(productState(stage.platform, productCode), InstallState.default)
  await stage.configure(productCode, { properties: { REINSTALL: 'ALL' } })
  assert.deepEqual([stage.property('ProductState'), stage.property('Installed')], ['5', '00:00:00'])
})
