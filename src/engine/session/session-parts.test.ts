// Small parts of a session, each on its own.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, concatBytes, encodeUtf16 } from '../../base/index.ts'
import { aDatabase } from '../../testing/index.ts'
import { loadFeatures } from './features/feature-tree.ts'
import { parseVersionResource, readFileVersion } from './files/file-version-resource.ts'
import { hasValidChecksum, peChecksum } from './files/pe-checksum.ts'
import { DirectoryTree } from './folders/directory-tree.ts'
import { InstallError } from './messages/install-error.ts'
import { formatPropertySettings, parsePropertySettings } from './properties/command-line.ts'
import { formatInstallerVersion, hasRestartManager, parseInstallerVersion } from './properties/installer-version.ts'
import { PropertyStore } from './properties/property-store.ts'
import { view32 } from './registry-view.ts'

test('a command line gives upper-case names, quoted values and cleared ones', () => {
  const settings = parsePropertySettings('installdir="C:\\My Files\\" EMPTY="" Q="say ""hi""" plain=a"b c"d')
  assert.deepEqual([...settings], [['INSTALLDIR', 'C:\\My Files\\'], ['EMPTY', ''], ['Q', 'say "hi"'], ['PLAIN', 'ab cd']])
  assert.deepEqual([...parsePropertySettings(formatPropertySettings(settings))], [...settings])
})

test('a command line that makes no sense is 1639, with the place', () => {
  assert.throws(() => parsePropertySettings('A=1 nonsense'), { errno: 1639, message: /character 5, found 'nonsense'/ })
  assert.throws(() => parsePropertySettings('A="open'), { errno: 1639 })
})

test('changes of properties are logged as msiexec logs them, hidden values never', () => {
  const log: string[] = []
  const store = new PropertyStore((line) => { log.push(line) })
  store.load('MsiHiddenProperties', 'SECRET;OTHER')
  store.set('A', '1')
  store.set('A', '2')
  store.set('A', '2')
  store.set('A', '')
  store.set('SECRET', 'x')
  assert.deepEqual(log, [
    'PROPERTY CHANGE: Adding A property. Its value is \'1\'.',
    'PROPERTY CHANGE: Modifying A property. Its current value is \'1\'. Its new value: \'2\'.',
    'PROPERTY CHANGE: Deleting A property. Its current value is \'2\'.',
    'PROPERTY CHANGE: Adding SECRET property. Its value is \'**********\'.',
  ])
  assert.equal(store.get('SECRET'), 'x')
  assert.deepEqual(store.dump('S').filter((line) => line.includes('SECRET =')), ['Property(S): SECRET = **********'])
})

test('versions of the installer are written with two digits after the point', () => {
  assert.equal(formatInstallerVersion(parseInstallerVersion('5.0')), '5.00')
  assert.equal(formatInstallerVersion(parseInstallerVersion('3.1')), '3.01')
  assert.equal(formatInstallerVersion(parseInstallerVersion('4.05')), '4.05')
  assert.deepEqual(['3.1', '4.0', '5'].map((text) => hasRestartManager(parseInstallerVersion(text))), [false, true, true])
  assert.throws(() => parseInstallerVersion('new'), { code: 'ERROR_INVALID_PARAMETER' })
})

function tree(properties: Readonly<Record<string, string>>, rows: readonly (readonly (string | null)[])[], options: { administrative?: boolean } = {}): DirectoryTree {
  const store = new PropertyStore()
  for (const [name, value] of Object.entries({ ROOTDRIVE: 'C:\\', SourceDir: 'D:\\src\\', ProgramFilesFolder: 'C:\\Program Files\\', ...properties })) store.load(name, value)
  return new DirectoryTree(aDatabase({ Directory: rows }).table('Directory')!.rows(), {
    properties: store, sourceRoot: () => store.get('SourceDir'), shortTargets: false, shortSources: false, administrative: options.administrative ?? false, drives: ['C:\\'],
  })
}

const directories = [
  ['TARGETDIR', null, 'SourceDir'], ['ProgramFilesFolder', 'TARGETDIR', '.:PFiles'], ['APP', 'ProgramFilesFolder', 'EXAMPL~1|Example App:app'],
  ['SAME', 'APP', '.'], ['SUB', 'SAME', 'sub:.'],
] as const

test('directories take long target names below, source names beside, and a dot for the parent', () => {
  const made = tree({}, directories)
  assert.equal(made.target('TARGETDIR'), 'C:\\')
  assert.equal(made.target('SUB'), 'C:\\Program Files\\Example App\\sub\\')
  assert.equal(made.source('SUB'), 'D:\\src\\PFiles\\app\\')
})

test('a property of its name moves a directory and what lies below it', () => {
  const made = tree({ APP: 'C:\\Elsewhere' }, directories)
  assert.equal(made.target('SUB'), 'C:\\Elsewhere\\sub\\')
  made.setTarget('SAME', 'c:\\third place\\')
  assert.deepEqual([made.target('APP'), made.target('SUB')], ['C:\\Elsewhere\\', 'c:\\third place\\sub\\'])
})

test('an administrative image has the names of the source', () => {
  assert.equal(tree({ TARGETDIR: 'C:\\image' }, directories, { administrative: true }).target('APP'), 'C:\\image\\PFiles\\app\\')
})

