// Runs one scenario: its steps in order, each looked up among the operations and its results compared with `expect`.
import { matches, shown } from './matcher.ts'
import { operations } from './ops/index.ts'
import { failed, passed, skipped, type Outcome } from './outcome.ts'
import { SkipStep, World, type Found, type Step } from './world.ts'

export interface Scenario {
  readonly id: string
  readonly steps: readonly Step[]
}

/** Passed when every step did what is expected; skipped when an operation is missing, unless a step before it failed. */
export async function runScenario({ id, steps }: Scenario): Promise<Outcome> {
  const world = new World()
  const problems: string[] = []
  let missing: string | undefined
  for (const [index, raw] of steps.entries()) {
    const operation = operations[raw.op]
    if (operation === undefined) {
      missing ??= `operation ${raw.op} is missing`
      continue
    }
    const where = `step ${index + 1} ${raw.op}${raw.src === undefined ? '' : ` (${raw.src})`}`
    try {
      const step = { ...raw, ...world.resolve(argumentsOf(raw)) as object, expect: world.resolve(raw.expect ?? {}) } as Step
      const found = await operation(step, world)
      world.record(raw, found)
      if (missing === undefined) problems.push(...disagreements(step, found, world).map((problem) => `${where}: ${problem}`))
    } catch (error) {
      if (error instanceof SkipStep) missing ??= error.message
      else if (missing === undefined) problems.push(`${where}: ${error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' ') ?? error.message : String(error)}`)
    }
  }
  if (problems.length > 0) return failed(id, problems.slice(0, 20).join('\n    '))
  return missing === undefined ? passed(id) : skipped(id, missing)
}

function argumentsOf(step: Step): Readonly<Record<string, unknown>> {
  const { expect: _expect, out: _out, ...rest } = step
  return rest
}

function disagreements(step: Step, found: Found, world: World): string[] {
  const context = { found, room: world.number(step['bufferChars'] ?? step['bufferBytes']), returned: (label: string, key: string) => world.returned(label, key) }
  return Object.entries(step.expect ?? {}).flatMap(([key, expected]) => {
    const accepted = [expected, ...(step.alsoAccepted?.[key] ?? [])]
    if (accepted.some((one) => matches(found[key], one, context))) return []
    return [`${key}: expected ${accepted.map(shown).join(' or ')}, found ${shownFound(found[key], expected, context)}`]
  })
}

function shownFound(value: unknown, expected: unknown, context: Parameters<typeof matches>[2]): string {
  const judged = value as { disagreement?: (expected: unknown, matches: (a: unknown, b: unknown) => boolean) => unknown } | null | undefined
  return shown(judged?.disagreement ? judged.disagreement(expected, (a, b) => matches(a, b, context)) : value)
}
