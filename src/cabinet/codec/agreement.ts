// How far two places of a buffer agree: what both match finders, of MSZIP and of LZX, ask most.

/** How many of `most` bytes are the same; the buffer has four spare ones. */
export function agreement(view: DataView, a: number, b: number, most: number): number {
  for (let length = 0; length < most; length += 4) {
    const difference = view.getUint32(a + length, true) ^ view.getUint32(b + length, true)
    if (difference === 0) continue
    const agreed = length + (31 - Math.clz32(difference & -difference) >> 3)
    return agreed < most ? agreed : most
  }
  return most
}
