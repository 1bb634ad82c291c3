// A database as MsiOpenDatabase opens it: from a file or new, with a mode, written back by Commit.
import { bytesSource, concatBytes, parentPath, WindowsError } from 'msikit/base'
import { createDatabase, openDatabase, type Database } from 'msikit/database'
import { createDirectories, readFile, writeFile, type FileSystem } from 'msikit/platform'
import { functionFailed, invalidParameter, openFailed, success } from './return-code.ts'

const modes = new Set(['MSIDBOPEN_READONLY', 'MSIDBOPEN_TRANSACT', 'MSIDBOPEN_DIRECT', 'MSIDBOPEN_CREATE', 'MSIDBOPEN_CREATEDIRECT'])

export interface DatabaseHandle {
  readonly database: Database
  readonly files: FileSystem
  /** Where Commit writes. */
  readonly path: string
  readonly readOnly: boolean
}

/** @param persist A mode by its name, a number that is none, or the full path of the file that Commit writes. */
export function openDatabaseFile(files: FileSystem, path: string | null, persist: unknown): { rc: number; handle?: DatabaseHandle } {
  if (path === null) return { rc: invalidParameter }
  const mode = String(persist).replace(/\|.*/, '')
  const isMode = modes.has(mode)
  if (typeof persist !== 'string' || (mode.startsWith('MSIDBOPEN_') && !isMode)) return { rc: invalidParameter }
  if (mode.startsWith('MSIDBOPEN_CREATE')) {
    const handle = { database: createDatabase(), files, path, readOnly: false }
    write(handle, new Uint8Array())
    return { rc: success, handle }
  }
  try {
    if (files.stat(path)?.kind !== 'file') return { rc: openFailed }
    const database = openDatabase(bytesSource(readFile(files, path)))
    return { rc: success, handle: { database, files, path: isMode ? path : persist, readOnly: mode === 'MSIDBOPEN_READONLY' } }
  } catch (error) {
    if (error instanceof WindowsError) return { rc: openFailed }
    throw error
  }
}

/** Windows keeps of a table only the rows before its first temporary one; the vectors have that. */
export function commit(handle: DatabaseHandle): number {
  if (handle.readOnly) return success
  const parts: Uint8Array[] = []
  try {
    handle.database.save({ write: (chunk) => { parts.push(chunk.slice()) } }, { rows: 'windows' })
  } catch (error) {
    if (error instanceof WindowsError) return functionFailed
    throw error
  }
  write(handle, concatBytes(parts))
  return success
}

function write({ files, path }: DatabaseHandle, bytes: Uint8Array): void {
  createDirectories(files, parentPath(path) ?? path)
  writeFile(files, path, bytes)
}
