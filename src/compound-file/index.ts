export type { StorageContent, StorageContentEntry } from './content.ts'
export { compareNames } from './names.ts'
export { openCompoundFile, type CompoundFile, type Storage, type StorageEntry, type StreamEntry } from './reader.ts'
export { writeCompoundFile, type WriteOptions } from './writer.ts'
