// Transforms at installation, and installations within installations.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource } from '../base/index.ts'
import { writeCompoundFile } from '../compound-file/index.ts'
import { generateTransform, openDatabase } from '../database/index.ts'
import { aPackage, anInstallStage, bytesOf, differences, takeSnapshot, type InstallStage } from '../testing/index.ts'
import { listProducts } from './index.ts'

const folder = 'C:\\Program Files (x86)\\Example'

function example(name = 'Example'): ReturnType<typeof aPackage> {
  const builder = aPackage({ name })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder\\Example', { key: 'INSTALLDIR' }), `${name}.txt`, name)
  return builder
}

/** A transform that gives the product another name. */
function renaming(name: string): Uint8Array {
  const base = bytesOf((sink) => { example().build({ validation: false }).save(sink) })
  const [changed, original] = [openDatabase(bytesSource(base)), openDatabase(bytesSource(base))]
  const table = changed.table('Property')!
  table.update(table.find('ProductName')!, 'Value', name)
  return bytesOf((sink) => { writeCompoundFile(generateTransform(changed, original)!, sink) })
}

function write({ platform }: InstallStage, path: string, bytes: Uint8Array): void {
  const writer = platform.files.create(path)
  writer.write(bytes)
  writer.close()
}

test('a transform beside the package is applied, and kept for maintenance', async () => {
  const stage = anInstallStage()
  const path = stage.add(example())
  write(stage, 'D:\\rename.mst', renaming('Renamed'))
  const { exitCode, productCode } = await stage.install(path, { properties: { TRANSFORMS: 'rename.mst' } })
  assert.equal(exitCode, 0)
  assert.deepEqual(listProducts(stage.platform).map(({ productName }) => productName), ['Renamed'])
  const kept = `C:\\Windows\\Installer\\${productCode}\\rename.mst`
  assert.equal(stage.platform.files.stat(kept)?.kind, 'file')
  stage.platform.files.removeFile('D:\\rename.mst')
  assert.equal((await stage.configure('Renamed', { properties: { REINSTALL: 'ALL' } })).exitCode, 0)
  assert.equal(stage.property('ProductName'), 'Renamed')
  assert.equal((await stage.uninstall('Renamed')).exitCode, 0)
  assert.equal(stage.platform.files.stat(kept), undefined)
  assert.equal(stage.text(`${folder}\\Example.txt`), undefined)
})

test('a transform is looked for in the current folder first, with @ beside the package only', async () => {
  for (const [list, name] of [['rename.mst', 'Of the folder'], ['@rename.mst', 'Of the source']] as const) {
    const stage = anInstallStage({ files: { 'D:\\here\\': '' } })
    stage.platform.files.fromHostPath = (path) => path === 'rename.mst' ? 'D:\\here\\rename.mst' : undefined
    const path = stage.add(example())
    write(stage, 'D:\\here\\rename.mst', renaming('Of the folder'))
    write(stage, 'D:\\rename.mst', renaming('Of the source'))
    assert.equal((await stage.install(path, { properties: { TRANSFORMS: list } })).exitCode, 0)
    assert.equal(stage.property('ProductName'), name)
  }
})

test('a transform that is missing, or is none, is 1624 and changes nothing', async () => {
  const stage = anInstallStage({ files: { 'D:\\text.mst': 'just text' } })
  const path = stage.add(example())
  const before = takeSnapshot(stage.platform)
  for (const list of ['none.mst', 'text.mst', ':embedded']) {
    assert.equal((await stage.install(path, { properties: { TRANSFORMS: list } })).exitCode, 1624, list)
  }
  assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
})

test('a package of the source tree is installed within another installation, and undone with it', async () => {
  for (const failing of [false, true]) {
    const stage = anInstallStage()
    stage.add(example('Inner'), 'inner.msi')
    const outer = example('Outer').customAction('Nest', { type: 23, source: 'inner.msi', target: 'GIVEN=[ProductName]' }, { at: 1550, condition: 'NOT Installed' })
    if (failing) outer.customAction('Refuse', { type: 19, target: 'no' }, { at: 6500, condition: 'NOT Installed' })
    const path = stage.add(outer, 'outer.msi')
    const before = takeSnapshot(stage.platform)
    assert.equal((await stage.install(path)).exitCode, failing ? 1603 : 0)
    assert.ok(stage.log.includes('Property(S): GIVEN = Outer'))
    assert.ok(stage.log.some((line) => line.startsWith('Property(S): ParentProductCode = {')))
    if (failing) assert.deepEqual(differences(before, takeSnapshot(stage.platform)), [])
    else assert.deepEqual(listProducts(stage.platform).map(({ productName }) => productName), ['Inner', 'Outer'])
  }
})

test('a nested product that fails takes the installation with it', async () => {
  const stage = anInstallStage()
  stage.add(example('Inner').launchCondition('NEVER', 'Never.'), 'inner.msi')
  const path = stage.add(example('Outer').customAction('Nest', { type: 23, source: 'inner.msi', target: '' }, { at: 1550 }), 'outer.msi')
  const result = await stage.install(path)
  assert.deepEqual([result.exitCode, result.error?.messageNumber, result.error?.action], [1603, 1713, 'Nest'])
})
