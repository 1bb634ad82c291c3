// A Windows root in a folder, as a whole: what is done and undone through the ports leaves no trace on the host.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createNodePlatform } from 'msikit/node'
import { createDirectories, removeTree, writeFile, type Registry } from 'msikit/platform'
import { folderDigest } from './folder-digest.ts'

test('a root on which everything was undone is byte for byte what it was', () => {
  const root = mkdtempSync(join(tmpdir(), 'msikit-root-'))
  try {
    const first = createNodePlatform({ root })
    createDirectories(first.files, 'C:\\Program Files\\Kept')
    writeFile(first.files, 'C:\\Program Files\\Kept\\file.txt', new TextEncoder().encode('kept'))
    first.files.setAttributes('C:\\Program Files\\Kept\\file.txt', { readOnly: true, hidden: true, system: false })
    first.registry.createKey('HKLM\\SOFTWARE\\Kept')
    first.registry.flush()
    const before = folderDigest(root)
    assert.ok(before.has('Windows/System32/config/SOFTWARE'))

    const { files, registry, lockInstallation } = createNodePlatform({ root })
    const lock = lockInstallation()
    files.rename('C:\\Program Files\\kept\\FILE.TXT', 'C:\\Program Files\\Kept\\file.rbf')
    writeFile(files, 'C:\\Program Files\\Kept\\file.txt', new Uint8Array(100))
    createDirectories(files, 'C:\\Program Files\\New\\Deeper')
    files.setAttributes('C:\\Program Files\\New', { readOnly: true, hidden: true, system: true })
    registry.createKey('HKLM\\SOFTWARE\\New')
    registry.setValue('HKLM\\SOFTWARE\\New', 'x', { type: 'REG_SZ', data: 'y' })
    assert.notDeepEqual(folderDigest(root), before)

    registry.deleteKey('HKLM\\SOFTWARE\\New')
    registry.flush()
    removeTree(files, 'C:\\Program Files\\New')
    files.removeFile('C:\\Program Files\\Kept\\file.txt')
    files.rename('C:\\Program Files\\Kept\\file.rbf', 'C:\\Program Files\\Kept\\file.txt')
    lock?.[Symbol.dispose]()
    assert.deepEqual(withoutTime(folderDigest(root)), withoutTime(before))
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

const change = (registry: Registry): void => {
  for (const key of ['HKLM\\SOFTWARE\\New', 'HKCU\\Software\\New']) {
    registry.createKey(key)
    registry.setValue(key, 'x', { type: 'REG_SZ', data: 'y' })
  }
  registry.flush()
}

const undo = (registry: Registry): void => {
  registry.deleteKey('HKLM\\SOFTWARE\\New')
  registry.deleteKey('HKCU\\Software\\New')
  registry.flush()
}

for (const [name, prepare] of Object.entries({
  'an empty root': () => {},
  'a root with hives': (registry: Registry) => {
    registry.createKey('HKLM\\SOFTWARE\\Kept')
    registry.createKey('HKCU\\Software\\Kept')
    registry.flush()
  },
})) {
  test(`${name} is what it was, when registry changes that had reached the disk were undone`, () => {
    const root = mkdtempSync(join(tmpdir(), 'msikit-root-'))
    try {
      prepare(createNodePlatform({ root }).registry)
      const before = folderDigest(root)

      const { registry, lockInstallation } = createNodePlatform({ root })
      const lock = lockInstallation()
      change(registry)
      undo(registry)
      lock?.[Symbol.dispose]()
      assert.deepEqual(folderDigest(root), before)

      const script = `import { createNodePlatform } from 'msikit/node'
        const { registry, lockInstallation } = createNodePlatform({ root: ${JSON.stringify(root)} })
        lockInstallation()
        ;(${change.toString()})(registry)
        process.kill(process.pid, 'SIGKILL')`
      assert.equal(spawnSync(process.execPath, ['--input-type=module', '-e', script]).signal, 'SIGKILL')
      assert.notDeepEqual(folderDigest(root), before)
      const next = createNodePlatform({ root })
      const taken = next.lockInstallation()
      undo(next.registry)
      taken?.[Symbol.dispose]()
      assert.deepEqual(folderDigest(root), before)

      using last = next.lockInstallation()
      assert.ok(last)
      change(next.registry)
    } finally {
      rmSync(root, { recursive: true, force: true })
    }
  })
}

test('an installation that succeeds leaves nothing beside the hives', () => {
  const root = mkdtempSync(join(tmpdir(), 'msikit-root-'))
  try {
    const { registry, lockInstallation } = createNodePlatform({ root })
    const lock = lockInstallation()
    change(registry)
    lock?.[Symbol.dispose]()
    assert.deepEqual([...folderDigest(root).keys()].filter((path) => !path.endsWith('config') && /\.|\/SOFTWARE$/.test(path)), ['Users/user/NTUSER.DAT', 'Windows/System32/config/SOFTWARE'])
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})

/** The file of attributes was written anew with the same content. */
function withoutTime(digest: Map<string, string>): [string, string][] {
  return [...digest].map(([path, facts]) => [path, path.endsWith('.json') ? facts.replace(/ \d+$/, '') : facts])
}

test('the languages of the machine are those that the root\'s registry names', () => {
  const root = mkdtempSync(join(tmpdir(), 'msikit-root-'))
  try {
    const { registry, machine } = createNodePlatform({ root })
    assert.deepEqual([machine.userLanguage, machine.systemLanguage], [1033, 1033])
    registry.createKey('HKCU\\Control Panel\\International')
    registry.setValue('HKCU\\Control Panel\\International', 'Locale', { type: 'REG_SZ', data: '0000040C' })
    registry.createKey('HKLM\\System\\CurrentControlSet\\Control\\Nls\\Language')
    registry.setValue('HKLM\\System\\CurrentControlSet\\Control\\Nls\\Language', 'Default', { type: 'REG_SZ', data: '0410' })
    assert.deepEqual([machine.userLanguage, machine.systemLanguage], [1036, 1040])
    registry.setValue('HKCU\\Control Panel\\International', 'Locale', { type: 'REG_SZ', data: 'nonsense' })
    assert.equal(machine.userLanguage, 1033)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
})
