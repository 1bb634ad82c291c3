// Replaces a file of the host so that whoever looks sees the old one or the new one, whole, and after a power cut too.
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncHostDirectory } from './node-file-system.ts'

function pendingPath(path: string): string {
  return `${path}.msikit-new`
}

/** Takes away what a process left that was killed while it replaced the file. Nobody else may be replacing it. */
export function removePendingFile(path: string): void {
  rmSync(pendingPath(path), { force: true })
}

export function replaceHostFile(path: string, bytes: Uint8Array): void {
  const pending = pendingPath(path)
  const mode = statSync(path, { throwIfNoEntry: false })?.mode
  try {
    const handle = openSync(pending, 'w')
    try {
      for (let offset = 0; offset < bytes.length;) offset += writeSync(handle, bytes, offset)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    if (mode !== undefined) chmodSync(pending, mode & 0o7777)
    renameSync(pending, path)
  } catch (error) {
    if (statSync(pending, { throwIfNoEntry: false }) !== undefined) unlinkSync(pending)
    throw error
  }
  syncHostDirectory(dirname(path))
}
