// A database as MsiOpenDatabase opens it: from a file or new, with a mode, written back by Commit.
import { bytesSource, concatBytes, parentPath, WindowsError } from 'msikit/base'
import { createDatabase, databaseClassIds, openDatabase, type Database } from 'msikit/database'
import { createDirectories, readFile, writeFile, type FileSystem } from 'msikit/platform'
import { functionFailed, invalidParameter, openFailed, success } from './return-code.ts'

const modes = ['MSIDBOPEN_READONLY', 'MSIDBOPEN_TRANSACT', 'MSIDBOPEN_DIRECT', 'MSIDBOPEN_CREATE', 'MSIDBOPEN_CREATEDIRECT'] as const
const patchFlag = 0x20

type Mode = typeof modes[number]

export interface DatabaseHandle {
  readonly database: Database
  readonly files: FileSystem
  /** Where Commit writes. */
  readonly path: string
  readonly readOnly: boolean
  /** Changes need no Commit. */
  readonly direct: boolean
  /** Made by MSIDBOPEN_CREATE: gone again when it is closed before the first Commit. */
  uncommitted?: boolean
  /** That of a running installation, as its custom actions have it: to be read, and little else. */
  readonly isRemote?: boolean
}

/**
 * @param persist A mode by its name or number, perhaps with MSIDBOPEN_PATCHFILE, or the full path of the file that Commit writes.
 * @param anyKind Patches and transforms too, whatever the mode.
 */
export function openDatabaseFile(files: FileSystem, path: string | null, persist: unknown, anyKind = false): { rc: number; handle?: DatabaseHandle } {
  const opening = parsePersist(persist)
  if (path === null || opening === undefined) return { rc: invalidParameter }
  const { mode, patch, output } = opening
  const direct = mode === 'MSIDBOPEN_DIRECT' || mode === 'MSIDBOPEN_CREATEDIRECT'
  if (mode === 'MSIDBOPEN_CREATE' || mode === 'MSIDBOPEN_CREATEDIRECT') {
    const handle = { database: createDatabase(patch ? { classId: databaseClassIds.patch } : {}), files, path, readOnly: false, direct, uncommitted: !direct }
    write(handle, new Uint8Array())
    return { rc: success, handle }
  }
  try {
    if (files.stat(path)?.kind !== 'file') return { rc: openFailed }
    const database = openDatabase(bytesSource(readFile(files, path)))
    const kind = patch ? databaseClassIds.patch : databaseClassIds.database
    if (!anyKind && database.classId !== kind) return { rc: openFailed }
    return { rc: success, handle: { database, files, path: output ?? path, readOnly: mode === 'MSIDBOPEN_READONLY' && output === undefined, direct } }
  } catch (error) {
    if (error instanceof WindowsError) return { rc: openFailed }
    throw error
  }
}

function parsePersist(persist: unknown): { mode: Mode; patch: boolean; output?: string } | undefined {
  if (typeof persist === 'number') {
    const mode = modes[persist & ~patchFlag]
    return mode && { mode, patch: (persist & patchFlag) !== 0 }
  }
  if (typeof persist !== 'string') return undefined
  if (!persist.startsWith('MSIDBOPEN_')) return { mode: 'MSIDBOPEN_READONLY', patch: false, output: persist }
  const parts = persist.split(/[|+ ]+/)
  const patch = parts.includes('MSIDBOPEN_PATCHFILE')
  const mode = modes.find((one) => parts.includes(one)) ?? (patch ? 'MSIDBOPEN_READONLY' : undefined)
  return mode && { mode, patch }
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
  handle.uncommitted = false
  return success
}

/** What closing the handle does to the file. */
export function closeDatabase(handle: DatabaseHandle): void {
  if (handle.direct) commit(handle)
  if (handle.uncommitted === true && handle.files.stat(handle.path)?.kind === 'file') handle.files.removeFile(handle.path)
}

function write({ files, path }: DatabaseHandle, bytes: Uint8Array): void {
  createDirectories(files, parentPath(path) ?? path)
  writeFile(files, path, bytes)
}
