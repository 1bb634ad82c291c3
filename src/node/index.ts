export { openFileSource, type FileSource } from './file-source.ts'
export { NodeFileSystem } from './node-file-system.ts'
