// Undoes the preprocessing of x86 code: the absolute targets of CALL instructions (E8) become relative ones again.
// [MS-PATCH] section 2.7. Works on one frame at a time; the last 10 bytes of a frame are left alone.

/** @param position where the frame begins in the folder's uncompressed data. */
export function translateCalls(frame: Uint8Array, position: number, fileBytes: number): void {
  const end = frame.length - 10
  for (let at = frame.indexOf(0xe8); at >= 0 && at < end; at = frame.indexOf(0xe8, at + 5)) {
    const target = frame[at + 1]! | frame[at + 2]! << 8 | frame[at + 3]! << 16 | frame[at + 4]! << 24
    const current = position + at
    if (target < -current || target >= fileBytes) continue
    const relative = target >= 0 ? target - current : target + fileBytes
    frame[at + 1] = relative
    frame[at + 2] = relative >> 8
    frame[at + 3] = relative >> 16
    frame[at + 4] = relative >> 24
  }
}
