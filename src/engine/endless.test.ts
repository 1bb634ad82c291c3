// Packages that would go on for ever: they fail instead.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { aPackage, anInstallStage } from '../testing/index.ts'

test('a sequence table that runs itself ends the installation', { timeout: 120_000 }, async () => {
  const stage = anInstallStage()
  const builder = aPackage().property('SEQUENCE', 'InstallExecuteSequence').row('InstallExecuteSequence', { Action: 'SEQUENCE', Condition: null, Sequence: 50 })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  assert.equal((await stage.install(stage.add(builder))).exitCode, 1603)
  assert.equal(stage.text('C:\\Program Files (x86)\\Example\\data.txt'), undefined)
})

test('a package that installs itself within itself ends the installation', { timeout: 120_000 }, async () => {
  const stage = anInstallStage()
  const builder = aPackage().row('CustomAction', { Action: 'Again', Type: 23, Source: 'package.msi', Target: 'A=1' }).row('InstallExecuteSequence', { Action: 'Again', Condition: null, Sequence: 1300 })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example'), 'data.txt', 'data')
  assert.equal((await stage.install(stage.add(builder))).exitCode, 1603)
  assert.ok(stage.log.some((line) => line.includes('which is being installed')))
})
