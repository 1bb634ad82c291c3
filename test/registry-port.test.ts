// What every implementation of the Registry port does: the same tests for each.
import { strict as assert } from 'node:assert'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createNodePlatform } from 'msikit/node'
import { createMemoryPlatform, type Registry, type RegistryValue } from 'msikit/platform'

/** Answers the registry, and a way to see it as the next process would. */
const implementations: Record<string, () => { registry: Registry; reopen: () => Registry }> = {
  memory: () => {
    const platform = createMemoryPlatform()
    return { registry: platform.registry, reopen: () => platform.reopen().registry }
  },
  'hives of Windows': () => {
    const root = temporaryFolder()
    return { registry: createNodePlatform({ root }).registry, reopen: () => createNodePlatform({ root }).registry }
  },
  'hives of Wine': () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'drive_c', 'windows', 'syswow64'), { recursive: true })
    writeFileSync(join(root, 'system.reg'), `WINE REGISTRY Version 2\n;; All keys relative to REGISTRY\\\\Machine\n\n#arch=win64\n
[Software\\\\Microsoft\\\\Windows NT\\\\CurrentVersion] 1\n"CurrentVersion"="6.3"\n
[System\\\\ControlSet001\\\\Control\\\\Session Manager\\\\Environment] 1\n"OS"="Windows_NT"\n`)
    return { registry: createNodePlatform({ root }).registry, reopen: () => createNodePlatform({ root }).registry }
  },
}

const folders: string[] = []
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-registry-'))
  folders.push(folder)
  return folder
}

const text = (data: string): RegistryValue => ({ type: 'REG_SZ', data })

for (const [name, create] of Object.entries(implementations)) {
  const check = (sentence: string, body: (registry: Registry, reopen: () => Registry) => void): void => {
    test(`${name}: ${sentence}`, () => {
      const { registry, reopen } = create()
      body(registry, reopen)
    })
  }

  check('keys and values are found under every case of their names and keep their spelling', (registry) => {
    registry.createKey('HKLM\\Software\\Acme\\My App')
    registry.setValue('hklm\\SOFTWARE\\ACME\\my app', 'Path', text('C:\\x'))
    assert.deepEqual(registry.value('HKLM\\SOFTWARE\\acme\\MY APP', 'PATH'), text('C:\\x'))
    assert.deepEqual(registry.subkeys('HKLM\\Software\\ACME'), ['My App'])
    registry.setValue('HKLM\\Software\\Acme\\My App', 'PATH', text('D:\\'))
    assert.deepEqual(registry.valueNames('HKLM\\Software\\Acme\\My App'), ['Path'])
  })

  check('what is absent is answered as absent', (registry) => {
    assert.equal(registry.keyExists('HKLM\\SOFTWARE\\None'), false)
    assert.equal(registry.value('HKLM\\SOFTWARE\\None', 'x'), undefined)
    assert.deepEqual(registry.subkeys('HKLM\\SOFTWARE\\None'), [])
    registry.deleteValue('HKLM\\SOFTWARE\\None', 'x')
    registry.deleteKey('HKLM\\SOFTWARE\\None\\Deeper')
    assert.throws(() => registry.setValue('HKLM\\SOFTWARE\\None', 'x', text('')), { code: 'ERROR_FILE_NOT_FOUND' })
    assert.throws(() => registry.createKey('HKXX\\x'), { code: 'ERROR_BADKEY' })
    assert.throws(() => registry.deleteKey('HKCU'), { code: 'ERROR_ACCESS_DENIED' })
  })

  check('a key is deleted with everything below it', (registry) => {
    registry.createKey('HKLM\\SOFTWARE\\A\\B\\C')
    registry.deleteKey('HKLM\\software\\a')
    assert.equal(registry.keyExists('HKLM\\SOFTWARE\\A\\B'), false)
    assert.equal(registry.keyExists('HKLM\\SOFTWARE'), true)
  })

  check('every type of value survives a flush, changes without one do not', (registry, reopen) => {
    const values: Record<string, RegistryValue> = {
      '': text('default'), empty: text(''), unicode: text('ünï \u4e2d\ud83d\ude00'), expand: { type: 'REG_EXPAND_SZ', data: '%X%\\y' },
      dword: { type: 'REG_DWORD', data: 0xdeadbeef }, qword: { type: 'REG_QWORD', data: 2n ** 63n + 1n },
      multi: { type: 'REG_MULTI_SZ', data: ['one', 'two'] }, none: { type: 'REG_NONE', data: '' }, binary: { type: 'REG_BINARY', data: '00010203ff' },
      large: { type: 'REG_BINARY', data: 'ab'.repeat(40_000) }, odd: { type: 'REG_RAW', typeId: 4, data: '0102' }, other: { type: 'REG_RAW', typeId: 0x12345, data: '00' },
      'quote"back\\slash': text('line\nbreak "quoted" back\\slash'),
    }
    registry.createKey('HKCU\\Software\\Acme [1]\\Ключ')
    for (const [valueName, value] of Object.entries(values)) registry.setValue('HKCU\\Software\\Acme [1]\\Ключ', valueName, value)
    registry.flush()
    registry.setValue('HKCU\\Software\\Acme [1]\\Ключ', 'late', text('lost'))
    registry.createKey('HKLM\\SOFTWARE\\Late')
    const next = reopen()
    for (const [valueName, value] of Object.entries(values)) assert.deepEqual(next.value('HKCU\\Software\\Acme [1]\\ключ', valueName), value, valueName)
    assert.equal(next.value('HKCU\\Software\\Acme [1]\\Ключ', 'late'), undefined)
    assert.equal(next.keyExists('HKLM\\SOFTWARE\\Late'), false)
  })

  check('the current control set is one of the numbered ones', (registry) => {
    registry.createKey('HKLM\\SYSTEM\\CurrentControlSet\\Services\\Acme')
    assert.ok(registry.keyExists('HKLM\\SYSTEM\\ControlSet001\\Services\\Acme'))
    registry.deleteKey('HKLM\\System\\CURRENTCONTROLSET\\Services\\Acme')
    assert.ok(!registry.keyExists('HKLM\\SYSTEM\\ControlSet001\\Services\\Acme'))
  })

  check('the user\'s own branch is one of HKEY_USERS', (registry) => {
    registry.createKey('HKCU\\Software\\Mine')
    const owners = registry.subkeys('HKU').filter((sid) => registry.keyExists(`HKU\\${sid}\\Software\\Mine`))
    assert.equal(owners.length, 1)
  })

  check('there are the keys that every Windows has', (registry) => {
    assert.ok(registry.subkeys('HKLM').some((key) => key.toUpperCase() === 'SOFTWARE'))
    assert.equal(registry.value('HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion', 'CurrentVersion')?.type, 'REG_SZ')
    assert.ok(registry.keyExists('HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment'))
  })
}
