// Features that run from their source: nothing is copied, and the registration says on which disk the key file lies.
import { strict as assert } from 'node:assert'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { packGuid } from 'msikit/base'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const guid = '{0B0B0B0B-1111-2222-3333-444444444444}'

test('a component that runs from its source is registered there, and is known by it', async () => {
  using stage = new HostStage()
  const builder = aPackage()
  const medium = builder.media({ cabinet: null })
  const component = builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' }), 'app.exe', 'MZ', { key: 'app', media: medium, component: { guid, attributes: 2 } })
  component.row('Shortcut', { Shortcut: 's', Directory_: 'TARGETDIR', Name: 'App', Target: '[#app]' })
  const path = stage.add(builder)
  assert.equal((await stage.install(path, { properties: { ADDSOURCE: 'ALL' } })).exitCode, 0, stage.log.join('\n'))
  assert.ok(!existsSync(join(stage.root, 'Program Files (x86)/Example/app.exe')))
  const key = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\S-1-5-18\\Components\\${packGuid(guid)!}`
  const value = stage.platform.registry.value(key, packGuid(builder.product.productCode)!)
  assert.deepEqual(value, { type: 'REG_SZ', data: '01\\PFiles\\Example\\app.exe' })
  assert.equal((await stage.configure(builder.product.productCode, { properties: { REINSTALL: 'ALL' } })).exitCode, 0)
  assert.ok(stage.log.some((line) => /^Component: \S+; Installed: Source;/.test(line)), 'it is found to run from its source')
  assert.equal((await stage.uninstall(builder.product.productCode)).exitCode, 0)
  assert.equal(stage.platform.registry.keyExists(key), false)
})
