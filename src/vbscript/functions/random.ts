// Rnd and Randomize: a linear congruential generator of 24 bits that starts the same way in every script.
// https://learn.microsoft.com/previous-versions/f7s023d2(v=vs.85) (Rnd); the constants are in Q231847
const modulus = 0x1000000

export class RandomNumbers {
  #state = 327680

  /** Above 0 (or left out) the next number, 0 the last one again, below 0 the one that belongs to that number. */
  next(argument: number | undefined): number {
    if (argument !== undefined && argument < 0) this.#state = seedOf(argument)
    if (argument === undefined || argument !== 0) this.#state = (Math.imul(this.#state, 1140671485) + 12820163) & (modulus - 1)
    return Math.fround(this.#state / modulus)
  }

  /** Mixes the number into the middle of the state. */
  randomize(seed: number): void {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, seed, true)
    const high = view.getUint32(4, true)
    const mixed = ((high & 0xffff) ^ (high >>> 16)) << 8
    this.#state = (this.#state & 0xff0000ff) | (mixed & 0x00ffff00)
  }
}

function seedOf(argument: number): number {
  const view = new DataView(new ArrayBuffer(4))
  view.setFloat32(0, argument, true)
  const bits = view.getUint32(0, true)
  return (bits + (bits >>> 24)) & (modulus - 1)
}
