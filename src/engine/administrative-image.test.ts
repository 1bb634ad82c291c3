// Administrative installations: an image of the source for all machines, and installations from it.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { openDatabase } from '../database/index.ts'
import { aPackage, anInstallStage } from '../testing/index.ts'
import { administerPackage } from './index.ts'

test('an image has the files of all components, whatever their conditions and the machine say, and can be installed from', async () => {
  const stage = anInstallStage()
  const builder = aPackage()
  const folder = builder.folder('ProgramFilesFolder\\Example')
  const feature = builder.feature('Main')
  feature.file(folder, 'always.txt', 'always')
  feature.file(folder, 'elsewhere.txt', 'on another machine', { component: { condition: 'VersionNT = 400' } })
  builder.feature('Disabled', { level: 0 }).file(folder, 'never.txt', 'never')
  const path = stage.add(builder)
  assert.equal((await stage.install(path)).exitCode, 0)
  const image = await administerPackage(stage.platform, { package: path, properties: { TARGETDIR: 'C:\\Image' }, durability: 'process-end' })
  assert.equal(image.exitCode, 0, image.error?.message)
  assert.equal(stage.text('C:\\Image\\PFiles\\Example\\always.txt'), 'always')
  assert.equal(stage.text('C:\\Image\\PFiles\\Example\\elsewhere.txt'), 'on another machine')
  assert.equal(stage.text('C:\\Image\\PFiles\\Example\\never.txt'), undefined)
  using file = stage.platform.files.open('C:\\Image\\package.msi')
  const database = openDatabase(file)
  assert.ok(!database.streamNames().some((name) => name.endsWith('.cab')))
  assert.deepEqual(database.summary.properties.get(15), { type: 'i4', value: 4 })

  assert.equal((await stage.uninstall('Example')).exitCode, 0)
  assert.equal((await stage.install('C:\\Image\\package.msi')).exitCode, 0, stage.log.join('\n'))
  assert.equal(stage.text('C:\\Program Files (x86)\\Example\\always.txt'), 'always')
  assert.equal(stage.text('C:\\Program Files (x86)\\Example\\elsewhere.txt'), undefined)
})
