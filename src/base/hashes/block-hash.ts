// What MD5 and SHA-256 have in common: 64-byte blocks, and padding with the message's length in bits.

/** Incremental digest. */
export interface Hash {
  update(chunk: Uint8Array): void
  digest(): Uint8Array
}

export const blockBytes = 64

/** `compress` takes one block; `finish` answers the digest. */
export function blockHash(compress: (block: DataView) => void, finish: () => Uint8Array, lengthIsLittleEndian: boolean): Hash {
  const pending = new Uint8Array(blockBytes)
  const pendingView = new DataView(pending.buffer)
  let pendingBytes = 0
  let totalBytes = 0

  const update = (chunk: Uint8Array): void => {
    totalBytes += chunk.length
    let offset = 0
    if (pendingBytes > 0) {
      offset = Math.min(blockBytes - pendingBytes, chunk.length)
      pending.set(chunk.subarray(0, offset), pendingBytes)
      pendingBytes += offset
      if (pendingBytes < blockBytes) return
      compress(pendingView)
      pendingBytes = 0
    }
    for (; offset + blockBytes <= chunk.length; offset += blockBytes) {
      compress(new DataView(chunk.buffer, chunk.byteOffset + offset, blockBytes))
    }
    pending.set(chunk.subarray(offset))
    pendingBytes = chunk.length - offset
  }

  return {
    update,
    digest: () => {
      const bits = BigInt(totalBytes) * 8n
      const padding = new Uint8Array((pendingBytes < 56 ? 56 : 120) - pendingBytes + 8)
      padding[0] = 0x80
      new DataView(padding.buffer).setBigUint64(padding.length - 8, bits, lengthIsLittleEndian)
      update(padding)
      return finish()
    },
  }
}
