// The four ways to fail of the crash matrix of packages, with what was tried of each, for the suites to print.
import { failEverywhere, killEverywhere, losePowerAt, type MatrixResult } from './package-matrix.ts'
import type { CrashScenario } from './package-scenarios.ts'

interface Way {
  readonly title: string
  /** States that are tried of one installation. */
  readonly most: number
  readonly run: (scenario: CrashScenario, most: number) => Promise<MatrixResult>
}

const isFull = process.env['MSIKIT_CRASH'] === 'full'
const ways: readonly Way[] = [
  { title: 'killed', most: 250, run: killEverywhere },
  { title: 'refused', most: 24, run: (scenario, most) => failEverywhere(scenario, 'throws', most) },
  { title: 'disk full', most: 24, run: (scenario, most) => failEverywhere(scenario, 'disk full', most) },
  { title: 'power lost', most: 20, run: losePowerAt },
]

export class MatrixRun {
  readonly #name: string
  readonly #totals = new Map(ways.map(({ title }) => [title, { calls: 0, tried: 0, rolledBack: 0, complete: 0 }]))
  #scenarios = 0

  constructor(name: string) {
    this.#name = name
  }

  /** Where an installation leaves more states than fit into the time of the suite, as many as do, evenly; MSIKIT_CRASH=full tries every one. */
  async tryAll(scenarios: readonly CrashScenario[]): Promise<void> {
    for (const scenario of scenarios) {
      this.#scenarios++
      for (const { title, most, run } of ways) {
        const result = await run(scenario, isFull ? Number.POSITIVE_INFINITY : Math.ceil(most * (scenario.share ?? 1)))
        const total = this.#totals.get(title)!
        for (const name of ['calls', 'tried', 'rolledBack', 'complete'] as const) total[name] += result[name]
      }
    }
  }

  print(): void {
    console.log(`crash matrix of ${this.#name}: ${this.#scenarios} installations${isFull ? '' : '; MSIKIT_CRASH=full tries every call'}`)
    for (const [title, { calls, tried, rolledBack, complete }] of this.#totals) {
      console.log(`  ${title}: ${calls} calls, ${tried} states tried, ${rolledBack} rolled back, ${complete} complete`)
    }
  }
}
