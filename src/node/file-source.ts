// A file of the host as a ByteSource: positional reads, nothing is read that nobody asked for.
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { WindowsError, type ByteSource } from '../base/index.ts'

export interface FileSource extends ByteSource, Disposable {
  readonly path: string
}

/**
 * Opens a file for reading.
 * @throws Error of the host (`ENOENT`, `EACCES`, …), with `path`; `EISDIR` for a directory.
 */
export function openFileSource(path: string): FileSource {
  const descriptor = openSync(path, 'r')
  const stat = fstatSync(descriptor)
  if (stat.isDirectory()) {
    closeSync(descriptor)
    throw Object.assign(new Error(`EISDIR: illegal operation on a directory, read '${path}'`), { code: 'EISDIR', syscall: 'read', path })
  }
  let open = true
  const readInto = (offset: number, target: Uint8Array): number => {
    if (!open) throw new WindowsError('ERROR_INVALID_HANDLE', `${path}: read after it was closed`)
    return readAt(descriptor, offset, target, Math.min(target.length, stat.size - offset))
  }
  return {
    path,
    size: stat.size,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, stat.size - offset)))
      return new Uint8Array(bytes.buffer, 0, readInto(offset, bytes))
    },
    readInto,
    [Symbol.dispose]: () => {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}

/** Fewer bytes than asked for only when the file has become shorter meanwhile. */
function readAt(descriptor: number, offset: number, target: Uint8Array, length: number): number {
  let count = 0
  while (count < length) {
    const step = readSync(descriptor, target, count, length - count, offset + count)
    if (step === 0) break
    count += step
  }
  return count
}
