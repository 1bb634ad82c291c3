// Inputs by number: the same in every run with the same seed and the same corpus.
import { Random } from './random.ts'
import type { Seed } from './seeds.ts'
import { target as targetNamed } from './targets.ts'

const seedsOf = new Map<string, readonly Seed[]>()

export function makeInput(target: string, seed: number, number: number): Seed {
  const random = new Random(seed * 1_000_003 + number)
  const { seeds, mutate } = targetNamed(target)
  const known = seedsOf.get(target) ?? seeds()
  seedsOf.set(target, known)
  const { name, bytes } = random.pick(known)
  return { name, bytes: mutate(bytes, random) }
}
