// The copy of a match: source and destination may overlap, and then the source repeats. Up to 15 bytes behind the
// match are overwritten with rubbish.

// @ts-ignore: decorator
@inline
export function copyMatch(to: usize, distance: usize, length: usize): void {
  const end = to + length
  let from = to - distance
  if (distance >= 8) {
    store<u64>(to, load<u64>(from))
    store<u64>(to + 8, load<u64>(from + 8))
    if (length > 16) {
      to += 16
      from += 16
      do {
        store<u64>(to, load<u64>(from))
        store<u64>(to + 8, load<u64>(from + 8))
        to += 16
        from += 16
      } while (to < end)
    }
  } else if (distance == 1) {
    const value = <u64>load<u8>(from) * 0x0101010101010101
    do {
      store<u64>(to, value)
      to += 8
    } while (to < end)
  } else if (distance == 4) {
    const value = <u64>load<u32>(from) * 0x100000001
    do {
      store<u64>(to, value)
      to += 8
    } while (to < end)
  } else {
    do {
      store<u8>(to++, load<u8>(from++))
    } while (to < end)
  }
}
