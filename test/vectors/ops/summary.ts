// Summary information functions of the installer.
import { filetimeFromUnixMs, WindowsError } from 'msikit/base'
import type { Database } from 'msikit/database'
import { SummaryEditor, variantType, type SummaryValue } from 'msikit/property-set'
import { commit, openDatabaseFile, type DatabaseHandle } from '../api/database-handle.ts'
import { functionFailed, invalidHandle, invalidParameter, nullReference, openFailed, returnCode, success } from '../api/return-code.ts'
import { textOut } from '../api/text-buffer.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const packageOpenFailed = 1619
const packageInvalid = 1620
const variants: Readonly<Record<SummaryValue['type'], number>> = { i2: 2, i4: 3, lpstr: 30, filetime: 64, other: 0 }
const types = new Map<number, SummaryValue['type']>([[2, 'i2'], [3, 'i4'], [30, 'lpstr'], [64, 'filetime']])
const typeMismatch = 1629

interface SummaryHandle {
  readonly editor: SummaryEditor
  /** Of a running installation: nothing can be set. */
  readonly isRemote: boolean
  persist(): void
}

export const summaryOperations: Readonly<Record<string, Operation>> = {
  MsiGetSummaryInformation: (step, world) => {
    if (step.omit?.includes('sumInfo') === true) return { rc: invalidParameter }
    const opened = summarySource(step, world)
    if ('rc' in opened) return opened
    const { handle, own } = opened
    const editor = new SummaryEditor(handle.database.summary, Number(step['updateCount']))
    const persist = (): void => {
      handle.database.summary = editor.result()
      if ((own || handle.direct) && commit(handle) !== success) throw new WindowsError('ERROR_FUNCTION_FAILED', 'the summary information cannot be written')
    }
    return { rc: success, handles: { sumInfo: { editor, persist, isRemote: handle.isRemote === true } satisfies SummaryHandle } }
  },
  MsiSummaryInfoGetPropertyCount: (step, world) => withSummary(world, step, ({ editor, isRemote }) => {
    if (step.omit?.includes('count') === true) return { rc: isRemote ? nullReference : success }
    return { rc: success, count: editor.propertyCount }
  }),
  MsiSummaryInfoGetProperty: (step, world) => withSummary(world, step, ({ editor, isRemote }) => isRemote ? remoteProperty(editor, step, world) : getProperty(editor, step, world)),
  MsiSummaryInfoSetProperty: (step, world) => withSummary(world, step, ({ editor, isRemote }) => ({ rc: isRemote ? functionFailed : setProperty(editor, step) })),
  MsiSummaryInfoPersist: (step, world) => withSummary(world, step, (summary) => ({ rc: returnCode(() => summary.persist()) })),
  setSummaryInfo: ({ database, summary }, world) => {
    const handle = world.handle<DatabaseHandle>(database, 'database')
    if (handle === undefined) return { rc: invalidHandle }
    return { rc: returnCode(() => setSummary(handle.database, summary as Readonly<Record<string, string | number>>)) }
  },
}

/** Sets properties by their ids. */
export function setSummary(database: Database, values: Readonly<Record<string, string | number>>): void {
  const editor = new SummaryEditor(database.summary, Object.keys(values).length)
  for (const [id, value] of Object.entries(values)) {
    const type = variantType(Number(id))
    editor.set(Number(id), type === 'lpstr' ? { type, value: String(value) } : type === 'filetime' ? { type, value: BigInt(value) } : { type: type ?? 'i4', value: Number(value) })
  }
  database.summary = editor.result()
}

function summarySource(step: Step, world: World): { rc: number } | { handle: DatabaseHandle; own: boolean } {
  if (step['database'] !== null && step['database'] !== undefined) {
    const handle = world.handle<DatabaseHandle>(step['database'], 'database')
    return handle === undefined ? { rc: invalidHandle } : { handle, own: false }
  }
  if (step['path'] === null || step['path'] === '') return { rc: step['path'] === null ? invalidHandle : packageInvalid }
  const { rc, handle } = openDatabaseFile(world.files, world.path(step['path']), 'MSIDBOPEN_TRANSACT', true)
  if (handle === undefined) return { rc: rc === openFailed ? packageOpenFailed : rc }
  return { handle, own: true }
}

function getProperty(editor: SummaryEditor, step: Step, world: World): Found {
  let value: SummaryValue | undefined
  const rc = returnCode(() => { value = editor.get(Number(step['property'])) })
  if (rc !== success) return { rc }
  if (value === undefined) return { rc, type: 0 }
  const type = value.type === 'other' ? value.variant : variants[value.type]
  if (value.type === 'lpstr') return { type, ...textOut(ansiView(value.value, editor), step, world) }
  if (value.type === 'filetime') return { rc, type, fileTime: value.value }
  return { rc, type, ...(value.type === 'other' ? {} : { intValue: value.value }) }
}

/** From another process all outputs are written, whatever the type of the property. */
function remoteProperty(editor: SummaryEditor, step: Step, world: World): Found {
  const { omit = [] } = step
  if (['type', 'intValue', 'fileTime', 'value', 'size'].some((pointer) => omit.includes(pointer))) return { rc: nullReference }
  const found = getProperty(editor, step, world)
  return { intValue: 0, ...(found['value'] === undefined && found['rc'] === success ? { value: '' } : {}), ...found }
}

/** Windows looks for the NUL in single bytes, and so finds one character of UTF-16 text. */
function ansiView(text: string, editor: SummaryEditor): string {
  const codepage = editor.get(1)
  return codepage?.type === 'i2' && codepage.value === 1200 ? text.slice(0, 1) : text
}

function setProperty(editor: SummaryEditor, step: Step): number {
  const property = Number(step['property'])
  const type = types.get(Number(step['type']))
  if (type === undefined || type !== variantType(property)) return typeMismatch
  if (type === 'lpstr' && step['value'] === null) return invalidParameter
  if (type === 'filetime' && step['fileTime'] === null) return invalidParameter
  return returnCode(() => editor.set(property, settable(type, step)))
}

function settable(type: SummaryValue['type'], step: Step): SummaryValue {
  if (type === 'lpstr') return { type, value: String(step['value']) }
  if (type === 'filetime') return { type, value: filetimeFromUnixMs(0) }
  return { type: type === 'i2' ? 'i2' : 'i4', value: Number(step['intValue']) }
}

function withSummary(world: World, step: Step, action: (summary: SummaryHandle) => Found): Found {
  const summary = world.handle<SummaryHandle>(step['sumInfo'], 'sumInfo')
  return summary === undefined ? { rc: invalidHandle } : action(summary)
}

