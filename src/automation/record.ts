// The Record object. https://learn.microsoft.com/windows/win32/msi/record-object
import { bytesSource, readAll, WindowsError, type ByteSource } from '../base/index.ts'
import { formatRecord } from '../expression/index.ts'
import { Record } from '../sql/index.ts'
import { indexed, isGiven, isObject, long, members, method, property, scriptError, toLong, toText, type MemberTable, type Variant } from '../vbscript/index.ts'
import { decodeAnsi } from './ansi.ts'
import { AutomationObject, type LastError } from './automation-object.ts'
import type { FilesPort } from './ports.ts'

/** msiDatabaseNullInteger. */
const nullInteger = -2147483648

export class RecordObject extends AutomationObject {
  readonly typeName = 'Record'
  readonly members: MemberTable<never> = table
  readonly record: Record
  readonly #files: FilesPort | undefined
  /** How far each stream was read. */
  readonly #read = new Map<number, number>()

  constructor(record: Record, files: FilesPort | undefined, lastError: LastError) {
    super(lastError)
    this.record = record
    this.#files = files
  }

  /** Field 0 and all others, as formatting takes them. */
  fields(): (string | number | null)[] {
    return Array.from({ length: this.record.fieldCount + 1 }, (_, at) => {
      const cell = this.record.cell(at)
      return typeof cell === 'object' ? null : cell
    })
  }

  setText(field: number, value: Variant): void {
    this.record.set(field, isGiven(value) ? toText(value) : null)
  }

  setInteger(field: number, value: number): void {
    this.record.set(field, value === nullInteger ? null : value)
  }

  setStream(field: number, path: string): void {
    this.#read.delete(field)
    if (path === '') return this.record.set(field, null)
    if (this.#files === undefined) throw scriptError(445, 'SetStream')
    return this.record.set(field, bytesSource(readAll(this.#files.read(path))))
  }

  /** The next bytes of a stream; fewer at its end. */
  readStream(field: number, length: number, format: number): Variant {
    const stream = this.record.stream(field)
    if (stream === undefined) return undefined
    const from = this.#read.get(field) ?? 0
    const bytes = take(stream, from, length)
    this.#read.set(field, from + bytes.length)
    switch (format) {
      case 0:
        if (length < 1 || length > 4) throw scriptError(5)
        return long(bytes.reduce((sum, byte, at) => sum | byte << (8 * at), 0))
      case 1: return [...bytes].map((byte) => String.fromCharCode(byte)).join('')
      case 2: return decodeAnsi(bytes)
      case 3: return Array.from({ length: bytes.length >> 1 }, (_, at) => String.fromCharCode(bytes[2 * at]! | bytes[2 * at + 1]! << 8)).join('')
      default: throw scriptError(5)
    }
  }

  dataSize(field: number): number {
    const cell = this.record.cell(field)
    if (cell === null) return 0
    if (typeof cell === 'object') return cell.size
    return typeof cell === 'number' ? 4 : cell.length
  }
}

function take(stream: ByteSource, from: number, length: number): Uint8Array {
  if (length < 0) throw scriptError(5)
  return stream.read(Math.min(from, stream.size), Math.min(length, Math.max(0, stream.size - from)))
}

const stringData = indexed<RecordObject>(1, (self, field) => self.record.text(toLong(field)), (self, value, field) => { self.setText(toLong(field), value) })
const table = members<RecordObject>({
  '': stringData, StringData: stringData,
  IntegerData: indexed(1, (self, field) => long(self.record.integer(toLong(field)) ?? nullInteger), (self, value, field) => { self.setInteger(toLong(field), toLong(value)) }),
  FieldCount: property((self) => long(self.record.fieldCount)),
  IsNull: indexed(1, (self, field) => self.record.isNull(toLong(field))),
  DataSize: indexed(1, (self, field) => long(self.dataSize(toLong(field)))),
  ClearData: method(0, (self) => void self.record.clear()),
  FormatText: method(0, (self) => formatRecord(self.fields())),
  SetStream: method(2, (self, field, path) => void self.setStream(toLong(field), toText(path))),
  ReadStream: method(3, (self, field, length, format) => self.readStream(toLong(field), toLong(length), toLong(format))),
})

/** @throws ScriptError 13 for what is no record */
export function recordOf(value: Variant): RecordObject {
  if (isObject(value) && value instanceof RecordObject) return value
  throw scriptError(13)
}

/** @throws WindowsError ERROR_INVALID_PARAMETER */
export function createRecord(count: number): Record {
  if (count < 0) throw new WindowsError('ERROR_INVALID_PARAMETER', `record: expected 0 or more fields, found ${count}`)
  return new Record(count)
}
