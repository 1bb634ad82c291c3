// The inner loops over large tables as one WebAssembly module: finding where the texts of a string pool begin, putting
// rows in the order of their keys, and writing them as a text archive. The host (src/database/table/wasm-rows.ts) places
// everything: addresses are arguments. Texts are bytes that are never decoded.
import { columnBytes } from './column'

export { cut, isUnusual, readOffsets } from './string-pool'
export { sortRows } from './sort'
export { measureRows, seen, writeRows } from './write'

/** Bytes that the host gives to the description of a column, and that may be read or written behind the end of anything. */
export const columnSize: usize = columnBytes
export const slack: usize = 8
