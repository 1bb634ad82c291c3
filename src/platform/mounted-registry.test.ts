import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { RegistryKey } from '../base/index.ts'
import { MountedRegistry, type RegistryMount } from './mounted-registry.ts'

const key = 'HKLM\\SOFTWARE\\Example\\Deep\\Deeper'

function aTree(): RegistryKey {
  const root = new RegistryKey('SOFTWARE', 0n)
  root.createSubkey('Example', 0n).createSubkey('Deep', 0n).createSubkey('Deeper', 0n)
  return root
}

function aRegistry(): { registry: MountedRegistry; load: (tree: RegistryKey) => void } {
  let tree = aTree()
  const mount: RegistryMount = { path: 'HKLM\\SOFTWARE', root: () => tree, touch: () => {}, flush: () => {} }
  const registry = new MountedRegistry({ machine: () => [mount], users: () => [], currentUser: () => 'HKU\\x', now: () => 1n })
  return { registry, load: (other) => { tree = other } }
}

test('a key that was found is looked for anew when its tree was loaded anew', () => {
  const { registry, load } = aRegistry()
  registry.setValue(key, 'v', { type: 'REG_DWORD', data: 1 })
  assert.deepEqual(registry.value(key, 'v'), { type: 'REG_DWORD', data: 1 })
  assert.ok(registry.keyExists(`${key}\\`))
  load(aTree())
  assert.equal(registry.value(key, 'v'), undefined)
  assert.ok(registry.keyExists(key))
  load(new RegistryKey('SOFTWARE', 0n))
  assert.equal(registry.keyExists(key), false)
})

test('a key that was found and deleted, or whose parent was, is there no more until it is made again', () => {
  const { registry } = aRegistry()
  assert.ok(registry.keyExists(key))
  registry.deleteKey(key)
  assert.equal(registry.keyExists(key), false)
  registry.createKey(key)
  assert.ok(registry.keyExists(key.toUpperCase()))
  registry.deleteKey('HKLM\\software\\EXAMPLE')
  assert.equal(registry.keyExists(key), false)
  assert.equal(registry.keyExists(`${key}\\Below`), false)
})

test('a key that was found by two paths is gone by both', () => {
  const tree = aTree()
  const mounts = ['HKU\\.DEFAULT', 'HKU\\S-1-5-18'].map((path): RegistryMount => ({ path, root: () => tree, touch: () => {}, flush: () => {} }))
  const registry = new MountedRegistry({ machine: () => [], users: () => mounts, currentUser: () => 'HKU\\S-1-5-18', now: () => 1n })
  const paths = ['HKU\\.DEFAULT', 'HKU\\s-1-5-18', 'HKCU'].map((root) => `${root}\\Example\\Deep\\Deeper`)
  for (const path of paths) assert.ok(registry.keyExists(path))
  registry.deleteKey('HKU\\.default\\example\\DEEP')
  for (const path of paths) assert.equal(registry.keyExists(path), false)
  assert.ok(registry.keyExists('HKCU\\Example'))
})

test('a link below a key that was found leads elsewhere', () => {
  const tree = aTree()
  const deep = tree.subkey('Example')!.subkey('Deep')!
  const link = deep.createSubkey('Link', 0n)
  link.isLink = true
  link.setValue('SymbolicLinkValue', 6, new Uint8Array(Buffer.from('\\Registry\\Machine\\SOFTWARE\\Example\\Deep\\Deeper', 'utf16le')), 0n)
  deep.subkey('Deeper')!.setValue('v', 4, Uint8Array.of(7, 0, 0, 0), 0n)
  const { registry, load } = aRegistry()
  load(tree)
  assert.ok(registry.keyExists('HKLM\\SOFTWARE\\Example\\Deep'))
  assert.deepEqual(registry.value('HKLM\\SOFTWARE\\Example\\Deep\\Link', 'v'), { type: 'REG_DWORD', data: 7 })
})
