// The thread of `decompressAhead`: a folder is taken as one file.
import { workerData } from 'node:worker_threads'
import { extractFolder } from '../../cabinet/index.ts'
import { openShared } from '../files/shared-source.ts'
import { ByteRing } from './byte-ring.ts'
import type { DecompressionJob } from './decompress-ahead.ts'

const { folder, bytes, ring: buffer } = workerData as DecompressionJob
const ring = new ByteRing(buffer)
try {
  const parts = folder.parts.map(({ source, ...part }) => ({ ...part, source: openShared(source) }))
  extractFolder({ ...folder, parts, continuesFrom: undefined, continuesTo: undefined }, { offsets: new Uint32Array(1), sizes: Uint32Array.of(bytes), name: () => 'folder' },
    () => ({ write: (piece) => { ring.write(piece) } }))
} catch {
  // Who takes the rest will see what is wrong.
} finally {
  ring.end()
}
