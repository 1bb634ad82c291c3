// The copy of a match inside a decoder's window: source and destination may overlap, and then the source repeats.

/** Bytes after a match that may be overwritten with rubbish: the buffer must have them, and they must not be in use. */
export const matchSlack = 4

/** @param view a view of the memory of `bytes`, from the same first byte. */
export function copyMatch(bytes: Uint8Array, view: DataView, from: number, to: number, length: number): void {
  const end = to + length
  const distance = to - from
  if (distance >= 4) {
    if (length > 48 && distance >= length) {
      bytes.copyWithin(to, from, from + length)
      return
    }
    for (; to < end; to += 4, from += 4) view.setUint32(to, view.getUint32(from, true), true)
  } else if (distance === 1) bytes.fill(bytes[from]!, to, end)
  else while (to < end) bytes[to++] = bytes[from++]!
}
