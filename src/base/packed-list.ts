// A long list of plain data (what JSON can say, numbers of any size too) in a fraction of the memory that objects take. Values
// are encoded in blocks: the shape of an object by its number, of a string what differs from the start of the last one in the
// same place. Read in either direction a block is decoded once; each reading of a long list makes new objects.
import { BlockReader, BlockWriter, Shapes, type Block } from './packed-block.ts'

const blockLength = 64
/** Most lists are no longer than so many blocks, and gone through several times: all of it stays decoded. Of a longer one, a block. */
const mostDecoded = 8

export class PackedList<T> {
  readonly #shapes = new Shapes()
  /** Full blocks; those that were released are gone. */
  readonly #blocks: (Block | undefined)[] = []
  /** The rest, as it is. */
  #open: T[] = []
  /** By block. */
  readonly #decoded = new Map<number, readonly T[]>()

  get length(): number {
    return this.#blocks.length * blockLength + this.#open.length
  }

  /** The value may be kept for a while: it must not change afterwards. */
  push(value: T): void {
    this.#open.push(value)
    if (this.#open.length < blockLength) return
    this.#blocks.push(new BlockWriter(this.#shapes).write(this.#open))
    this.#open = []
  }

  /** `undefined` beyond the end, and of what was released. */
  at(index: number): T | undefined {
    const block = Math.floor(index / blockLength)
    if (block >= this.#blocks.length) return this.#open[index - this.#blocks.length * blockLength]
    return this.#values(block)[index % blockLength]
  }

  * [Symbol.iterator](): Generator<T, void> {
    for (let index = 0; index < this.length; index++) {
      const value = this.at(index)
      if (value !== undefined) yield value
    }
  }

  /** The last one first. */
  * backwards(): Generator<T, void> {
    for (let index = this.length - 1; index >= 0; index--) {
      const value = this.at(index)
      if (value !== undefined) yield value
    }
  }

  /** Drops the values from this length on. */
  truncate(length: number): void {
    if (length >= this.length) return
    const block = Math.floor(length / blockLength)
    const kept = block < this.#blocks.length ? this.#values(block) : this.#open
    this.#open = kept.slice(0, length - block * blockLength)
    this.#blocks.length = Math.min(block, this.#blocks.length)
    this.#decoded.clear()
  }

  /** Values before the index are not read any more: gives back what can be. */
  release(index: number): void {
    for (let block = Math.floor(index / blockLength) - 1; block >= 0 && this.#blocks[block] !== undefined; block--) {
      this.#blocks[block] = undefined
      this.#decoded.delete(block)
    }
  }

  #values(block: number): readonly T[] {
    const known = this.#decoded.get(block)
    if (known !== undefined) return known
    const packed = this.#blocks[block]
    const values = packed === undefined ? [] : new BlockReader(packed, this.#shapes).read(blockLength) as T[]
    if (this.#blocks.length > mostDecoded) this.#decoded.clear()
    this.#decoded.set(block, values)
    return values
  }
}
