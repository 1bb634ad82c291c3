// Arrays: up to 60 dimensions, each from 0 to its upper bound. They are values: an assignment copies them.
// https://learn.microsoft.com/previous-versions/xt5yf09d(v=vs.85) (Dim statement), ReDim, Erase
import { scriptError } from './script-error.ts'
import { VariantNumber, VariantType, type Variant } from './variant.ts'

/** Cells of one array. */
const mostCells = 1 << 23
const mostDimensions = 60

export class VariantArray {
  /** Upper bound of each dimension; no dimension: declared with empty parentheses and never dimensioned. */
  bounds: readonly number[]
  /** Row after row, the last dimension fastest. */
  cells: Variant[]
  /** Dimensioned by Dim: ReDim cannot change it, and Erase empties its cells only. */
  readonly isFixed: boolean

  constructor(bounds: readonly number[], cells?: Variant[], isFixed = false) {
    this.bounds = bounds
    this.cells = cells ?? Array.from<Variant>({ length: cellCount(bounds) })
    this.isFixed = isFixed
  }

  static of(items: readonly Variant[]): VariantArray {
    return new VariantArray([items.length - 1], [...items])
  }

  /** @throws ScriptError 9 */
  cellAt(indices: readonly number[]): number {
    const { bounds } = this
    if (indices.length !== bounds.length || bounds.length === 0) throw scriptError(9)
    let cell = 0
    for (const [dimension, index] of indices.entries()) {
      const bound = bounds[dimension]!
      if (index < 0 || index > bound) throw scriptError(9, `[number: ${index}]`)
      cell = cell * (bound + 1) + index
    }
    return cell
  }

  /** The cells as For Each gives them: the first dimension fastest. */
  inOrder(): Variant[] {
    if (this.bounds.length < 2) return this.cells.slice()
    const at = this.bounds.map(() => 0)
    return this.cells.map(() => {
      const cell = this.cells[this.cellAt(at)]
      for (let dimension = 0; dimension < at.length && ++at[dimension]! > this.bounds[dimension]!; dimension++) at[dimension] = 0
      return cell
    })
  }

  /** Deep: arrays in cells are copied too. */
  copy(): VariantArray {
    return new VariantArray(this.bounds, this.cells.map((cell) => cell instanceof VariantArray ? cell.copy() : cell))
  }

  /** With Preserve only the last bound may change. */
  resize(bounds: readonly number[], preserve: boolean): void {
    if (this.isFixed) throw scriptError(10)
    const fresh = Array.from<Variant>({ length: cellCount(bounds) })
    if (preserve && this.bounds.length > 0) {
      if (bounds.length !== this.bounds.length || bounds.some((bound, at) => at < bounds.length - 1 && bound !== this.bounds[at])) throw scriptError(9)
      const before = this.bounds.at(-1)! + 1
      const after = bounds.at(-1)! + 1
      const rows = before === 0 ? 0 : this.cells.length / before
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < Math.min(before, after); column++) fresh[row * after + column] = this.cells[row * before + column]
      }
    }
    this.bounds = bounds
    this.cells = fresh
  }

  erase(): void {
    if (this.isFixed) this.cells.fill(undefined)
    else {
      this.bounds = []
      this.cells = []
    }
  }
}

function cellCount(bounds: readonly number[]): number {
  if (bounds.length > mostDimensions) throw scriptError(9)
  let count = bounds.length === 0 ? 0 : 1
  for (const bound of bounds) {
    // -1 is an array without elements.
    if (bound < -1) throw scriptError(9)
    count *= bound + 1
    if (count > mostCells) throw scriptError(7)
  }
  return count
}

/** What automation hands over as bytes: `Byte()`. */
export function byteArray(bytes: Uint8Array): VariantArray {
  return VariantArray.of([...bytes].map((byte) => new VariantNumber(VariantType.byte, byte)))
}
