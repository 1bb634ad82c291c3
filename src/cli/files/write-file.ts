// Files of the host, written in order.
import { closeSync, openSync, writeSync } from 'node:fs'
import type { ByteSink } from '../../base/index.ts'

/** Creates the file, or replaces its content. */
export function writeFile(path: string, write: (sink: ByteSink) => void): void {
  const descriptor = openSync(path, 'w')
  try {
    write({ write: (chunk) => writeFully(descriptor, chunk) })
  } finally {
    closeSync(descriptor)
  }
}

/** @param position of the first byte; where the file is at when absent. */
export function writeFully(descriptor: number, chunk: Uint8Array, position?: number): void {
  for (let offset = 0; offset < chunk.length;) {
    offset += writeSync(descriptor, chunk, offset, chunk.length - offset, position === undefined ? null : position + offset)
  }
}
