import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { PackedList } from './packed-list.ts'

function packed<T>(values: readonly T[]): PackedList<T> {
  const list = new PackedList<T>()
  for (const value of values) list.push(value)
  return list
}

/** Plain data as operations have it: few shapes, strings that begin alike, and now and then anything. */
const data = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' },
    fc.constantFrom('C:\\Program Files\\App\\a.txt', 'C:\\Program Files\\App\\b.txt', 'C:\\Program Files\\App', ''), fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }),
    fc.integer(), fc.double(), fc.constantFrom(-0, 2 ** 31, -(2 ** 31), 2 ** 53), fc.bigInt(), fc.boolean(), fc.constant(null), fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 5 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('op', 'path', 'key', 'name', 'value', 'image', '1', '2'), tie('value'), { maxKeys: 5, noNullPrototype: true }),
})).object

test('what is pushed is there again, read in either direction, by number, and after it was cut off', () => {
  fc.assert(fc.property(fc.array(data, { minLength: 1, maxLength: 12 }), fc.integer({ min: 1, max: 30 }), fc.nat(), (some, times, cut) => {
    const values = Array.from({ length: some.length * times }, (_, index) => some[index % some.length])
    const list = packed(values)
    assert.equal(list.length, values.length)
    assert.deepEqual([...list], values)
    assert.deepEqual([...list.backwards()], values.toReversed())
    const length = cut % (values.length + 1)
    list.truncate(length)
    assert.deepEqual([...list], values.slice(0, length))
    list.push({ more: 1 })
    assert.deepEqual(list.at(length), { more: 1 })
    assert.equal(list.at(length + 1), undefined)
  }), { numRuns: 60 })
})

test('keys keep their order, as what is written from the values has them', () => {
  const values = Array.from({ length: 200 }, (_, index) => index % 2 === 0 ? { a: index, b: 'x' } : { b: 'x', a: index, c: undefined })
  assert.deepEqual(Array.from(packed(values), (value) => JSON.stringify(value)), values.map((value) => JSON.stringify(value)))
})

test('what is released is gone, the rest stays', () => {
  const list = packed(Array.from({ length: 300 }, (_, index) => ({ index })))
  list.release(200)
  assert.equal(list.at(0), undefined)
  assert.deepEqual(list.at(200), { index: 200 })
  assert.equal(list.length, 300)
  assert.equal([...list].at(-1)?.index, 299)
})

test('a function is refused', () => {
  const list = new PackedList<unknown>()
  assert.throws(() => { for (let index = 0; index < 100; index++) list.push(() => {}) }, TypeError)
})
