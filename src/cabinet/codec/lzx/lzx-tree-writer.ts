// How the code lengths of a tree are sent: as differences to those of the block before, with runs of zeros and of equal
// lengths, themselves coded with a tree of 20 symbols. [MS-PATCH] section 2.5.
import { canonicalCodes, codeLengths } from '../code-lengths.ts'
import type { LzxBitWriter } from './lzx-bit-writer.ts'

const preSymbols = 20

export interface LengthPlan {
  readonly bits: number
  write(output: LzxBitWriter): void
}


/** Plans sending `now` from `from` to before `to`, where the reader has `before`. */
export function planLengths(before: Uint8Array, now: Uint8Array, from: number, to: number): LengthPlan {
  // Symbol, value of its extra bits, their number; a run of equal lengths is followed by its difference.
  const codes: number[] = []
  const counts = new Uint32Array(preSymbols)
  const add = (symbol: number, extra: number, extraBits: number): void => {
    codes.push(symbol, extra, extraBits)
    counts[symbol]!++
  }
  for (let index = from; index < to;) {
    const value = now[index]!
    let run = 1
    while (index + run < to && now[index + run] === value) run++
    const difference = (before[index]! + 17 - value) % 17
    if (value === 0 && run >= 20) add(18, (run = Math.min(run, 51)) - 20, 5)
    else if (value === 0 && run >= 4) add(17, (run = Math.min(run, 19)) - 4, 4)
    else if (run >= 4 && !sameAsBefore(before, now, index, run)) {
      add(19, (run = Math.min(run, 5)) - 4, 1)
      add(difference, 0, 0)
    } else {
      add(difference, 0, 0)
      run = 1
    }
    index += run
  }
  const lengths = codeLengths(counts, 15)
  let bits = preSymbols * 4
  for (let at = 0; at < codes.length; at += 3) bits += lengths[codes[at]!]! + codes[at + 2]!
  return { bits, write: (output) => writeLengths(output, codes, lengths) }
}

/** Single differences of zero are cheaper than a run. */
function sameAsBefore(before: Uint8Array, now: Uint8Array, index: number, run: number): boolean {
  for (let at = index; at < index + Math.min(run, 5); at++) if (before[at] !== now[at]) return false
  return true
}

function writeLengths(output: LzxBitWriter, codes: readonly number[], lengths: Uint8Array): void {
  const table = canonicalCodes(lengths)
  for (const length of lengths) output.put(length, 4)
  for (let at = 0; at < codes.length; at += 3) {
    const symbol = codes[at]!
    output.put(table[symbol]!, lengths[symbol]!)
    if (codes[at + 2]! > 0) output.put(codes[at + 1]!, codes[at + 2]!)
  }
}
