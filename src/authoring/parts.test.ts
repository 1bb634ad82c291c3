import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { isGuid } from '../base/index.ts'
import { runProgram, runScript, setFolder, failWith, setProperty, callLibrary } from './custom-actions.ts'
import { nameGuid } from './name-guid.ts'
import { FolderNames, Keys } from './names.ts'
import { sequenceRows } from './sequences.ts'
import { environmentCells, registryCell } from './values.ts'

const namespace = '{00000000-0000-0000-0000-000000000001}'

test('a GUID follows from namespace and name, and is marked as such', () => {
  const guid = nameGuid(namespace, 'x')
  assert(isGuid(guid))
  assert.equal(guid[15], '8')
  assert.match(guid[20]!, /[89AB]/)
  assert.equal(nameGuid(namespace, 'x'), guid)
  assert.notEqual(nameGuid(namespace, 'y'), guid)
  assert.throws(() => nameGuid('x', 'x'), /expected a GUID/)
})

test('keys look like names, and differ when names are the same', () => {
  const keys = new Keys()
  assert.equal(keys.derive('my file.txt', 'a'), 'my_file.txt')
  const second = keys.derive('my-file.txt', 'b')
  assert.match(second, /^my_file\.txt\.[0-9a-f]{8}$/)
  assert.equal(keys.derive('1st', 'c'), '_1st')
  assert(keys.derive('x'.repeat(200), 'd').length <= 72)
  assert.throws(() => keys.claim('MY_FILE.TXT'), /not in use/)
})

test('a long name gets a short one that no other in the folder has', () => {
  const names = new FolderNames()
  assert.equal(names.filename('short.txt'), 'short.txt')
  assert.equal(names.filename('a long name.html'), 'ALONGN~1.HTM|a long name.html')
  assert.equal(names.filename('a long name too.html'), 'ALONGN~2.HTM|a long name too.html')
  assert.equal(names.filename('A LONG NAME.HTML'), 'ALONGN~1.HTM|a long name.html')
  assert.equal(names.filename('漢字'), '_~1|漢字')
  assert.equal(names.filename('.config'), 'CONFIG~1|.config')
})

test('registry values are spelled as the Registry table wants them', () => {
  assert.deepEqual(['text', '#text', 5, -1, Uint8Array.of(1, 0xab), ['a', 'b'], { expand: '%PATH%' }, { append: ['x'] }, { prepend: ['x'] }].map(registryCell),
    ['text', '##text', '#5', '#-1', '#x01AB', '[~]a[~]b[~]', '#%%PATH%', '[~]x', 'x[~]'])
})

test('environment variables are spelled as the Environment table wants them', () => {
  assert.deepEqual(environmentCells('A', 'v', { machine: true }), { Name: '=-*A', Value: 'v' })
  assert.deepEqual(environmentCells('A', 'v', { action: 'create', permanent: true }), { Name: '+A', Value: 'v' })
  assert.deepEqual(environmentCells('A', 'v', { part: 'first' }), { Name: '=-A', Value: 'v;[~]' })
  assert.deepEqual(environmentCells('A', null, { action: 'remove' }), { Name: '!A', Value: null })
  assert.throws(() => environmentCells('A', 'v', { action: 'create', part: 'last' }), /no part of a variable/)
})

test('custom actions have the numbers of the documentation', () => {
  assert.equal(setProperty('A', 'b').type, 51)
  assert.equal(setFolder('A', 'b').type, 35)
  assert.equal(failWith('x').type, 19)
  assert.deepEqual([{ binary: 'x' }, { file: 'x' }, { folder: 'x' }, { property: 'x' }].map((source) => runProgram(source, '').type), [2, 18, 34, 50])
  assert.deepEqual([callLibrary({ binary: 'x' }, 'f').type, callLibrary({ file: 'x' }, 'f').type], [1, 17])
  assert.deepEqual([runScript('jscript', { binary: 'x' }).type, runScript('vbscript', { file: 'x' }).type], [5, 22])
  assert.equal(callLibrary({ binary: 'x' }, 'f', { execution: 'rollback', impersonate: false, ignoreResult: true }).type, 1 + 0x500 + 0x800 + 0x40)
})

test('actions beside the same one keep their order, and a standard one can be moved or left out', () => {
  const rows = sequenceRows('InstallExecuteSequence', (table) => table === 'Upgrade', [
    { action: 'C', position: { after: 'B' } }, { action: 'A', position: { after: 'CostFinalize' } }, { action: 'B', position: { after: 'CostFinalize' } },
    { action: 'RemoveExistingProducts', position: { after: 'InstallFinalize' } }, { action: 'RegisterUser', position: 'none' }, { action: 'Z', position: -1 },
  ])
  const number = (action: string): number | undefined => rows.find((row) => row.Action === action)?.Sequence
  assert.deepEqual(['A', 'B', 'C', 'RemoveExistingProducts', 'RegisterUser', 'Z'].map(number), [1001, 1002, 1003, 6601, undefined, -1])
})
