// Products that another program's hive registers: every key of the registration laid out anew by hivexsh, in its own cells and
// indices, must be understood: listed, repaired, removed.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { listProducts, repairProduct, uninstallProduct } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import type { Registry, RegistryValue } from 'msikit/platform'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

const hasHivexsh = spawnSync('hivexsh', ['-h']).error === undefined
const software = 'Windows/System32/config/SOFTWARE'
const place = 'C:\\Program Files (x86)\\Example\\app.txt'

/** Commands of hivexsh for all below a key; the shell stands there before and after. */
function commandsFor(registry: Registry, key: string): string[] {
  const names = registry.valueNames(key)
  const values = names.length === 0 ? [] : [`setval ${names.length}`, ...names.flatMap((name) => [name === '' ? '@' : name, hex(registry.value(key, name)!)])]
  return [...values, ...registry.subkeys(key).flatMap((name) => [`add ${name}`, `cd ${name}`, ...commandsFor(registry, `${key}\\${name}`), 'cd ..'])]
}

const utf16 = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf16le')
const bytes = (type: number, data: Buffer): string => `hex:${type}:${[...data].map((one) => one.toString(16).padStart(2, '0')).join(',')}`

function hex(value: RegistryValue): string {
  switch (value.type) {
    case 'REG_SZ': return bytes(1, utf16(value.data))
    case 'REG_EXPAND_SZ': return bytes(2, utf16(value.data))
    case 'REG_DWORD': return `dword:${value.data.toString(16)}`
    case 'REG_MULTI_SZ': return bytes(7, Buffer.concat([...value.data.map(utf16), Buffer.from('\0', 'utf16le')]))
    case 'REG_BINARY': return bytes(3, Buffer.from(value.data, 'hex'))
    default: throw new Error(`a ${value.type} is not expected here`)
  }
}

test('a product in a hive of another program is listed, repaired and removed', { skip: hasHivexsh ? false : 'needs hivexsh' }, async () => {
  using stage = new HostStage()
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' }), 'app.txt', 'program', { key: 'app' })
    .registry('HKLM', 'Software\\Example', 'x', '1')
  const installed = await stage.install(stage.add(builder))
  assert.equal(installed.exitCode, 0)
  const root = join(stage.folder, 'other root')
  cpSync(stage.root, root, { recursive: true })
  // A fresh hive of the machine, without what an installation writes.
  const fresh = join(stage.folder, 'fresh')
  const empty = createNodePlatform({ root: fresh })
  empty.registry.createKey('HKLM\\Software\\Empty')
  empty.registry.flush()
  rmSync(join(root, software))
  cpSync(join(fresh, software), join(root, software))
  const { registry } = stage.open()
  const known = new Set(empty.registry.subkeys('HKLM\\Software').map((name) => name.toUpperCase()))
  const commands: string[] = []
  for (const name of registry.subkeys('HKLM\\Software')) {
    const inner = `HKLM\\Software\\${name}`
    commands.push(...known.has(name.toUpperCase()) ? [`del-tree ${name}`] : [], `add ${name}`, `cd ${name}`, ...commandsFor(registry, inner), 'cd ..')
  }
  const script = commands.flatMap((line) => line.startsWith('del-tree ') ? [`cd ${line.slice(9)}`, 'del'] : [line])
  const made = spawnSync('hivexsh', ['-w', join(root, software)], { input: [...script, 'commit', ''].join('\n'), encoding: 'utf8' })
  assert.equal(made.status, 0, made.stderr)

  const platform = createNodePlatform({ root, sessionFolder: join(stage.folder, 'sessions') })
  assert.deepEqual(listProducts(platform).map(({ productCode, productName }) => [productCode, productName]), [[installed.productCode, 'Example']])
  platform.files.removeFile(place)
  assert.equal((await repairProduct(platform, 'Example', { durability: 'process-end' })).exitCode, 0)
  assert.equal(platform.files.stat(place)?.kind, 'file')
  assert.equal((await uninstallProduct(platform, 'Example', { durability: 'process-end' })).exitCode, 0)
  assert.deepEqual(listProducts(platform), [])
  assert.equal(platform.files.stat(place), undefined)
  assert.equal(platform.registry.keyExists('HKLM\\Software\\Wow6432Node\\Example'), false)
})
