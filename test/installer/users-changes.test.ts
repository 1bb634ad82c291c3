// What users and other programs make of what a product put there, before, between and after: what Windows does of each
// by its documentation, and that a removal takes the product's part alone.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { componentAttribute, type Component, type PackageBuilder } from 'msikit/authoring'
import { createDirectories, noAttributes, writeFile, type RegistryValue } from 'msikit/platform'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'
import { peFile } from './pe-file.js'

const place = 'C:\\Program Files (x86)\\Example'
const environment = 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'
const fonts = 'HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Fonts'
const sharedDlls = 'HKLM\\SOFTWARE\\WOW6432Node\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs'
const ours = 'HKLM\\SOFTWARE\\WOW6432Node\\Example'

class Scene {
  readonly stage: InstallStage = aMachine()

  put(path: string, content: string | Uint8Array, attributes = noAttributes): void {
    const { files } = this.stage.platform
    createDirectories(files, path.slice(0, path.lastIndexOf('\\')))
    if (files.stat(path) !== undefined) files.setAttributes(path, noAttributes)
    writeFile(files, path, typeof content === 'string' ? new TextEncoder().encode(content) : content)
    files.setAttributes(path, attributes)
  }

  set(key: string, name: string, data: string | number): void {
    const { registry } = this.stage.platform
    registry.createKey(key)
    registry.setValue(key, name, typeof data === 'number' ? { type: 'REG_DWORD', data } : { type: /%|;/.test(data) ? 'REG_EXPAND_SZ' : 'REG_SZ', data })
  }

  value(key: string, name: string): RegistryValue['data'] | undefined {
    return this.stage.platform.registry.value(key, name)?.data
  }

  has(path: string): boolean {
    return this.stage.platform.files.stat(path) !== undefined
  }
}

interface Case {
  readonly product: (component: Component, builder: PackageBuilder) => void
  readonly before?: (scene: Scene) => void
  /** After the installation. */
  readonly between?: (scene: Scene) => void
  /** After the removal. */
  readonly left: (scene: Scene) => void
}

const ini = (component: Component, more: Record<string, string | number | null> = {}): unknown => component.row('IniFile', { IniFile: 'i', FileName: 'app.ini', DirProperty: 'INSTALLDIR', Section: 'Main', Key: 'ours', Value: '1', Action: 0, ...more })

