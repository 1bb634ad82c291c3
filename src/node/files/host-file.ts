// A file of the host that is open: for reading as a source of bytes, for writing as a sink. Times and attributes are the
// file system's.
import { chmodSync, closeSync, constants, fchmodSync, fstatSync, fsyncSync, futimesSync, lchmodSync, lchownSync, openSync, writeSync } from 'node:fs'
import { fileError, type FileWriter, type OpenFile } from '../../platform/index.ts'
import { startsLikeHostProgram } from '../programs/executable-format.ts'
import { readAt, type DescriptorSource } from './file-source.ts'
import { attempt, hostErrorCode } from './host-errors.ts'

export function openFile(handle: number, path: string): OpenFile & DescriptorSource {
  const stat = attempt('open', path, () => fstatSync(handle))
  if (!stat.isFile()) {
    closeSync(handle)
    throw fileError('ERROR_ACCESS_DENIED', 'open', path, 'it is no file')
  }
  let open = true
  const readInto = (offset: number, target: Uint8Array): number => attempt('read', path, () => readAt(handle, offset, target, Math.min(target.length, stat.size - offset)))
  return {
    descriptor: handle,
    size: stat.size,
    read: (offset, length) => {
      const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, stat.size - offset)))
      // A plain array: a Buffer's slice would share its memory.
      return new Uint8Array(bytes.buffer, 0, readInto(offset, bytes))
    },
    readInto,
    [Symbol.dispose]: () => {
      if (open) closeSync(handle)
      open = false
    },
  }
}

/** Windows has no permission to execute: a program of the host gets it from what it is. */
export function fileWriter(handle: number, path: string): FileWriter {
  let open = true
  let isFirst = true
  return {
    write: (chunk) => {
      if (isFirst && startsLikeHostProgram(chunk)) attempt('write', path, () => makeExecutable(handle))
      isFirst &&= chunk.length === 0
      for (let offset = 0; offset < chunk.length;) offset += attempt('write', path, () => writeSync(handle, chunk, offset, chunk.length - offset))
    },
    sync: () => attempt('write', path, () => fsyncSync(handle)),
    setTimes: (times) => {
      attempt('set times of', path, () => futimesSync(handle, Date.now() / 1000, hostSeconds(times.modifiedMs)))
    },
    close: () => {
      if (!open) return
      open = false
      attempt('write', path, () => closeSync(handle))
    },
  }
}

/** The host cuts to microseconds; half of one more makes it round. */
export function hostSeconds(ms: number): number {
  return (Math.round(ms * 1000) + 0.5) / 1_000_000
}

/** Whoever may read it may execute it. */
function makeExecutable(handle: number): void {
  const { mode } = fstatSync(handle)
  fchmodSync(handle, (mode | ((mode & 0o444) >> 2)) & 0o7777)
}

export function syncHostDirectory(path: string): void {
  if (process.platform === 'win32') return // Directories cannot be opened there; NTFS journals them.
  const handle = openSync(path, constants.O_RDONLY)
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Where this user may not give files away they stay his. Of the file itself: a link is not followed. */
export function changeOwner(path: string, { uid, gid }: { readonly uid: number; readonly gid: number }): void {
  try {
    lchownSync(path, uid, gid)
  } catch (error) {
    if (hostErrorCode(error) !== 'EPERM') throw error
  }
}

/** Of the file itself: a link that took its place is not followed. */
export function changeMode(path: string, mode: number): void {
  if (process.platform === 'darwin') {
    lchmodSync(path, mode)
    return
  }
  if (process.platform !== 'linux') {
    chmodSync(path, mode)
    return
  }
  const pathOnly = 0o10000000 // O_PATH, which Node.js does not name: who may change the mode need not be able to read.
  const handle = openSync(path, pathOnly | constants.O_NOFOLLOW)
  try {
    if (fstatSync(handle).isSymbolicLink()) throw fileError('ERROR_ACCESS_DENIED', 'set attributes of', path, 'a link took its place')
    chmodSync(`/proc/self/fd/${handle}`, mode)
  } finally {
    closeSync(handle)
  }
}
