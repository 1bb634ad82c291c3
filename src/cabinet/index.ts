export { openCabinet, type Cabinet, type OpenCabinetOptions } from './cabinet.ts'
export type { CabinetLink } from './cabinet-directory.ts'
export type { CabinetAttributes, CabinetFile } from './cabinet-file.ts'
export type { CabinetFolder } from './cabinet-set.ts'
export { extractFolder, type CabinetFileSink, type ExtractOptions, type SelectFile, type SelectFolderFile } from './extract.ts'
export { unixMsOf } from './cabinet-file.ts'
export { byFolder, gathered, inFolder, type CabinetFileList, type FolderFiles } from './file-list.ts'
export { DecoderMemory } from './wasm-decoder.ts'
export type { FolderPart } from './folder-blocks.ts'
export type { Compression, CompressionMethod } from './folder-decoder.ts'
export type { DeflateLevel } from './deflate.ts'
export type { AsyncDeflateBlock } from './encode-steps.ts'
export type { DeflateBlock } from './folder-encoder.ts'
export type { LzxWindowBits } from './lzx-encoder.ts'
export type { CabinetReserve } from './reserve.ts'
export {
  leastMaximumBytes, writeCabinet, writeCabinetAsync, type CabinetInput, type CabinetSetOptions, type PatchableSink,
  type WriteCabinetAsyncOptions, type WriteCabinetOptions, type WrittenCabinet,
} from './write-cabinet.ts'
