import { strict as assert } from 'node:assert'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { createHashes } from './hashes.ts'

test('digests agree with OpenSSL at every length around the block size and however the message is cut', () => {
  const hashes = createHashes()
  for (const name of ['md5', 'sha256'] as const) {
    for (let length = 0; length < 300; length += length < 140 ? 1 : 23) {
      const message = Uint8Array.from({ length }, (_, index) => index * 31 + length)
      for (const piece of [1, 7, 64, 1000]) {
        const hash = hashes[name]()
        for (let offset = 0; offset < length; offset += piece) hash.update(message.subarray(offset, offset + piece))
        assert.deepEqual(Buffer.from(hash.digest()), createHash(name).update(message).digest(), `${name} of ${length} bytes by ${piece}`)
      }
    }
  }
})
