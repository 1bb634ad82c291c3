// A column as the host describes it, in 16 bytes: what its cells are, how many bytes each has, and the address of the
// first one. Cells are as on disk: little endian, integers with a bias, 0 for null.

export const columnBytes: usize = 16

@inline
export function isText(column: usize): bool {
  return load<u32>(column) != 0
}

@inline
export function cellSize(column: usize): u32 {
  return load<u32>(column, 4)
}

/** Cells of three bytes are read as four: one byte more must be there. */
@inline
export function cell(column: usize, row: u32): u32 {
  const size = load<u32>(column, 4)
  const at = <usize>load<u32>(column, 8) + <usize>row * size
  if (size == 2) return load<u16>(at)
  return size == 3 ? load<u32>(at) & 0xffffff : load<u32>(at)
}
