// What is fuzzed: where inputs come from, how they are damaged, what is done with them.
import type { Random } from './random.ts'
import type { Seed } from './seeds.ts'

export interface Target {
  seeds(): readonly Seed[]
  mutate(seed: Uint8Array, random: Random): Uint8Array
  /** Throws for what must not happen; errors of our families are swallowed by the caller. */
  exercise(bytes: Uint8Array): void | Promise<void>
  /** How many inputs a run of size 1 makes. */
  readonly inputs: number
}
