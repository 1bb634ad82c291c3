import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { packGuid } from 'msikit/base'

test('the package resolves by its own name', () => {
  assert.equal(packGuid('nothing'), undefined)
})