test('the registered folder of a component says where its directory and those above it are', () => {
  const made = tree({}, directories)
  made.keepTarget('SUB', 'C:\\Moved\\sub\\')
  assert.deepEqual([made.target('SUB'), made.target('APP'), made.target('ProgramFilesFolder')], ['C:\\Moved\\sub\\', 'C:\\Moved\\', 'C:\\Program Files\\'])
})

function number(made: DirectoryTree, name: string): number {
  try {
    made.target(name)
  } catch (error) {
    return error instanceof InstallError ? error.messageNumber : -1
  }
  return 0
}

test('trees that are none end with their number', () => {
  assert.equal(number(tree({}, [['A', 'B', 'a'], ['B', 'A', 'b']]), 'A'), 2705)
  assert.equal(number(tree({}, [['A', 'NONE', 'a']]), 'A'), 2727)
  assert.equal(number(tree({}, directories), 'NONE'), 2727)
  assert.throws(() => tree({}, [['TARGETDIR', null, 'SourceDir'], ['A', 'TARGETDIR', '..']]), { messageNumber: 1324 })
})

/** Features F0, F1, … with these parents. */
function load(parents: readonly (string | null)[]): number {
  const database = aDatabase({ Feature: parents.map((parent, index) => [`F${index}`, parent, null, null, 1, 1, null, 0]) })
  return loadFeatures(database.table('Feature')!.rows(), []).size
}

test('features deeper than sixteen, in a circle or without a parent are refused', () => {
  assert.equal(load([null, ...Array.from({ length: 15 }, (_, index) => `F${index}`)]), 16)
  assert.throws(() => load([null, ...Array.from({ length: 16 }, (_, index) => `F${index}`)]), { messageNumber: 2701 })
  assert.throws(() => load(['F1', 'F0']), { messageNumber: 2701 })
  assert.throws(() => load(['NONE']), { messageNumber: 2702 })
})

test('32-bit programs have their own part of the registry, except what both share', () => {
  assert.equal(view32('HKLM\\Software\\Vendor'), 'HKLM\\Software\\Wow6432Node\\Vendor')
  assert.equal(view32('HKLM\\Software\\Classes\\.txt'), 'HKLM\\Software\\Classes\\.txt')
  assert.equal(view32('HKLM\\Software\\Classes\\CLSID\\{1}'), 'HKLM\\Software\\Classes\\Wow6432Node\\CLSID\\{1}')
  assert.equal(view32('HKCU\\Software\\Vendor'), 'HKCU\\Software\\Vendor')
  assert.equal(view32('HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts'), 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion\\Fonts')
  assert.equal(view32('HKLM\\SYSTEM\\CurrentControlSet'), 'HKLM\\SYSTEM\\CurrentControlSet')
  assert.equal(view32('HKLM\\Software\\Wow6432Node\\Vendor'), 'HKLM\\Software\\Wow6432Node\\Vendor')
})

function pad(bytes: Uint8Array): Uint8Array {
  return bytes.length % 4 === 0 ? bytes : concatBytes([bytes, new Uint8Array(4 - bytes.length % 4)])
}

/** A block of a version resource: lengths, type, key, padding, value, padding, children. */
function block(key: string, value: Uint8Array, children: readonly Uint8Array[] = []): Uint8Array {
  const head = pad(concatBytes([new Uint8Array(6), encodeUtf16(`${key}\0`)]))
  const whole = concatBytes([head, children.length > 0 ? pad(value) : value, ...children.map(pad)])
  const view = new DataView(whole.buffer)
  view.setUint16(0, whole.length, true)
  view.setUint16(2, value.length, true)
  return whole
}

function versionResource(): Uint8Array {
  const fixed = new Uint8Array(52)
  const view = new DataView(fixed.buffer)
  view.setUint32(0, 0xfeef04bd, true)
  view.setUint32(8, 1 << 16 | 2, true)
  view.setUint32(12, 3 << 16 | 4, true)
  const translation = Uint8Array.of(0x09, 0x04, 0xb0, 0x04, 0x0c, 0x04, 0xb0, 0x04)
  return block('VS_VERSION_INFO', fixed, [block('StringFileInfo', new Uint8Array(0)), block('VarFileInfo', new Uint8Array(0), [block('Translation', translation)])])
}

test('a version resource has a version and languages', () => {
  assert.deepEqual(parseVersionResource(versionResource()), { version: [1, 2, 3, 4], languages: [0x409, 0x40c] })
})

test('what is no executable, or a broken one, has no version', () => {
  assert.equal(readFileVersion(bytesSource(new Uint8Array(0))), undefined)
  assert.equal(readFileVersion(bytesSource(encodeUtf16('just text'))), undefined)
  const header = new Uint8Array(0x200)
  header.set([0x4d, 0x5a])
  header.set([0xff, 0xff, 0xff, 0x7f], 0x3c)
  assert.equal(readFileVersion(bytesSource(header)), undefined)
  for (let length = 0; length < 120; length++) parseVersionResource(versionResource().subarray(0, length))
})

test('a checksum is a folded sum and the length, with the field itself left out', () => {
  const image = new Uint8Array(0x101)
  image.set([0x4d, 0x5a])
  image[0x3c] = 0x40
  image[0x100] = 7
  const sum = peChecksum(bytesSource(image), 0x40 + 24 + 64)
  new DataView(image.buffer).setUint32(0x40 + 24 + 64, sum, true)
  assert.equal(hasValidChecksum(bytesSource(image)), true)
  image[0x90] = 1
  assert.equal(hasValidChecksum(bytesSource(image)), false)
})
