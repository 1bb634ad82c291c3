// The check of what is recorded finds what is missing, different or too much: it is not a check that says yes to everything.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { aPackage } from '../builders.ts'
import { anInstallStage } from '../install-stage.ts'
import { watchRegistration } from './check.ts'

const uninstall = 'HKLM\\Software\\Wow6432Node\\Microsoft\\Windows\\CurrentVersion\\Uninstall'

async function installed() {
  const stage = anInstallStage()
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'a.txt', 'a')
  const path = stage.add(builder)
  const compare = watchRegistration(stage.platform)
  const result = await stage.install(path)
  return { stage, result, problems: () => compare(result, stage.log), key: `${uninstall}\\${result.productCode}` }
}

test('what an installation records is what the table says', async () => {
  const { problems } = await installed()
  assert.deepEqual(problems(), [])
})

test('a value that is missing, another one, and one too many are told', async () => {
  const { stage: { platform: { registry } }, problems, key } = await installed()
  registry.deleteValue(key, 'Publisher')
  registry.setValue(key, 'HelpLink', { type: 'REG_EXPAND_SZ', data: '' })
  registry.setValue(key, 'Surplus', { type: 'REG_DWORD', data: 1 })
  assert.deepEqual(problems(), [
    `different: ${key} → HelpLink: expected REG_SZ "", found REG_EXPAND_SZ ""`, `missing: ${key} → Publisher: expected REG_SZ "Example Corporation"`,
    `surplus: ${key} → Surplus: nothing became REG_DWORD 1`,
  ])
})

test('a removal that leaves something behind is told', async () => {
  const { stage, key } = await installed()
  const compare = watchRegistration(stage.platform)
  const result = await stage.uninstall('Example')
  assert.deepEqual(compare(result, stage.log), [])
  stage.platform.registry.createKey(key)
  stage.platform.registry.setValue(key, 'DisplayName', { type: 'REG_SZ', data: 'Example' })
  assert.deepEqual(compare(result, stage.log), [`left after the removal: ${key} → DisplayName: REG_SZ "Example"`])
})
