// View functions of the installer.
import { prepare, Record as Fields, type ModifyMode, type View } from 'msikit/sql'
import type { DatabaseHandle } from '../api/database-handle.ts'
import { invalidData, invalidHandle, invalidParameter, noMoreItems, returnCode, success } from '../api/return-code.ts'
import type { Found, Operation, Step, World } from '../world.ts'
import { rewind } from './record.ts'
import { judgedFields, judgedRows } from './rows.ts'

/** Windows keeps something of its own in field 0 of a record that was fetched. */
export const fetchedMark = 1

export const viewOperations: Readonly<Record<string, Operation>> = {
  MsiDatabaseOpenView: ({ database, sql, omit }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    if (handle === undefined) return { rc: invalidHandle }
    if (sql === null || omit?.includes('view') === true) return { rc: invalidParameter }
    let view: View | undefined
    const rc = returnCode(() => { view = prepare(handle.database, String(sql)) })
    return { rc, handles: { view } }
  },
  MsiViewExecute: ({ view, params }, world) => withView(world, view, (handle) => ({ rc: returnCode(() => handle.execute(world.handle<Fields>(params, 'record'))) })),
  MsiViewFetch: (step, world) => step.omit?.includes('record') === true ? { rc: invalidParameter } : withView(world, step['view'], fetch),
  fetchRow: ({ view }, world) => withView(world, view, fetch),
  fetchAllUnordered: ({ view }, world) => withView(world, view, (handle) => {
    const rows: Fields[] = []
    for (let row = handle.fetch(); row !== undefined; row = handle.fetch()) rows.push(row)
    return { rows: judgedRows(rows, false) }
  }),
  MsiViewClose: ({ view }, world) => withView(world, view, (handle) => {
    handle.close()
    return { rc: success }
  }),
  MsiViewModify: ({ view, mode, record }, world) => withView(world, view, (handle) => {
    const fields = world.handle<Fields>(record, 'record')
    if (fields === undefined) return { rc: invalidHandle }
    if (typeof mode !== 'string') return { rc: invalidData }
    const rc = returnCode(() => handle.modify(mode as ModifyMode, fields))
    if (mode === 'REFRESH' || mode === 'SEEK') rewind(fields)
    return { rc }
  }),
  MsiViewGetColumnInfo: (step, world) => withView(world, step['view'], (handle) =>
    step.omit?.includes('record') === true ? { rc: invalidParameter } : columnInfo(handle, step['type'])),
  queryColumnInfo: ({ database, sql, type }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    if (handle === undefined) return { rc: invalidHandle }
    let view: View | undefined
    const rc = returnCode(() => { view = prepare(handle.database, String(sql)) })
    return view === undefined ? { rc } : columnInfo(view, type)
  },
  MsiViewGetError: (step, world) => viewError(world.handle<View>(step['view'], 'view'), step, world),
}

function fetch(view: View): Found {
  let record: Fields | undefined
  const rc = returnCode(() => { record = view.fetch() })
  if (rc !== success || record === undefined) return { rc: rc || noMoreItems, recordValid: false }
  record.set(0, fetchedMark)
  return { rc, recordValid: true, fields: judgedFields(record), fieldCount: record.fieldCount, handles: { record } }
}

function columnInfo(view: View, type: unknown): Found {
  if (type !== 'names' && type !== 'types') return { rc: invalidParameter }
  const record = Fields.of(...view.columns.map((column) => type === 'names' ? column.name : column.type))
  return { rc: success, recordValid: true, fields: judgedFields(record), fieldCount: record.fieldCount, handles: { record } }
}

/** The error and the column's name; a name that the buffer has no room for is lost. */
function viewError(view: View | undefined, step: Step, world: World): Found {
  const room = world.number(step['bufferChars'])
  if (view === undefined) return { error: world.isRemote ? 'FUNCTIONERROR' : 'INVALIDARG', size: 0 }
  if (room === undefined || step.omit?.includes('size') === true) return { error: 'INVALIDARG' }
  // From another process there must be room for a name.
  if (world.isRemote && (room === 0 || step.omit?.includes('column') === true)) return { error: 'FUNCTIONERROR', size: 0 }
  const problem = view.nextProblem()
  const column = problem?.column ?? ''
  if (step.omit?.includes('column') === true) return { error: problem?.error ?? 'NOERROR', size: column.length }
  if (room <= column.length) return { error: 'MOREDATA', size: column.length, ...(room > 0 ? { column: column.slice(0, room - 1) } : {}) }
  return { error: problem?.error ?? 'NOERROR', column, size: column.length }
}

function withView(world: World, name: unknown, action: (view: View) => Found): Found {
  const view = world.handle<View>(name, 'view')
  return view === undefined ? { rc: invalidHandle } : action(view)
}
