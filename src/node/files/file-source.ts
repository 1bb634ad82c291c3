// A file of the host as a ByteSource: positional reads, nothing is read that nobody asked for.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { WindowsError, type ByteSource } from '../../base/index.ts'

/** A whole file of the host that is open. */
export interface DescriptorSource extends ByteSource {
  readonly descriptor: number
}

export interface FileSource extends DescriptorSource, Disposable {
  readonly path: string
}

/**
 * Opens a file for reading.
 * @throws Error of the host (`ENOENT`, `EACCES`, …), with `path`; `EISDIR` for a directory, `ESPIPE` for a pipe or device.
 */
export function openFileSource(path: string): FileSource {
  // A pipe without a writer would be waited for.
  const descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  const stat = fstatSync(descriptor)
  if (!stat.isFile()) {
    closeSync(descriptor)
    throw stat.isDirectory() ? hostError('EISDIR', 'illegal operation on a directory', path) : hostError('ESPIPE', 'invalid seek', path)
  }
  let open = true
  const readInto = (offset: number, target: Uint8Array): number => {
    if (!open) throw new WindowsError('ERROR_INVALID_HANDLE', `${path}: read after it was closed`)
    return readAt(descriptor, offset, target, Math.min(target.length, stat.size - offset))
  }
  return {
    path,
    descriptor,
    size: stat.size,
    read: (offset, length) => {
      const bytes = newBytes(Math.max(0, Math.min(length, stat.size - offset)))
      const count = readInto(offset, bytes)
      return count === bytes.length ? bytes : bytes.subarray(0, count)
    },
    readInto,
    [Symbol.dispose]: () => {
      if (open) closeSync(descriptor)
      open = false
    },
  }
}

/** From so many bytes on, leaving them as they are found saves more than the way to do it costs. */
const largeBytes = 1 << 16

function newBytes(length: number): Uint8Array {
  return length < largeBytes ? new Uint8Array(length) : new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
}

function hostError(code: string, what: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${what}, read '${path}'`), { code, syscall: 'read', path })
}

/** Fewer bytes than asked for only when the file has become shorter meanwhile. */
export function readAt(descriptor: number, offset: number, target: Uint8Array, length: number): number {
  let count = 0
  while (count < length) {
    const step = readSync(descriptor, target, count, length - count, offset + count)
    if (step === 0) break
    count += step
  }
  return count
}
