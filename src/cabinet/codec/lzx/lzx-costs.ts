// What the symbols of LZX cost, in sixteenths of a bit, as the frames before suggest: older ones count half as much.
import { positionSlotCount } from './lzx-tables.ts'

const bit = 16

export class LzxCosts {
  readonly main: Int32Array
  readonly length = new Int32Array(249)
  /** Of the three lowest bits of an offset. */
  readonly aligned = new Int32Array(8).fill(3 * bit)
  readonly #main: Float64Array
  readonly #length = new Float64Array(249)
  readonly #aligned = new Float64Array(8)

  constructor(windowBits: number) {
    const symbols = 256 + 8 * positionSlotCount(windowBits)
    this.#main = new Float64Array(symbols)
    this.main = Int32Array.from({ length: symbols }, (_, symbol) => (symbol < 256 ? 8 : 9) * bit)
    this.length.fill(7 * bit)
  }

  /** @param aligned all zero when the frame's block does not code the lowest bits by a tree. */
  learn(main: Uint32Array, length: Uint32Array, aligned: Uint32Array): void {
    update(this.#main, main, this.main)
    update(this.#length, length, this.length)
    update(this.#aligned, aligned, this.aligned)
  }
}

function update(memory: Float64Array, frequencies: Uint32Array, costs: Int32Array): void {
  let total = 0
  for (let symbol = 0; symbol < memory.length; symbol++) total += memory[symbol] = memory[symbol]! / 2 + frequencies[symbol]!
  // What has not occurred is possible, but dear.
  const least = 0.3
  const scale = Math.log2(total + least * memory.length)
  for (let symbol = 0; symbol < memory.length; symbol++) costs[symbol] = Math.max(bit / 2, Math.round((scale - Math.log2(memory[symbol]! + least)) * bit))
}
