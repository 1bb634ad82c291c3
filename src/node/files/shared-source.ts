// Sources that lie in open files of the host, made plain data for another thread: all threads of a process have its
// descriptors in common. The file must stay open as long as the other thread reads.
import type { ByteSource, SourceOrigin } from '../../base/index.ts'
import { readAt, type DescriptorSource } from './file-source.ts'

export interface SharedSource {
  readonly descriptor: number
  readonly size: number
  /** `undefined`: the file itself. */
  readonly runs: SourceOrigin['runs'] | undefined
}

/** `undefined` for a source that lies elsewhere. */
export function shareSource(source: ByteSource): SharedSource | undefined {
  if (isDescriptorSource(source)) return { descriptor: source.descriptor, size: source.size, runs: undefined }
  const origin = source.origin?.()
  return origin !== undefined && isDescriptorSource(origin.source) ? { descriptor: origin.source.descriptor, size: source.size, runs: origin.runs } : undefined
}

function isDescriptorSource(source: ByteSource): source is DescriptorSource {
  return 'descriptor' in source
}

/** In the other thread. Cabinets are read from front to back: the run of the last reading is the one to begin with. */
export function openShared({ descriptor, size, runs = [{ offset: 0, length: size }] }: SharedSource): ByteSource {
  let run = 0
  let start = 0
  const readInto = (offset: number, target: Uint8Array): number => {
    const end = Math.min(size, offset + target.length)
    if (offset < start) run = start = 0
    let count = 0
    for (let at = offset; at < end;) {
      const { offset: position, length } = runs[run]!
      if (at >= start + length) {
        start += length
        run++
        continue
      }
      const part = target.subarray(count, count + Math.min(end, start + length) - at)
      const step = readAt(descriptor, position + at - start, part, part.length)
      count += step
      at += step
      if (step < part.length) break
    }
    return count
  }
  const read = (offset: number, length: number): Uint8Array => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)))
    return bytes.subarray(0, readInto(offset, bytes))
  }
  return { size, read, readInto }
}
