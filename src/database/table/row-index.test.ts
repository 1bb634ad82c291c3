import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { TextIndex } from '../string-pool/text-index.ts'
import { RowIndex } from './row-index.ts'

test('an index agrees with a map, whatever is added and removed', () => {
  const command = fc.record({ remove: fc.boolean(), key: fc.tuple(fc.nat({ max: 6 }), fc.nat({ max: 6 })) })
  fc.assert(fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
    const keys: number[][] = []
    const index = new RowIndex(2, 0, (row, part) => keys[row]![part]!)
    const model = new Map<string, number>()
    for (const { remove, key } of commands) {
      const known = model.get(key.join())
      if (!remove) {
        keys.push([...key])
        index.add(keys.length - 1)
        if (known === undefined) model.set(key.join(), keys.length - 1)
      } else if (known !== undefined) {
        index.remove(known)
        model.delete(key.join())
      }
      assert.equal(index.find(key), model.get(key.join()))
    }
  }))
})

test('a table whose rows all have the same key is indexed in no time', () => {
  const index = new RowIndex(1, 200_000, () => 7)
  for (let row = 0; row < 200_000; row++) index.add(row)
  assert.equal(index.find([7]), 0)
})

test('keys made to collide are found all the same', () => {
  const keys = Array.from({ length: 200_000 }, (_, row) => row * 0x10000)
  const index = new RowIndex(1, 0, (row) => keys[row]!)
  for (let row = 0; row < keys.length; row++) index.add(row)
  assert.equal(index.find([keys[199_999]!]), 199_999)
  index.remove(5)
  assert.equal(index.find([keys[5]!]), undefined)
})

test('texts are found by what they are', () => {
  const texts = ['']
  const index = new TextIndex(0, { text: (id) => texts[id]!, isBytes: (id, bytes, start, end) => texts[id] === new TextDecoder().decode(bytes.subarray(start, end)) })
  for (let id = 1; id <= 5000; id++) {
    texts.push(`text ${id}`)
    assert.equal(index.add(texts[id]!, id), id)
  }
  assert.equal(index.add('text 9', 6000), 9)
  assert.equal(index.find('text 5000'), 5000)
  assert.equal(index.find('nothing'), undefined)
  const bytes = new TextEncoder().encode('a text 77, text 8000')
  assert.deepEqual([index.addBytes(bytes, 2, 9, 7000), index.addBytes(bytes, 11, 20, 7000)], [77, 7000])
})
