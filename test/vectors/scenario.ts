// Runs scenarios: steps in order, each looked up among the operations and its results compared with `expect`. The
// entry points of the scenarios' custom action library are steps too, and run when an installation calls them.
import type { LibraryCall } from 'msikit/engine'
import { matches, shown } from './matcher.ts'
import { operations } from './ops/index.ts'
import { registerItself } from './ops/machine.ts'
import { prepareAnswer } from './ops/messages.ts'
import { failed, passed, skipped, type Outcome } from './outcome.ts'
import { SkipStep, World, type Found, type Step } from './world.ts'

export interface Scenario {
  readonly id: string
  readonly steps: readonly Step[]
}

/** An entry point of the library. */
export interface EntryPoint {
  readonly steps?: readonly Step[]
  readonly parts?: Readonly<Record<string, { readonly steps: readonly Step[] }>>
  /** The property whose value it returns. */
  readonly returnsUnsignedOfProperty?: string
  /** What it does, where nobody wrote steps of it. */
  readonly note?: string
}

/** Sees every step with its values put in, and the world before it. */
export type BeforeStep = (step: Step, world: World) => void

export type CustomLibrary = Readonly<Record<string, EntryPoint>>

/** Passed when every step did what is expected; skipped when an operation is missing, unless a step before it failed. */
export async function runScenario({ id, steps }: Scenario, library: CustomLibrary = {}, beforeStep: BeforeStep = () => {}): Promise<Outcome> {
  const run = new ScenarioRun(library, beforeStep)
  await run.steps(steps, '')
  if (run.problems.length > 0) return failed(id, run.problems.slice(0, 20).join('\n    '))
  return run.missing === undefined ? passed(id) : skipped(id, run.missing)
}

class ScenarioRun {
  readonly problems: string[] = []
  /** The first operation that is missing: nothing is compared after it. */
  missing: string | undefined
  readonly #world: World
  readonly #library: CustomLibrary

  readonly #beforeStep: BeforeStep

  constructor(library: CustomLibrary, beforeStep: BeforeStep) {
    this.#library = library
    this.#beforeStep = beforeStep
    this.#world = new World((call) => this.#entryPoint(call))
  }

  /** @param within Where the steps are called from, for what is reported of them. */
  async steps(steps: readonly Step[], within: string): Promise<void> {
    for (const [index, step] of steps.entries()) {
      // What a step with a constraint that was not parsed returned is taken as 0 in those that follow upon it.
      const isGuess = steps.slice(0, index).some((before) => 'unparsed' in before && before.op === step.op)
      await this.#step(isGuess ? { ...step, expect: {} } : step, `${within}step ${index + 1} ${step.op}${step.src === undefined ? '' : ` (${step.src})`}`)
    }
  }

  async #step(raw: Step, where: string): Promise<void> {
    const operation = operations[raw.op]
    if (operation === undefined) {
      this.missing ??= `operation ${raw.op} is missing`
      return
    }
    const world = this.#world
    try {
      const step = { ...raw, ...world.resolve(argumentsOf(raw)) as object, expect: world.resolve(raw.expect ?? {}) } as Step
      this.#beforeStep(step, world)
      prepareAnswer(step, world)
      const found = await operation(step, world)
      world.record(raw, found)
      if (this.missing === undefined) this.problems.push(...disagreements(step, found, world).map((problem) => `${where}: ${problem}`))
    } catch (error) {
      if (error instanceof SkipStep) {
        if (!error.isHarmless) this.missing ??= error.message
      }
      else if (this.missing === undefined) this.problems.push(`${where}: ${error instanceof Error ? error.stack?.split('\n').slice(0, 4).join(' ') ?? error.message : String(error)}`)
    }
  }

  /** What an entry point returns; `undefined` for one that is not known. */
  async #entryPoint(call: LibraryCall): Promise<number | undefined> {
    const { action, entryPoint, session } = call
    const entry = this.#library[entryPoint]
    if (entry === undefined) return registerItself(this.#world, call)
    const parts = Object.values(entry.parts ?? {}).map((part) => part.steps)
    for (const steps of [entry.steps ?? [], ...parts]) await this.#world.inside(session, () => this.steps(steps, `${action} → `))
    return entry.returnsUnsignedOfProperty === undefined ? 0 : Number(session.property(entry.returnsUnsignedOfProperty)) >>> 0
  }
}

function argumentsOf(step: Step): Readonly<Record<string, unknown>> {
  const { expect: _expect, out: _out, ...rest } = step
  return rest
}

function disagreements(step: Step, found: Found, world: World): string[] {
  return Object.entries(step.expect ?? {}).flatMap(([key, expected]) => {
    const room = world.number(step[key]) ?? world.number(step['bufferChars'] ?? step['bufferBytes'])
    const context = { found, room, returned: (label: string, name: string) => world.returned(label, name) }
    const accepted = [expected, ...(step.alsoAccepted?.[key] ?? [])]
    if (accepted.some((one) => matches(found[key], one, context))) return []
    const logged = step.op.startsWith('MsiInstall') || step.op.startsWith('MsiConfigure') ? world.lastProblem() : ''
    return [`${key}: expected ${accepted.map(shown).join(' or ')}, found ${shownFound(found[key], expected, context)}${logged}`]
  })
}

function shownFound(value: unknown, expected: unknown, context: Parameters<typeof matches>[2]): string {
  const judged = value as { disagreement?: (expected: unknown, matches: (a: unknown, b: unknown) => boolean) => unknown } | null | undefined
  return shown(judged?.disagreement ? judged.disagreement(expected, (a, b) => matches(a, b, context)) : value)
}
