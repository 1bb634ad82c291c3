// Random numbers from a seed, so that every input of a run can be made again from its number.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
    this.below(2)
  }

  /** An integer from 0 to before `limit`. */
  below(limit: number): number {
    // SplitMix: near seeds give unrelated numbers.
    this.#state = this.#state + 0x9e3779b9 >>> 0
    let value = this.#state
    value = Math.imul(value ^ value >>> 16, 0x85ebca6b)
    value = Math.imul(value ^ value >>> 13, 0xc2b2ae35)
    return ((value ^ value >>> 16) >>> 0) % Math.max(1, limit)
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!
  }

  chance(percent: number): boolean {
    return this.below(100) < percent
  }
}
