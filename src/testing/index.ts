export { aCabinet, anLzxCabinet, cabinetInputs, type CabinetContents } from './a-cabinet.ts'
export { aDatabase, aPackage, bytesOf, type TableRows } from './builders.ts'
export { encodeLzx, type LzxBlockPlan, type LzxFrame, type LzxOptions } from './lzx-encoder.ts'
