// Names of streams in a database's root storage. Compound files allow 31 UTF-16 units, table names are longer: two
// characters of [0-9A-Za-z._] share one unit, and the streams of tables bear a mark in front.
// Names that begin with U+0005 (property sets, signatures) stand as they are.

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._'
const pairBase = 0x3800
const singleBase = 0x4800
const tableMark = 0x4840

export interface StreamName {
  readonly name: string
  /** The stream holds the rows of the table `name`, or is a part of the string pool. */
  readonly table: boolean
}

export function encodeStreamName({ name, table }: StreamName): string {
  if (!table && name.startsWith('\u0005')) return name
  let encoded = table ? String.fromCharCode(tableMark) : ''
  for (let index = 0; index < name.length; index++) {
    const first = digit(name.charCodeAt(index))
    if (first < 0) {
      encoded += name[index]
      continue
    }
    const second = index + 1 < name.length ? digit(name.charCodeAt(index + 1)) : -1
    if (second < 0) encoded += String.fromCharCode(singleBase + first)
    else {
      encoded += String.fromCharCode(pairBase + first + (second << 6))
      index++
    }
  }
  return encoded
}

/** Never fails: units outside the encoded ranges stand for themselves. */
export function decodeStreamName(encoded: string): StreamName {
  const table = encoded.charCodeAt(0) === tableMark
  let name = ''
  for (let index = table ? 1 : 0; index < encoded.length; index++) {
    const unit = encoded.charCodeAt(index)
    if (unit >= pairBase && unit < singleBase) {
      name += alphabet[unit & 0x3f]! + alphabet[(unit - pairBase) >> 6]!
    } else if (unit >= singleBase && unit < tableMark) name += alphabet[unit - singleBase]!
    else name += encoded[index]
  }
  return { name, table }
}

function digit(unit: number): number {
  if (unit >= 48 && unit <= 57) return unit - 48
  if (unit >= 65 && unit <= 90) return unit - 55
  if (unit >= 97 && unit <= 122) return unit - 61
  return unit === 46 ? 62 : unit === 95 ? 63 : -1
}
