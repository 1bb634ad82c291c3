// A thread of the crash matrix: watches scenarios and strikes them where it is told. It keeps the scenario of its last task,
// as the next one is likely to be another part of the same.
import { parentPort, workerData } from 'node:worker_threads'
import { suites, type SuiteName } from './matrix-suites.ts'
import { placesOf, strike, watch, type MatrixResult, type Places, type WatchedScenario, type Way } from './package-matrix.ts'

export interface Task {
  readonly scenario: number
  /** Absent: how large the scenario is. */
  readonly part?: Places & { readonly way: Way }
}

export interface Size {
  /** Changing calls. */
  readonly calls: number
  readonly places: Readonly<Record<Way, number>>
}

export type Answer = { readonly size: Size } | { readonly result: MatrixResult } | { readonly error: string }

const scenarios = await suites[workerData as SuiteName]()
let last: { readonly number: number; readonly watched: WatchedScenario } | undefined

async function watchedScenario(number: number): Promise<WatchedScenario> {
  if (last?.number !== number) last = { number, watched: await watch(scenarios[number]!) }
  return last.watched
}

async function answer({ scenario, part }: Task): Promise<Answer> {
  try {
    const watched = await watchedScenario(scenario)
    if (part !== undefined) return { result: await strike(watched, part.way, part) }
    const count = (way: Way): number => placesOf(watched, way)
    return { size: { calls: watched.calls.length, places: { killed: count('killed'), refused: count('refused'), 'disk full': count('disk full'), 'power lost': count('power lost') } } }
  } catch (error) {
    return { error: error instanceof Error ? error.stack ?? error.message : String(error) }
  }
}

parentPort!.on('message', (task: Task) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node.js, not a window
  void answer(task).then((one) => { parentPort!.postMessage(one) })
})