const cases: Readonly<Record<string, Case>> = {
  'lines of the user\'s in our section of an INI file stay, with his comments and his order': {
    product: (component) => { ini(component) },
    before: (scene) => { scene.put(`${place}\\app.ini`, '; mine\r\n[Other]\r\nx=1\r\n[Main]\r\ntheirs=2\r\n') },
    between: (scene) => { scene.put(`${place}\\app.ini`, '; mine\r\n[Other]\r\nx=1\r\n\r\n[Main]\r\n; why\r\nours=1\r\ntheirs=3\r\n') },
    left: ({ stage }) => { assert.equal(stage.text(`${place}\\app.ini`), '; mine\r\n[Other]\r\nx=1\r\n\r\n[Main]\r\n; why\r\ntheirs=3\r\n') },
  },
  'a tag that the user added to our list in an INI file stays': {
    product: (component) => { ini(component, { Key: 'list', Value: 'ours', Action: 3 }) },
    before: (scene) => { scene.put(`${place}\\app.ini`, '[Main]\r\nlist=theirs\r\n') },
    between: (scene) => { scene.put(`${place}\\app.ini`, '[Main]\r\nlist=theirs,ours,later\r\n') },
    left: ({ stage }) => { assert.equal(stage.text(`${place}\\app.ini`), '[Main]\r\nlist=theirs,later\r\n') },
  },
  'of a path in the environment our part goes, wherever the user has put it; his own stay in their spelling': {
    product: (component) => { component.environment('PATH', '[INSTALLDIR]', { part: 'last' }) },
    before: (scene) => { scene.set(environment, 'Path', '%SystemRoot%;C:\\Mine') },
    between: (scene) => { scene.set(environment, 'Path', `C:\\First;${place}\\;%SystemRoot%;;C:\\mine;C:\\Last`) },
    left: (scene) => { assert.equal(scene.value(environment, 'Path'), 'C:\\First;%SystemRoot%;;C:\\mine;C:\\Last') },
  },
  'a variable that the user has changed since is his': {
    product: (component) => { component.environment('EXAMPLE', 'ours') },
    between: (scene) => { scene.set(environment, 'EXAMPLE', 'theirs') },
    left: (scene) => { assert.equal(scene.value(environment, 'EXAMPLE'), 'theirs') },
  },
  'a key with a value or a key of others stays with them': {
    product: (component) => { component.registry('HKLM', 'Software\\Example\\Deep', 'ours', '1').registry('HKLM', 'Software\\Example\\Gone', 'ours', '1') },
    between: (scene) => {
      scene.set(`${ours}\\Deep`, 'theirs', '2')
      scene.set(`${ours}\\Gone\\Below`, 'theirs', '3')
    },
    left: (scene) => { assert.deepEqual([scene.value(`${ours}\\Deep`, 'theirs'), scene.value(`${ours}\\Deep`, 'ours'), scene.value(`${ours}\\Gone\\Below`, 'theirs'), scene.value(`${ours}\\Gone`, 'ours')], ['2', undefined, '3', undefined]) },
  },
  'a font of the same title that lists another file by now is another\'s': {
    product: (component, builder) => {
      const feature = builder.feature('Fonts')
      feature.file(builder.folder('FontsFolder'), 'ours.ttf', 'font', { key: 'font', component: { key: 'font' } }).row('Font', { File_: 'font', FontTitle: 'Sample (TrueType)' })
      void component
    },
    between: (scene) => { scene.set(fonts, 'Sample (TrueType)', 'theirs.ttf') },
    left: (scene) => { assert.equal(scene.value(fonts, 'Sample (TrueType)'), 'theirs.ttf') },
  },
  'a library that another installer counts before us stays, with its count': {
    product: () => {},
    before: (scene) => {
      scene.put(`${place}\\app.dll`, peFile('1.0.0.0'))
      scene.set(sharedDlls, `${place}\\app.dll`, 1)
    },
    left: (scene) => { assert.deepEqual([scene.has(`${place}\\app.dll`), scene.value(sharedDlls, `${place}\\app.dll`)], [true, 1]) },
  },
  'a library that another installer counts after us stays, with its count': {
    product: () => {},
    between: (scene) => { scene.set(sharedDlls, `${place}\\app.dll`, 2) },
    left: (scene) => { assert.deepEqual([scene.has(`${place}\\app.dll`), scene.value(sharedDlls, `${place}\\app.dll`)], [true, 1]) },
  },
  'a count that is none is not taken for one': {
    product: () => {},
    between: (scene) => { scene.set(sharedDlls, `${place}\\app.dll`, 'many') },
    left: (scene) => { assert.equal(scene.has(`${place}\\app.dll`), false) },
  },
  'a read-only, hidden file that the user made of ours goes; his own beside it stays as it is': {
    product: () => {},
    between: (scene) => {
      scene.put(`${place}\\app.dll`, 'changed', { readOnly: true, hidden: true, system: true })
      scene.put(`${place}\\APP.dll.bak`, 'theirs', { readOnly: true, hidden: true, system: false })
    },
    left: (scene) => {
      assert.equal(scene.has(`${place}\\app.dll`), false)
      assert.deepEqual(scene.stage.platform.files.stat(`${place}\\app.dll.BAK`)?.attributes, { readOnly: true, hidden: true, system: false })
    },
  },
  'a folder that took the place of a file of ours is not removed': {
    product: () => {},
    between: (scene) => {
      scene.stage.platform.files.removeFile(`${place}\\app.dll`)
      scene.put(`${place}\\app.dll\\theirs.txt`, 'theirs')
    },
    left: ({ stage }) => { assert.equal(stage.text(`${place}\\app.dll\\theirs.txt`), 'theirs') },
  },
  'a file that took the place of a folder of ours is not removed': {
    product: (component, builder) => { component.createFolder(builder.folder('ProgramFilesFolder\\Example\\data')) },
    between: (scene) => {
      scene.stage.platform.files.removeDirectory(`${place}\\data`)
      scene.put(`${place}\\data`, 'theirs')
    },
    left: ({ stage }) => { assert.equal(stage.text(`${place}\\data`), 'theirs') },
  },
  'a folder that was there before stays, empty as it was': {
    product: (component, builder) => { component.createFolder(builder.folder('ProgramFilesFolder\\Example\\data')) },
    before: ({ stage }) => { createDirectories(stage.platform.files, `${place}\\empty`) },
    left: (scene) => { assert.deepEqual([scene.has(`${place}\\empty`), scene.has(`${place}\\app.dll`)], [true, false]) },
  },
  'a file that never may be overwritten and was there before stays, as it was': {
    product: (component, builder) => {
      void component
      const feature = builder.feature('Settings')
      feature.file(builder.folder('ProgramFilesFolder\\Example'), 'settings.txt', 'ours', { key: 'settings', component: { key: 'settings', attributes: componentAttribute.neverOverwrite, permanent: true } })
    },
    before: (scene) => { scene.put(`${place}\\settings.txt`, 'theirs') },
    left: ({ stage }) => { assert.equal(stage.text(`${place}\\settings.txt`), 'theirs') },
  },
}

for (const [name, { product, before = () => {}, between = () => {}, left }] of Object.entries(cases)) {
  test(name, async () => {
    const scene = new Scene()
    const builder = aPackage()
    const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
    const component = builder.feature('Main').file(folder, 'app.dll', peFile('1.0.0.0'), { key: 'app', version: '1.0.0.0' })
    product(component, builder)
    before(scene)
    const { exitCode, productCode } = await scene.stage.install(scene.stage.add(builder))
    assert.equal(exitCode, 0, scene.stage.log.join('\n'))
    between(scene)
    assert.equal((await scene.stage.uninstall(productCode)).exitCode, 0, scene.stage.log.join('\n'))
    left(scene)
  })
}
