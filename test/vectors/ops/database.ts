// Database functions of the installer: open, commit, import, export, merge, transforms, primary keys.
import { bytesSource, concatBytes } from 'msikit/base'
import { writeCompoundFile, type StorageContent } from 'msikit/compound-file'
import { applyTransform, exportTable, generateTransform, importTable, mergeDatabase, type TransformConditions } from 'msikit/database'
import { readFile, writeFile } from 'msikit/platform'
import { Record as Fields } from 'msikit/sql'
import { closeDatabase, commit, openDatabaseFile, type DatabaseHandle } from '../api/database-handle.ts'
import { functionFailed, invalidHandle, invalidParameter, invalidTable, noData, returnCode, success } from '../api/return-code.ts'
import { SkipStep, type Operation, type World } from '../world.ts'
import { PackageSession } from 'msikit/engine'
import { judgedFields } from './rows.ts'


const packageOpenFailed = 1619
const systemTables = new Set(['_Tables', '_Columns', '_Streams', '_Storages'])

export const databaseOperations: Readonly<Record<string, Operation>> = {
  MsiOpenDatabase: ({ path, persist, omit }, world) => {
    if (omit?.includes('database') === true) return { rc: invalidParameter }
    const mode = typeof persist === 'string' && !persist.startsWith('MSIDBOPEN_') ? world.path(persist) : persist
    const { rc, handle } = openDatabaseFile(world.files, path === null ? null : world.path(path), mode)
    return { rc, handles: { database: handle } }
  },
  MsiDatabaseCommit: ({ database }, world) => withDatabase(world, database, commit),
  MsiCloseHandle: ({ handle }, world) => {
    if (handle === null) return { rc: success }
    const open = world.handle<object>(handle)
    const known = open !== undefined
    if (open instanceof PackageSession) open[Symbol.dispose]()
    if (known && 'direct' in open) closeDatabase(open as DatabaseHandle)
    if (known) world.close(String(handle))
    return { rc: known ? success : invalidHandle }
  },
  MsiGetDatabaseState: ({ database }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    return { rc: !(handle !== undefined && 'direct' in handle) || handle.isRemote === true ? -1 : handle.readOnly ? 0 : 1 }
  },
  MsiDatabaseImport: ({ database, folder, file }, world) => withLocal(world, database, (handle) => {
    if (folder === null || file === null) return invalidParameter
    const path = `${world.path(folder)}\\${String(file)}`
    if (world.files.stat(path)?.kind !== 'file') return functionFailed
    return importFile(handle, readFile(world.files, path), world, path.replace(/\.[^.\\]*$/, ''))
  }),
  MsiDatabaseExport: ({ database, table, folder, file }, world) => withLocal(world, database, (handle) => {
    if (table === null || folder === null || file === null) return invalidParameter
    return returnCode(() => writeFile(world.files, `${world.path(folder)}\\${String(file)}`, exportTable(handle.database, String(table))))
  }),
  MsiDatabaseMerge: ({ database, reference, errorTable }, world) => withLocal(world, database, (handle) => {
    const other = world.handle<DatabaseHandle>(reference, 'database')
    if (other === undefined) return invalidHandle
    if (errorTable === '') return invalidTable
    let conflicts = 0
    const rc = returnCode(() => {
      conflicts = mergeDatabase(handle.database, other.database, errorTable === null ? {} : { errorTable: String(errorTable) }).length
    })
    return rc || (conflicts > 0 ? functionFailed : success)
  }),
  MsiDatabaseApplyTransform: ({ database, file, errorConditions }, world) => withLocal(world, database, (handle) =>
    returnCode(() => { applyTransform(handle.database, bytesSource(readFile(world.files, world.path(file))), { errorConditions: Number(errorConditions) }) })),
  MsiDatabaseGenerateTransform: ({ database, reference, file }, world) => withLocal(world, database, (handle) =>
    writeTransform(handle, world.handle<DatabaseHandle>(reference, 'database'), file, {}, world)),
  MsiCreateTransformSummaryInfo: ({ database, reference, file, errorConditions, validation }, world) => withDatabase(world, database, (handle) =>
    handle.isRemote === true ? packageOpenFailed
      : writeTransform(handle, world.handle<DatabaseHandle>(reference, 'database'), file, { errorConditions: Number(errorConditions), validation: Number(validation) }, world)),
  MsiEnableUIPreview: ({ database }, world) => withLocal(world, database, () => { throw new SkipStep('dialogs are not previewed') }),
  MsiDatabaseIsTablePersistent: ({ database, table }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    if (handle === undefined || table === null) return { condition: 'error' }
    const found = systemTables.has(String(table)) ? undefined : handle.database.table(String(table))
    return { condition: found === undefined ? 'none' : found.temporary ? 'false' : 'true' }
  },
  MsiDatabaseGetPrimaryKeys: ({ database, table }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    if (handle === undefined) return { rc: invalidHandle }
    const found = handle.database.table(String(table))
    if (found === undefined) return { rc: invalidTable }
    const record = Fields.of(...found.keyColumns.map((position) => found.columns[position]!.name))
    record.set(0, found.name)
    return { rc: success, fields: judgedFields(record), fieldCount: record.fieldCount, handles: { record } }
  },
  columnsTableType: ({ database, table, column }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    return { type: handle?.database.table('_Columns')?.find(String(table), Number(column))?.integer('Type') }
  },
}

/** Without a file the databases are only compared. */
function writeTransform(handle: DatabaseHandle, base: DatabaseHandle | undefined, file: unknown, conditions: TransformConditions, world: World): number {
  if (base === undefined) return invalidHandle
  let content: StorageContent | undefined
  const rc = returnCode(() => { content = generateTransform(handle.database, base.database, conditions) })
  if (rc !== success || content === undefined) return rc || noData
  if (file === null) return success
  const parts: Uint8Array[] = []
  writeCompoundFile(content, { write: (chunk) => { parts.push(chunk.slice()) } })
  return returnCode(() => writeFile(world.files, world.path(file), concatBytes(parts)))
}

/** @param folder Where the files of streams are. */
export function importFile(handle: DatabaseHandle, archive: Uint8Array, world: World, folder: string): number {
  const stream = (name: string) => {
    const path = `${folder}\\${name}`
    return world.files.stat(path)?.kind === 'file' ? bytesSource(readFile(world.files, path)) : undefined
  }
  return returnCode(() => { importTable(handle.database, archive, { stream }) }) === success ? success : functionFailed
}

/** For what a custom action cannot do with the database of its installation. */
function withLocal(world: World, name: unknown, action: (handle: DatabaseHandle) => number): { rc: number } {
  return withDatabase(world, name, (handle) => handle.isRemote === true ? invalidHandle : action(handle))
}

function withDatabase(world: World, name: unknown, action: (handle: DatabaseHandle) => number): { rc: number } {
  const handle = world.handle<DatabaseHandle>(name, 'database')
  return { rc: handle === undefined ? invalidHandle : action(handle) }
}

