import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { guidFromBase85, guidFromBytes, guidToBase85, guidToBytes, isGuid, packGuid, unpackGuid } from './guid.ts'

const guid = '{12345678-90AB-CDEF-0123-456789ABCDEF}'

test('a packed GUID reverses the first three groups and swaps the pairs of the rest', () => {
  assert.equal(packGuid(guid), '87654321BA09FEDC1032547698BADCFE')
  assert.equal(unpackGuid('87654321ba09fedc1032547698badcfe'), guid)
})

test('base-85 and binary forms come back as they were', () => {
  assert.equal(guidFromBase85(guidToBase85(guid)!), guid)
  assert.equal(guidFromBytes(guidToBytes(guid)!), guid)
})

test('what is no GUID has no form', () => {
  assert.equal(isGuid('12345678-90AB-CDEF-0123-456789ABCDEF'), false)
  assert.equal(packGuid('{12345678}'), undefined)
  assert.equal(unpackGuid('xyz'), undefined)
  assert.equal(guidFromBase85('short'), undefined)
})
