// Operations that open, execute and fetch in one go.
import { prepare, type Record as Fields, type View } from 'msikit/sql'
import type { DatabaseHandle } from '../api/database-handle.ts'
import { invalidHandle, noMoreItems, returnCode } from '../api/return-code.ts'
import type { Operation, Step, World } from '../world.ts'
import { judgedFields, judgedRows } from './rows.ts'
import { fetchedMark } from './view.ts'

/** More rows than any expectation lists. */
const mostRows = 10_000

export const queryOperations: Readonly<Record<string, Operation>> = {
  query: (step, world) => {
    const { open, execute, view } = run(step, world)
    const rows: Fields[] = []
    if (view === undefined || execute !== 0) return { open, execute, result: open || execute, rows: judgedRows(rows) }
    if ('rows' in (step.expect ?? {}) || 'end' in (step.expect ?? {})) fetchAll(view, rows, (step.expect?.['rows'] as readonly unknown[] | undefined)?.length)
    const wanted = (step.expect?.['rows'] as readonly unknown[] | undefined)?.length ?? 0
    return { open, execute, result: 0, rows: judgedRows(rows), end: rows.length <= wanted }
  },
  queryFirst: (step, world) => {
    const { open, execute, view } = run(step, world)
    if (view === undefined || execute !== 0) return { rc: open || execute, recordValid: false }
    let record: Fields | undefined
    const rc = returnCode(() => { record = view.fetch() })
    if (rc !== 0 || record === undefined) return { rc: rc || noMoreItems, recordValid: false }
    record.set(0, fetchedMark)
    return { rc: 0, recordValid: true, fields: judgedFields(record), fieldCount: record.fieldCount, handles: { record } }
  },
  findRow: (step, world) => {
    const { open, execute, view } = run(step, world)
    if (view === undefined || execute !== 0) return { rc: open || execute }
    const rows: Fields[] = []
    fetchAll(view, rows)
    const match = step['match'] as readonly unknown[]
    return { rc: rows.some((row) => match.every((one, index) => row.text(index + 1) === String(one))) ? 0 : noMoreItems }
  },
  openManyViews: (step, world) => {
    const database = world.handle<DatabaseHandle>(step['database'], 'database')
    if (database === undefined) return { rc: invalidHandle }
    return { rc: returnCode(() => {
      const views = Array.from({ length: Number(step['count']) }, () => prepare(database.database, String(step['sql'])))
      for (const view of views) view.close()
    }) }
  },
}

function run(step: Step, world: World): { open: number; execute: number; view: View | undefined } {
  const database = world.handle<DatabaseHandle>(step['database'], 'database')
  if (database === undefined) return { open: invalidHandle, execute: 0, view: undefined }
  const parameters = world.handle<Fields>(step['params'], 'record')
  let view: View | undefined
  const open = returnCode(() => { view = prepare(database.database, String(step['sql'])) })
  return { open, execute: open === 0 ? returnCode(() => view!.execute(parameters)) : 0, view }
}

/** One row beyond `wanted`, to see whether there are more. */
function fetchAll(view: View, rows: Fields[], wanted = mostRows): void {
  for (let row = view.fetch(); row !== undefined; row = view.fetch()) {
    rows.push(row)
    if (rows.length > wanted) return
  }
}

