import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { decodeStreamName, encodeStreamName } from './stream-name.ts'

const units = (name: string): number[] => [...encodeStreamName({ name, table: true })].map((one) => one.charCodeAt(0))

test('the stream names of a new database are those Windows writes', () => {
  assert.deepEqual(units('_Tables'), [18496, 16255, 16740, 16943, 18486])
  assert.deepEqual(units('_StringData'), [18496, 16191, 17783, 17516, 15210, 17892, 18468])
  assert.deepEqual(units('_StringPool'), [18496, 16191, 17783, 17516, 15978, 17586, 18479])
})

test('a property set keeps its name', () => {
  assert.equal(encodeStreamName({ name: '\u0005SummaryInformation', table: false }), '\u0005SummaryInformation')
  assert.deepEqual(decodeStreamName('\u0005SummaryInformation'), { name: '\u0005SummaryInformation', table: false })
})

test('every name survives encoding', () => {
  const character = fc.oneof(fc.constantFrom(...'0aZ._ -#~é漢\u0005\r'), fc.integer({ min: 1, max: 0x37ff }).map((unit) => String.fromCharCode(unit)))
  fc.assert(fc.property(fc.array(character), fc.boolean(), (characters, table) => {
    const name = characters.join('')
    assert.deepEqual(decodeStreamName(encodeStreamName({ name, table })), { name, table })
  }))
})
