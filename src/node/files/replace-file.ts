// Replaces a file of the host so that whoever looks sees the old one or the new one, whole, and after a power cut too.
import { chmodSync, closeSync, fsyncSync, openSync, renameSync, rmSync, statSync, unlinkSync, writeSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import type { ByteSink } from '../../base/index.ts'
import { changeOwner, syncHostDirectory } from './host-file.ts'

function pendingPath(path: string): string {
  return `${path}.msikit-new`
}

/** Takes away what a process left that was killed while it replaced the file. Nobody else may be replacing it. */
export function removePendingFile(path: string): void {
  rmSync(pendingPath(path), { force: true })
}

export function replaceHostFile(path: string, bytes: Uint8Array): void {
  replaceHostFileWith(path, (sink) => sink.write(bytes))
}

/**
 * @param write Puts the content into the sink.
 * @param beforeRename Called when the new file is whole and durable, and the old one still there.
 */
export function replaceHostFileWith(path: string, write: (sink: ByteSink) => void, beforeRename: () => void = () => {}): void {
  const pending = pendingPath(path)
  const replaced = statSync(path, { throwIfNoEntry: false })
  try {
    rmSync(pending, { force: true })
    // Not 'w': whoever put a link there meanwhile would have it written through.
    const handle = openSync(pending, 'wx')
    try {
      write({ write: (bytes) => { for (let offset = 0; offset < bytes.length;) offset += writeSync(handle, bytes, offset) } })
      if (replaced !== undefined) takePermissions(pending, replaced)
      fsyncSync(handle)
    } finally {
      closeSync(handle)
    }
    beforeRename()
    renameSync(pending, path)
  } catch (error) {
    if (statSync(pending, { throwIfNoEntry: false }) !== undefined) unlinkSync(pending)
    throw error
  }
  syncHostDirectory(dirname(path))
}

function takePermissions(path: string, { uid, gid, mode }: Stats): void {
  const own = statSync(path)
  if (own.uid !== uid || own.gid !== gid) changeOwner(path, { uid, gid })
  chmodSync(path, mode & 0o7777)
}
