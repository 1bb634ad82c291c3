// In which language the installer speaks where a package has no text of its own, and that packages have the first word.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { failWith, type PackageBuilder } from 'msikit/authoring'
import { MessageType, type InstallMessage, type InstallOptions } from 'msikit/engine'
import { aPackage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

function example(language: number): PackageBuilder {
  const builder = aPackage({ language })
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'app.exe', 'program').registry('HKLM', 'Software\\Example', 'x', '1')
  return builder
}

/** What a user interface is told the actions do, by name of the action. */
async function said(language: number, machine: { readonly userLanguage?: number } = {}, options: InstallOptions = {}, change: (builder: PackageBuilder) => PackageBuilder = (one) => one): Promise<Map<string, string>> {
  const stage = aMachine({ machine })
  const texts = new Map<string, string>()
  const onMessage = ({ type, record, text }: InstallMessage): 0 => {
    if (type === MessageType.actionStart && text !== '') texts.set(String(record[1]), text)
    if (type === MessageType.error) texts.set(`error ${record[1]}`, text)
    return 0
  }
  await stage.install(stage.add(change(example(language))), { ...options, onMessage })
  return texts
}

test('the installer speaks the language of the product', async () => {
  assert.equal((await said(1036)).get('InstallFiles'), 'Copie des nouveaux fichiers')
  assert.equal((await said(1049)).get('InstallFiles'), 'Копирование новых файлов')
  assert.equal((await said(1033, { userLanguage: 1036 })).get('InstallFiles'), 'Copying new files')
})

test('a product of no language, or of one that is not there, is installed in the user\'s', async () => {
  assert.equal((await said(0, { userLanguage: 1040 })).get('InstallFiles'), 'Copia dei nuovi file')
  assert.equal((await said(1041, { userLanguage: 3082 })).get('InstallFiles'), 'Copiando archivos nuevos')
  assert.equal((await said(1041, { userLanguage: 1041 })).get('InstallFiles'), 'Copying new files')
})

test('who installs may ask for another language', async () => {
  assert.equal((await said(1036, {}, { language: 1046 })).get('InstallFiles'), 'Copiando novos arquivos')
})

test('texts of the package come first', async () => {
  const texts = await said(1036, {}, {}, (builder) => builder.row('ActionText', { Action: 'InstallFiles', Description: 'Mes fichiers' }))
  assert.equal(texts.get('InstallFiles'), 'Mes fichiers')
  assert.equal(texts.get('WriteRegistryValues'), 'Écriture dans le registre')
})

test('errors are in that language too, and so is what rolls back', async () => {
  const texts = await said(1036, {}, {}, (builder) => builder.customAction('Break', failWith('cassé'), { at: { before: 'InstallFinalize' } })
    .schedule('InstallExecute', { at: { before: 'Break' } }))
  assert.equal(texts.get('Rollback'), 'Annulation de l’action :')
  const stage = aMachine({ machine: { isAdministrator: false } })
  const { error } = await stage.install(stage.add(example(1036)))
  assert.deepEqual([error?.messageNumber, error?.message.slice(0, 36)], [1925, 'Vous ne pouvez pas installer ce prod'])
})

test('a package may have its own word for rolling back', async () => {
  const texts = await said(1033, {}, {}, (builder) => builder.customAction('Break', failWith('broken'), { at: { before: 'InstallFinalize' } })
    .schedule('InstallExecute', { at: { before: 'Break' } }).row('ActionText', { Action: 'Rollback', Description: 'Never mind', Template: '[1]' }))
  assert.equal(texts.get('Rollback'), 'Never mind')
})
