import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { encodeUtf16 } from '../base/index.ts'
import type { RegistryValue } from './registry.ts'
import { registryDataOf, registryText, registryValueOf } from './registry-data.ts'

test('every kind of value comes back from its bytes as it was', () => {
  const values: RegistryValue[] = [
    { type: 'REG_SZ', data: '' }, { type: 'REG_SZ', data: 'C:\\x' }, { type: 'REG_EXPAND_SZ', data: '%TEMP%' },
    { type: 'REG_DWORD', data: 0xffffffff }, { type: 'REG_QWORD', data: 2n ** 64n - 1n },
    { type: 'REG_MULTI_SZ', data: [] }, { type: 'REG_MULTI_SZ', data: ['a', 'b c'] }, { type: 'REG_MULTI_SZ', data: ['a', '', 'b'] },
    { type: 'REG_BINARY', data: '00ff' }, { type: 'REG_NONE', data: '' }, { type: 'REG_RAW', typeId: 5, data: '00000001' },
  ]
  for (const value of values) assert.deepEqual(registryValueOf(registryDataOf(value)), value)
})

test('bytes that do not fit their type stay as they are', () => {
  assert.deepEqual(registryValueOf({ type: 4, data: Uint8Array.of(1, 2, 3) }), { type: 'REG_RAW', typeId: 4, data: '010203' })
  const unterminated = registryValueOf({ type: 1, data: encodeUtf16('abc') })
  assert.deepEqual(unterminated, { type: 'REG_RAW', typeId: 1, data: '610062006300' })
  assert.equal(registryText(unterminated), 'abc')
  assert.deepEqual(registryDataOf(unterminated), { type: 1, data: encodeUtf16('abc') })
})
