// Where everything lies in the module's memory. Addresses are fixed up to the window, which ends the memory and is as
// large as `setup` makes it. Tables have 32-bit entries.

/** LZX: code lengths by symbol, kept from block to block. */
export const mainLengths: usize = 0x1000
export const lengthLengths: usize = 0x1300
export const preLengths: usize = 0x1400
export const alignedLengths: usize = 0x1420
/** Deflate: code lengths of literals, then of distances. */
export const deflateLengths: usize = 0x1440
/** Scratch of table building: symbols by length, 16 bits each; counts, then next places, 32 bits each. */
export const sorted: usize = 0x1600
export const counts: usize = 0x1c00
export const places: usize = 0x1c80
/** Deflate: the next code of each length, 32 bits each. */
export const firstCodes: usize = 0x15a0
/** LZX: for each position slot its extra bits and its first offset, 32 bits each. */
export const slots: usize = 0x1d00
/** Deflate: what each symbol means; see inflate.ts. */
export const literalMeanings: usize = 0x2000
export const distanceMeanings: usize = 0x2500
export const plainMeanings: usize = 0x2600
/** Tables: LZX and deflate do not use them at the same time. */
export const mainTable: usize = 0x3000
export const lengthTable: usize = 0xa000
export const preTable: usize = 0xe000
export const alignedTable: usize = 0xf800

/** The data block that the host puts in, with zeros on both sides. */
export const block: usize = 0x10100
export const blockCapacity: usize = 0x20000
/** LZX: the same with its words in reverse order. */
export const reversedBlock: usize = 0x30200
/** The window. Deflate and LZX copy matches in words, so a few bytes behind its end are there too. */
export const window: usize = 0x50400
export const slack: usize = 64
