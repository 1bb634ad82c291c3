// Cells of a REGF hive that is being written. There are hundreds of thousands: a cell is a place in its bin, not a view of its own.

/** A cell of zeros. It begins at `at` of its bin, its length not counted. */
export interface NewCell {
  /** From the start of the bins. */
  readonly offset: number
  readonly bin: Uint8Array
  /** Of the whole bin. */
  readonly view: DataView
  readonly at: number
}

/** Where a writer puts its cells. */
export interface CellAllocator {
  /** For this many bytes. */
  allocate(bytes: number): NewCell
}
