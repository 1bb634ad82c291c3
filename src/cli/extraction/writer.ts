// The thread that writes what the main one decompresses: see pipeline.ts.
import { workerData } from 'node:worker_threads'
import { unixMsFromDosTime } from '../../base/index.ts'
import { createOutputFile, type OutputFile } from '../files/output-folder.ts'
import type { WriterInput } from './pipeline.ts'
import { SharedState } from './shared-state.ts'
import { consumeRing } from './write-ring.ts'

const { ring, shared, replace } = workerData as WriterInput
const state = new SharedState(shared)
let current: OutputFile | undefined
let flag = 0
try {
  consumeRing(ring, {
    begin: (file, modified, path) => {
      flag = file
      current = createOutputFile(path, replace, unixMsFromDosTime(modified >>> 16, modified & 0xffff))
    },
    bytes: (bytes) => { current!.write(bytes) },
    end: () => {
      const file = current!
      current = undefined
      file.end()
      state.finish(flag)
    },
    abandon: () => {
      current!.abandon()
      current = undefined
    },
  })
} catch {
  // Whoever takes the file again will see what is wrong.
  current?.abandon()
}
