export { openFileSource, type FileSource } from './file-source.ts'
