// The twin of src/cabinet/codec/lzx/e8-translation.ts: absolute targets of CALL instructions become relative ones again.

export function translateCalls(start: usize, end: usize, framePosition: i32, fileBytes: i32): void {
  if (end - start <= 10) return
  const last = end - 10
  for (let at = start; at < last;) {
    // Eight bytes at once: a byte of the difference is zero where an E8 is.
    const difference = load<u64>(at) ^ 0xe8e8e8e8e8e8e8e8
    const zeros = difference - 0x0101010101010101 & ~difference & 0x8080808080808080
    if (zeros == 0) {
      at += 8
      continue
    }
    at += <usize>ctz(zeros) >> 3
    if (at >= last) return
    const target = load<i32>(at + 1)
    const current = framePosition + <i32>(at - start)
    if (target >= -current && target < fileBytes) store<i32>(at + 1, target >= 0 ? target - current : target + fileBytes)
    at += 5
  }
}
