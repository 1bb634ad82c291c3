// Record functions of the installer.
import { bytesSource, type ByteSource } from 'msikit/base'
import { readFile } from 'msikit/platform'
import { Record as Fields } from 'msikit/sql'
import { invalidDatatype, invalidHandle, invalidParameter, returnCode, success } from '../api/return-code.ts'
import { localTextOut } from '../api/text-buffer.ts'
import type { Found, Operation, Step, World } from '../world.ts'
import { judgedFields } from './rows.ts'

const badFile = 2
/** How far each stream of a record was read. */
const positions = new WeakMap<ByteSource, number>()

/** The streams of a record are read from their start again: those of a row that was fetched anew. */
export function rewind(record: Fields): void {
  for (const cell of record.cells()) if (typeof cell === 'object' && cell !== null) positions.delete(cell)
}

export const recordOperations: Readonly<Record<string, Operation>> = {
  MsiCreateRecord: ({ count }) => {
    let record: Fields | undefined
    returnCode(() => { record = new Fields(Number(count)) })
    return { created: record !== undefined, lastError: 0, handles: { record } }
  },
  MsiRecordGetFieldCount: ({ record }, world) => ({ count: world.handle<Fields>(record, 'record')?.fieldCount ?? -1 }),
  MsiRecordIsNull: ({ record, field }, world) => ({ isNull: world.handle<Fields>(record, 'record')?.isNull(Number(field)) ?? false, lastError: 0 }),
  MsiRecordGetInteger: ({ record, field }, world) => ({ value: world.handle<Fields>(record, 'record')?.integer(Number(field)) ?? null }),
  MsiRecordGetString: (step, world) => {
    const record = world.handle<Fields>(step['record'], 'record')
    return record === undefined ? { rc: invalidHandle } : { ...localTextOut(record.text(Number(step['field'])), step, world) }
  },
  MsiRecordSetInteger: ({ record, field, value }, world) => set(world, record, field, value === null || value === -0x80000000 ? null : Number(value)),
  MsiRecordSetString: ({ record, field, value }, world) => set(world, record, field, value === null ? null : String(value)),
  MsiRecordSetStream: ({ record, field, file }, world) => setStream(world.handle<Fields>(record, 'record'), Number(field), file, world),
  MsiRecordReadStream: (step, world) => readStream(world.handle<Fields>(step['record'], 'record'), step, world),
  MsiRecordDataSize: ({ record, field }, world) => {
    const cell = world.handle<Fields>(record, 'record')?.cell(Number(field)) ?? null
    return { size: cell === null ? 0 : typeof cell === 'number' ? 4 : typeof cell === 'string' ? cell.length : cell.size }
  },
  MsiRecordClearData: ({ record }, world) => {
    const fields = world.handle<Fields>(record, 'record')
    fields?.clear()
    return { rc: fields === undefined ? invalidHandle : success }
  },
  checkRecord: ({ record }, world) => {
    const fields = world.handle<Fields>(record, 'record')
    return fields === undefined ? {} : { fieldCount: fields.fieldCount, fields: judgedFields(fields) }
  },
}

function set(world: World, name: unknown, field: unknown, value: string | number | null): Found {
  const record = world.handle<Fields>(name, 'record')
  return { rc: record === undefined ? invalidHandle : returnCode(() => record.set(Number(field), value)) }
}

/** Without a file the stream of the field is wound back to its start. */
function setStream(record: Fields | undefined, field: number, file: unknown, world: World): Found {
  if (record === undefined) return { rc: invalidHandle }
  if (field < 1 || field > record.fieldCount) return { rc: invalidParameter }
  if (file === null) {
    const stream = record.stream(field)
    if (stream === undefined) return { rc: invalidParameter }
    positions.delete(stream)
    return { rc: success }
  }
  const path = world.path(file)
  if (world.files.stat(path)?.kind !== 'file') return { rc: badFile }
  record.set(field, bytesSource(readFile(world.files, path)))
  return { rc: success }
}

/** Without a buffer the size says how many bytes are left. */
function readStream(record: Fields | undefined, step: Step, world: World): Found {
  if (record === undefined) return { rc: invalidHandle }
  const room = world.number(step['bufferBytes'])
  if (room === undefined || step.omit?.includes('size') === true) return { rc: invalidParameter }
  const stream = record.stream(Number(step['field']))
  if (stream === undefined) return { rc: invalidDatatype }
  const position = positions.get(stream) ?? 0
  if (step.omit?.includes('value') === true) return { rc: success, size: stream.size - position }
  let bytes = new Uint8Array()
  const rc = returnCode(() => { bytes = stream.read(position, room) as Uint8Array<ArrayBuffer> })
  positions.set(stream, position + bytes.length)
  if (rc !== success) return { rc, size: 0 }
  return { rc, size: bytes.length, value: Buffer.from(bytes).toString('latin1') }
}
