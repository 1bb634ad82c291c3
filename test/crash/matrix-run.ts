// The crash matrix of a suite of installations: every place of each, divided among as many threads as there are processors,
// and what was tried of it, for the suite to print.
import assert from 'node:assert/strict'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { suites, type SuiteName } from './matrix-suites.ts'
import type { Answer, Size, Task } from './matrix-worker.ts'
import type { MatrixResult, Way } from './package-matrix.ts'

const ways: readonly Way[] = ['killed', 'refused', 'disk full', 'power lost']
/** Places of one task. */
const most = 100

interface Total {
  installations: number
  calls: number
  readonly ways: Readonly<Record<Way, { places: number; tried: number; rolledBack: number; complete: number }>>
}

export class MatrixRun {
  readonly #pool: Pool
  readonly #total = emptyTotal()
  readonly #numbers = new Map<string, number>()
  readonly #lines: string[] = []

  private constructor(suite: SuiteName, names: readonly string[]) {
    this.#pool = new Pool(suite)
    for (const [number, name] of names.entries()) this.#numbers.set(name, number)
    assert.equal(this.#numbers.size, names.length, 'installations of different names')
  }

  static async of(suite: SuiteName): Promise<MatrixRun> {
    return new MatrixRun(suite, (await suites[suite]()).map(({ name }) => name))
  }

  /** Of every installation. */
  get names(): readonly string[] {
    return [...this.#numbers.keys()]
  }

  /** Every place of the installations of these names. */
  async tryAll(title: string, names: readonly string[]): Promise<void> {
    const total = emptyTotal()
    await Promise.all(names.map((name) => this.#tryOne(name, total)))
    add(this.#total, total)
    this.#lines.push(`  ${title}: ${sizeOf(total)}`)
  }

  async #tryOne(name: string, total: Total): Promise<void> {
    const scenario = this.#numbers.get(name)!
    const { calls, places } = sizeIn(await this.#pool.do({ scenario }))
    total.installations++
    total.calls += calls
    await Promise.all(ways.map(async (way) => {
      const parts: Promise<Answer>[] = []
      for (let from = 0; from < places[way]; from += most) parts.push(this.#pool.do({ scenario, part: { way, from, to: Math.min(from + most, places[way]) } }))
      const sum = total.ways[way]
      let tried = 0
      for (const answer of await Promise.all(parts)) {
        const result = resultIn(answer)
        tried += result.tried
        sum.rolledBack += result.rolledBack
        sum.complete += result.complete
      }
      sum.places += places[way]
      sum.tried += tried
      if (way === 'power lost') assert.ok(tried > 0, `${name}: no loss of power was tried`)
      else assert.equal(tried, places[way], `${name}, ${way}: expected every place to be tried`)
    }))
  }

  /** Ends the threads, and prints what they did. @throws AssertionError when an installation was left out */
  async end(): Promise<void> {
    await this.#pool.end()
    console.log(`crash matrix of ${this.#total.installations} installations: ${sizeOf(this.#total)}`)
    for (const line of this.#lines.sort()) console.log(line)
    assert.equal(this.#total.installations, this.#numbers.size, 'installations that were tried')
  }
}

function none(): Total['ways'][Way] {
  return { places: 0, tried: 0, rolledBack: 0, complete: 0 }
}

function emptyTotal(): Total {
  return { installations: 0, calls: 0, ways: { killed: none(), refused: none(), 'disk full': none(), 'power lost': none() } }
}

function add(to: Total, one: Total): void {
  to.installations += one.installations
  to.calls += one.calls
  for (const way of ways) for (const name of ['places', 'tried', 'rolledBack', 'complete'] as const) to.ways[way][name] += one.ways[way][name]
}

function sizeOf({ installations, calls, ways: tried }: Total): string {
  return `${installations} installations, ${calls} calls; ${ways.map((way) => `${way}: ${tried[way].tried} states, ${tried[way].rolledBack} rolled back, ${tried[way].complete} complete`).join('; ')}`
}

function sizeIn(answer: Answer): Size {
  if ('size' in answer) return answer.size
  assert.fail('error' in answer ? answer.error : 'expected a size')
}

function resultIn(answer: Answer): MatrixResult {
  if ('result' in answer) return answer.result
  assert.fail('error' in answer ? answer.error : 'expected a result')
}

interface Waiting {
  readonly task: Task
  readonly answered: (answer: Answer) => void
}

/** Threads, and tasks that wait for one. The parts of an installation go before other installations: whoever has just watched it tries them. */
class Pool {
  readonly #suite: SuiteName
  readonly #parts: Waiting[] = []
  readonly #others: Waiting[] = []
  readonly #idle: Worker[] = []
  readonly #workers: Worker[] = []

  constructor(suite: SuiteName) {
    this.#suite = suite
  }

  do(task: Task): Promise<Answer> {
    return new Promise((answered) => {
      (task.part === undefined ? this.#others : this.#parts).push({ task, answered })
      // Those that are added together are there before one is taken.
      setImmediate(() => { this.#next() })
    })
  }

  async end(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.terminate()))
  }

  #next(): void {
    while (this.#parts.length + this.#others.length > 0) {
      const worker = this.#idle.pop() ?? this.#started()
      if (worker === undefined) return
      const { task, answered } = this.#parts.shift() ?? this.#others.shift()!
      const finish = (answer: Answer): void => {
        worker.off('message', finished).off('error', died)
        answered(answer)
        setImmediate(() => { this.#next() })
      }
      const finished = (answer: Answer): void => {
        this.#idle.push(worker)
        finish(answer)
      }
      const died = (error: Error): void => {
        this.#workers.splice(this.#workers.indexOf(worker), 1)
        finish({ error: `the thread ended: ${error.stack ?? error.message}` })
      }
      worker.on('message', finished).on('error', died)
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node.js, not a window
      worker.postMessage(task)
    }
  }

  #started(): Worker | undefined {
    if (this.#workers.length >= availableParallelism()) return undefined
    const worker = new Worker(join(import.meta.dirname, 'matrix-worker.js'), { workerData: this.#suite, resourceLimits: { maxYoungGenerationSizeMb: 192 } })
    this.#workers.push(worker)
    return worker
  }
}
