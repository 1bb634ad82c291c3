import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { parseRegistryValue } from './registry-value.ts'

test('the prefix of a value chooses its type', () => {
  assert.deepEqual(parseRegistryValue('text'), { value: { type: 'REG_SZ', data: 'text' }, mode: 'replace' })
  assert.deepEqual(parseRegistryValue('##literal').value, { type: 'REG_SZ', data: '#literal' })
  assert.deepEqual(parseRegistryValue('#%%windir%').value, { type: 'REG_EXPAND_SZ', data: '%windir%' })
  assert.deepEqual(parseRegistryValue('#xabc').value, { type: 'REG_BINARY', data: '0abc' })
  assert.deepEqual(parseRegistryValue('#x').value, { type: 'REG_BINARY', data: '' })
})

test('an integer is stored in 32 bits, negative ones in two\'s complement', () => {
  assert.deepEqual(parseRegistryValue('#123').value, { type: 'REG_DWORD', data: 123 })
  assert.deepEqual(parseRegistryValue('#+7').value, { type: 'REG_DWORD', data: 7 })
  assert.deepEqual(parseRegistryValue('#-5').value, { type: 'REG_DWORD', data: 4294967291 })
  assert.deepEqual(parseRegistryValue('#4294967295').value, { type: 'REG_DWORD', data: 4294967295 })
})

test('what looks like a number and is none stays text', () => {
  assert.deepEqual(parseRegistryValue('#12ab').value, { type: 'REG_SZ', data: '#12ab' })
})

test('where [~] stands says whether strings replace, follow or precede those that are there', () => {
  assert.deepEqual(parseRegistryValue('one\0two'), { value: { type: 'REG_MULTI_SZ', data: ['one', 'two'] }, mode: 'replace' })
  assert.deepEqual(parseRegistryValue('\0solo\0'), { value: { type: 'REG_MULTI_SZ', data: ['solo'] }, mode: 'replace' })
  assert.deepEqual(parseRegistryValue('\0').value, { type: 'REG_MULTI_SZ', data: [] })
  assert.deepEqual(parseRegistryValue('one\0\0two').value, { type: 'REG_MULTI_SZ', data: ['one', '', 'two'] })
  assert.deepEqual(parseRegistryValue('\0one\0two\0\0').value, { type: 'REG_MULTI_SZ', data: ['one', 'two'] })
  assert.deepEqual(parseRegistryValue('#%one\0##two').value, { type: 'REG_MULTI_SZ', data: ['one', '##two'] })
  assert.deepEqual(parseRegistryValue('##one\0two').value, { type: 'REG_MULTI_SZ', data: ['#one', 'two'] })
  assert.equal(parseRegistryValue('\0last').mode, 'append')
  assert.equal(parseRegistryValue('first\0').mode, 'prepend')
})
