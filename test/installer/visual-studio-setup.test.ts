// Packages of Visual Studio setup projects: what they look at before they install.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { callLibrary } from 'msikit/authoring'
import { aPackage, anInstallStage, type InstallStage } from '../../dist/testing/index.js'

const ndp = 'HKLM\\Software\\Microsoft\\NET Framework Setup\\NDP'
const url = 'https://example.org/net'

async function install(version: string, properties: Readonly<Record<string, string>>, prepare: (stage: InstallStage) => void): Promise<{ exitCode: number; log: string }> {
  const stage = anInstallStage()
  prepare(stage)
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'data.txt', 'data')
  for (const [name, value] of Object.entries({ VSDFrameworkVersion: version, VSDAllowLaterFrameworkVersions: 'False', VSDNETURLMSG: 'Needs version [1].', ...properties })) builder.property(name, value)
  builder.table('_VsdLaunchCondition', 'Condition* s255; Description L255; Url S0', [['VSDFXAvailable', '[VSDNETURLMSG]', url], ...'VSDNetCoreVersion' in properties ? [['VSDNETCoreAvailable', '[VSDNETCOREURLMSG]', `${url}/[NetCoreVerMajorDotMinor]`]] : []])
  builder.binary('MSVBDPCADLL', 'MZ a library of Windows')
  builder.customAction('DIRCA_CheckFX', callLibrary({ binary: 'MSVBDPCADLL' }, 'CheckFX'), { at: 1 })
  builder.customAction('DIRCA_CheckNETCore', callLibrary({ binary: 'MSVBDPCADLL' }, 'CheckNETCore'), { at: 2 })
  builder.customAction('VSDCA_VsdLaunchConditions', callLibrary({ binary: 'MSVBDPCADLL' }, 'VsdLaunchConditions'), { at: 3, condition: 'NOT Installed' })
  const { exitCode } = await stage.install(stage.add(builder))
  return { exitCode, log: stage.log.join('\n') }
}

/** @param values Of one key below NDP. */
function having(...frameworks: readonly (readonly [key: string, values: Readonly<Record<string, number | string>>])[]): (stage: InstallStage) => void {
  return ({ platform: { registry } }) => {
    for (const [key, values] of frameworks) {
      registry.createKey(`${ndp}\\${key}`)
      for (const [name, data] of Object.entries(values)) registry.setValue(`${ndp}\\${key}`, name, typeof data === 'number' ? { type: 'REG_DWORD', data } : { type: 'REG_SZ', data })
    }
  }
}

const net472 = ['v4\\Full', { Install: 1, Release: 461814, Version: '4.7.03190' }] as const
const net35 = ['v3.5', { Install: 1, Version: '3.5.30729.4926' }] as const
const net2 = ['v2.0.50727', { Install: 1, Version: '2.0.50727.8922' }] as const

for (const [wanted, frameworks, found] of [
  ['v4.6.1', [net472], true], ['v4.7.2', [net472], true], ['v4.8', [net472], false], ['v4.0', [net472], true],
  ['2.0.50727', [net2], true], ['2.0.50727', [net35], true], ['2.0.50727', [net472], false], ['3.5.21022', [net35], true], ['3.5.21022', [net2], false], ['v4.0', [net35, net2], false],
] as const) {
  test(`.NET Framework ${wanted} is ${found ? '' : 'not '}there with ${frameworks.map(([key]) => key).join(' and ')}`, async () => {
    assert.equal((await install(wanted, {}, having(...frameworks))).exitCode, found ? 0 : 1603)
  })
}

test('a newer generation does where the package allows it', async () => {
  assert.equal((await install('2.0.50727', { VSDAllowLaterFrameworkVersions: 'True' }, having(net472))).exitCode, 0)
})

test('the client profile does where the package says so', async () => {
  const client = having(['v4\\Client', { Install: 1, Version: '4.0.30319' }])
  assert.equal((await install('v4.0', {}, client)).exitCode, 1603)
  assert.equal((await install('v4.0', { VSDFrameworkProfile: 'Client' }, client)).exitCode, 0)
})

test('what is missing is said in the words of the package, with its address in the log', async () => {
  const { log } = await install('v4.8', {}, having(net472))
  assert.match(log, /Needs version v4\.8\./)
  assert.ok(log.includes(url))
})

test('a root that says nothing of any .NET Framework is installed to', async () => {
  const { exitCode, log } = await install('v4.8', {}, () => {})
  assert.equal(exitCode, 0)
  assert.match(log, /says nothing of any \.NET Framework/)
})

const runtimes = 'HKLM\\Software\\Wow6432Node\\dotnet\\Setup\\InstalledVersions'

for (const [arch, wanted, switchedOff, found] of [['x64', '6.0.1', 'False', true], ['x64', '6.0.9', 'False', false], ['x64', '7.0.0', 'False', false], ['x64', '3.1.0', 'False', false], ['x86', '6.0.1', 'False', false], ['x64', '7.0.0', 'True', true]] as const) {
  test(`.NET ${wanted} for ${arch} is ${found ? '' : 'not '}there with 6.0.5 for x64${switchedOff === 'True' ? ' where nobody asks' : ''}`, async () => {
    const { exitCode, log } = await install('v4.0', {
      VSDNetCoreVersion: wanted, VSDNetCoreArch: arch, VSDNetCoreRuntime: 'Microsoft.WindowsDesktop.App', VSDNetCoreDisabled: switchedOff, VSDNETCOREURLMSG: 'Needs [2] [3] [1].',
      VSDNETDESKTOPRTNAME: 'Desktop Runtime', VSDNETCOREDESKTOPRTNAME: 'Core Desktop Runtime',
    }, (stage) => {
      having(net472)(stage)
      const key = `${runtimes}\\x64\\sharedfx\\Microsoft.WindowsDesktop.App`
      stage.platform.registry.createKey(key)
      stage.platform.registry.setValue(key, '6.0.5', { type: 'REG_DWORD', data: 1 })
    })
    assert.equal(exitCode, found ? 0 : 1603)
    if (!found) assert.ok(log.includes(`Needs ${arch} ${wanted.startsWith('3') ? 'Core ' : ''}Desktop Runtime ${wanted}.`))
  })
}
