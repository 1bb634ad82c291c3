// One product's whole life on a real root, by the command that users have: every call is a process of its own. At the end
// the folder is what it was, file by file, and the registry key by key.
import { strict as assert } from 'node:assert'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PackageBuilder } from 'msikit/authoring'
import { createNodePlatform } from 'msikit/node'
import { aPackage, differences, takeSnapshot } from '../../dist/testing/index.js'
import { Box } from '../bad-input/command.js'
import { peFile } from './pe-file.js'

const place = 'Program Files (x86)/Example'

function example(version: string): PackageBuilder {
  const builder = aPackage({ version })
  const folder = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  const main = builder.feature('Main')
  main.file(folder, 'app.exe', peFile(`${version}.0`), { version: `${version}.0`, key: 'app' })
    .registry('HKLM', 'Software\\Example', 'Version', version).registry('HKCU', 'Software\\Example', 'Seen', '1')
    .shortcut(builder.folder('ProgramMenuFolder').folder('Example', { key: 'MenuDir' }), 'Example').environment('EXAMPLE_HOME', '[INSTALLDIR]')
    .service('ExampleSvc').iniValue('example.ini', 'Main', 'Version', version)
  main.file(folder, 'readme.txt', `readme ${version}`, { readOnly: true })
  builder.feature('Extra', { level: 100 }).file(folder.folder('extra'), 'extra.txt', `extra ${version}`)
  return builder.majorUpgrade({ downgradeMessage: 'There is a newer one.', removeAt: { after: 'InstallInitialize' } })
}

function other(): PackageBuilder {
  const builder = aPackage({ name: 'Other' })
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Other'), 'other.txt', 'other').registry('HKLM', 'Software\\Other', 'x', '1').environment('OTHER', '1').registry('HKCU', 'Software\\Other', 'x', '1')
  return builder
}

const isHive = (path: string): boolean => /\/config\/[A-Z]+$|NTUSER\.DAT$/.test(path)

test('install, list, damage, repair, change, upgrade, remove: the root is what it was', () => {
  using box = new Box()
  const [first, second, neighbour] = [box.add(example('1.0.0'), 'one.msi'), box.add(example('2.0.0'), 'two.msi'), box.add(other(), 'other.msi')]
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = box.run(...args)
    assert.equal(status, 0, `${args.join(' ')}: ${stdout}${stderr}`)
    return stdout
  }
  const text = (name: string): string | undefined => existsSync(join(box.root, place, name)) ? readFileSync(join(box.root, place, name), 'utf8') : undefined
  const registry = (): ReturnType<typeof takeSnapshot> => takeSnapshot(createNodePlatform({ root: box.root }), { ignore: (path) => path.startsWith('C:') })
  const listed = (): { productName: string; productVersion: string }[] => JSON.parse(run('list', '--json')) as { productName: string; productVersion: string }[]

  run('install', neighbour)
  const files = (): Map<string, string> => new Map([...box.digest()].filter(([path]) => path.startsWith('root/') && !isHive(path)))
  const [filesBefore, registryBefore] = [files(), registry()]

  run('install', first)
  assert.deepEqual(listed().map(({ productName, productVersion }) => [productName, productVersion]).sort(), [['Example', '1.0.0'], ['Other', '1.0.0']])
  assert.equal(text('readme.txt'), 'readme 1.0.0')
  assert.equal(statSync(join(box.root, place, 'readme.txt')).mode & 0o222, 0, 'read-only')
  assert.equal(text('extra/extra.txt'), undefined)
  assert.deepEqual(readdirSync(join(box.root, 'ProgramData/Microsoft/Windows/Start Menu/Programs/Example')), ['Example.lnk'])

  rmSync(join(box.root, place, 'readme.txt'))
  writeFileSync(join(box.root, place, 'app.exe'), 'broken')
  run('repair', 'Example')
  assert.equal(text('readme.txt'), 'readme 1.0.0')
  assert.ok(readFileSync(join(box.root, place, 'app.exe')).equals(peFile('1.0.0.0')))

  run('install', first, 'ADDLOCAL=Extra')
  assert.equal(text('extra/extra.txt'), 'extra 1.0.0')

  run('install', second)
  assert.equal(text('extra/extra.txt'), 'extra 2.0.0')
  assert.deepEqual(listed().map(({ productName, productVersion }) => [productName, productVersion]).sort(), [['Example', '2.0.0'], ['Other', '1.0.0']])
  assert.equal(box.run('install', first).status, 1603 % 256)
  assert.equal(text('readme.txt'), 'readme 2.0.0')

  run('msiexec', '/x', second, '/qn')
  assert.deepEqual([...files()].filter(([path, facts]) => filesBefore.get(path) !== facts), [])
  assert.deepEqual([...filesBefore.keys()].filter((path) => !files().has(path)), [])
  assert.deepEqual(differences(registryBefore, registry()), [])

  run('uninstall', 'Other')
  // Of an empty folder there stays what Windows is made of: hives, and the folder of cached packages.
  assert.deepEqual(readdirSync(box.root).filter((name) => !['Windows', 'Users'].includes(name)), [])
})
