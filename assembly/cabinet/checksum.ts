// The checksum of the data block that the host has put in: the twin of src/cabinet/checksum.ts.
import { block } from './memory'

/** XOR of the little-endian 32-bit words; the last one to three bytes are a word of their own, the first of them highest. */
export function checksum(bytes: usize): u32 {
  let a: u64 = 0
  let b: u64 = 0
  let at = block
  for (const end = block + (bytes & ~31); at < end; at += 32) {
    a ^= load<u64>(at) ^ load<u64>(at + 8)
    b ^= load<u64>(at + 16) ^ load<u64>(at + 24)
  }
  a ^= b
  let sum = <u32>a ^ <u32>(a >> 32)
  for (const end = block + (bytes & ~3); at < end; at += 4) sum ^= load<u32>(at)
  let tail: u32 = 0
  for (const end = block + bytes; at < end; at++) tail = tail << 8 | load<u8>(at)
  return sum ^ tail
}
