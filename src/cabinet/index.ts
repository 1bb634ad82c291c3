export { openCabinet, type Cabinet, type OpenCabinetOptions } from './cabinet.ts'
export type { CabinetLink } from './cabinet-directory.ts'
export type { CabinetAttributes, CabinetFile, CabinetFolder } from './cabinet-set.ts'
export type { CabinetFileSink, ExtractOptions, SelectFile } from './extract.ts'
export type { Compression, CompressionMethod } from './folder-decoder.ts'
export type { DeflateLevel } from './deflate.ts'
export type { DeflateBlock } from './folder-encoder.ts'
export {
  leastMaximumBytes, writeCabinet, type CabinetInput, type CabinetSetOptions, type PatchableSink, type WriteCabinetOptions, type WrittenCabinet,
} from './write-cabinet.ts'
