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
  return {
    path,
    size: stat.size,
    read: (offset, length) => {
      if (!open) throw new WindowsError('ERROR_INVALID_HANDLE', `${path}: read after it was closed`)
      return readAt(descriptor, offset, Math.min(length, stat.size - offset))
    },
    [Symbol.dispose]: () => {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}

/** Fewer bytes than asked for only when the file has become shorter meanwhile. */
function readAt(descriptor: number, offset: number, length: number): Uint8Array {
  if (length <= 0) return new Uint8Array()
  const bytes = Buffer.allocUnsafeSlow(length)
  let count = 0
  while (count < length) {
    const step = readSync(descriptor, bytes, count, length - count, offset + count)
    if (step === 0) break
    count += step
  }
  return new Uint8Array(bytes.buffer, 0, count)
}
