// A cabinet with one folder that is not compressed, made by hand so that these tests need no writer. [MS-CAB] section 2
import { concatBytes, unixMsToDosTime } from 'msikit/base'

const largestBlock = 32768

export function storedCabinet(files: Readonly<Record<string, Uint8Array>>, modifiedMs: number): Uint8Array {
  const names = Object.keys(files)
  const data = concatBytes(Object.values(files))
  const blocks = Array.from({ length: Math.ceil(data.length / largestBlock) }, (_, index) => {
    const block = data.subarray(index * largestBlock, (index + 1) * largestBlock)
    return concatBytes([number(4, 0), number(2, block.length), number(2, block.length), block])
  })
  const { date, time } = unixMsToDosTime(modifiedMs)
  let offset = 0
  const entries = names.map((name) => {
    const entry = concatBytes([
      number(4, files[name]!.length), number(4, offset), number(2, 0), number(2, date), number(2, time), number(2, 0x20), new TextEncoder().encode(`${name}\0`),
    ])
    offset += files[name]!.length
    return entry
  })
  const entriesAt = 36 + 8
  const dataAt = entriesAt + entries.reduce((sum, entry) => sum + entry.length, 0)
  const size = dataAt + blocks.reduce((sum, block) => sum + block.length, 0)
  return concatBytes([
    new TextEncoder().encode('MSCF'), number(4, 0), number(4, size), number(4, 0), number(4, entriesAt), number(4, 0), number(1, 3), number(1, 1),
    number(2, 1), number(2, names.length), number(2, 0), number(2, 0), number(2, 0),
    number(4, dataAt), number(2, blocks.length), number(2, 0),
    ...entries, ...blocks,
  ])
}

function number(bytes: number, value: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => Math.floor(value / 2 ** (8 * index)) & 0xff)
}
