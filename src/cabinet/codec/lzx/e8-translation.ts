// Undoes the preprocessing of x86 code: the absolute targets of CALL instructions (E8) become relative ones again.
// [MS-PATCH] section 2.7. Works on one frame at a time; the last 10 bytes of a frame are left alone.

/**
 * @param view the memory of the frame; its bytes lie at `start` to `end`, and four more may be read.
 * @param position where the frame begins in the folder's uncompressed data.
 */
export function translateCalls(view: DataView, start: number, end: number, position: number, fileBytes: number): void {
  const last = end - 10
  const toPosition = position - start
  for (let at = start; at < last;) {
    // Four bytes at once: a byte of the difference is zero where an E8 is.
    const difference = view.getUint32(at, true) ^ 0xe8e8e8e8
    const zeros = (difference - 0x01010101) & ~difference & 0x80808080
    if (zeros === 0) {
      at += 4
      continue
    }
    while (view.getUint8(at) !== 0xe8) at++
    if (at >= last) return
    const target = view.getInt32(at + 1, true)
    const current = toPosition + at
    if (target >= -current && target < fileBytes) {
      view.setInt32(at + 1, target >= 0 ? target - current : target + fileBytes, true)
    }
    at += 5
  }
}

/** The opposite, before compression: relative targets become absolute. */
export function translateCallsBack(frame: Uint8Array, position: number, fileBytes: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length)
  const last = frame.length - 10
  for (let at = 0; at < last; at++) {
    if (frame[at] !== 0xe8) continue
    const target = view.getInt32(at + 1, true)
    const current = position + at
    if (target >= -current && target < fileBytes) {
      view.setInt32(at + 1, target < fileBytes - current ? target + current : target - fileBytes, true)
    }
    at += 4
  }
}
