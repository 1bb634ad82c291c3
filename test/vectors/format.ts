// Replays format.json: MsiFormatRecord(package or none, record) into a buffer of a given size.
import { errorCodes, sameName } from 'msikit/base'
import { formatRecord, type FormatSession } from 'msikit/expression'
import { failed, passed, type Outcome } from './outcome.ts'

export interface FormatVector {
  readonly id: string
  readonly package: boolean
  readonly props?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  /** Present and null: no record at all. */
  readonly record?: null
  readonly fieldCount: number
  readonly fields: Readonly<Record<string, string | number>>
  readonly buffer: boolean
  readonly bufferChars: number | null
  readonly expected: Readonly<Record<'rc' | 'value' | 'size', unknown>>
  readonly alsoAccepted?: Readonly<Record<string, readonly unknown[]>>
}

export interface FormatFile {
  readonly vectors: readonly FormatVector[]
}

export function runFormats(file: FormatFile): Outcome[] {
  return file.vectors.map(runVector)
}

function runVector(vector: FormatVector): Outcome {
  const found = msiFormatRecord(vector)
  const wrong = Object.entries(vector.expected).filter(([key, expected]) => {
    const accepted = [expected, ...(vector.alsoAccepted?.[key] ?? [])]
    return !accepted.some((one) => matches(found[key as keyof typeof found], one, vector))
  })
  return wrong.length === 0 ? passed(vector.id)
    : failed(vector.id, `${JSON.stringify(vector.fields[0])}: expected ${JSON.stringify(vector.expected)}, found ${JSON.stringify(found)}`)
}

function matches(found: unknown, expected: unknown, vector: FormatVector): boolean {
  if (typeof expected !== 'object' || expected === null) return found === expected
  if ('unchanged' in expected) return found === undefined || found === vector.bufferChars
  if ('cString' in expected) return typeof found === 'string' && found.split('\0')[0] === expected.cString
  return false
}

/** The buffer protocol of the API around our function, which knows no buffers. */
function msiFormatRecord(vector: FormatVector): { rc: number; value?: string; size?: number } {
  if (vector.record === null) return { rc: errorCodes.ERROR_INVALID_HANDLE }
  if (vector.buffer && vector.bufferChars === null) return { rc: errorCodes.ERROR_INVALID_PARAMETER }
  const fields = Array.from({ length: vector.fieldCount + 1 }, (_, index) => vector.fields[index])
  const text = formatRecord(fields, vector.package ? sessionOf(vector) : undefined)
  const room = vector.bufferChars
  if (!vector.buffer) return room === null ? { rc: 0 } : { rc: 0, size: text.length }
  if (text.length < room!) return { rc: 0, value: text, size: text.length }
  return { rc: errorCodes.ERROR_MORE_DATA, size: text.length, ...(room! > 0 ? { value: text.slice(0, room! - 1) } : {}) }
}

function sessionOf({ props, env }: FormatVector): FormatSession {
  return {
    property: (name) => props?.[name] ?? '',
    environment: (name) => Object.entries(env ?? {}).find(([one]) => sameName(one, name))?.[1] ?? '',
  }
}
