// Makes and exercises inputs in a thread of its own, which the test ends when one takes too long or too much memory.
import { parentPort, workerData } from 'node:worker_threads'
import { makeInput } from './inputs.ts'
import { isExpected, target } from './targets.ts'

export interface WorkerTask {
  readonly target: string
  readonly seed: number
  /** Number of the first input; the worker goes on to the last, or does this list and stops. */
  readonly from: number
  readonly kept?: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  /** Word 0: number of the input in work. Word 1: 1 while one is. */
  readonly progress: SharedArrayBuffer
  /** Number after the last input. */
  readonly until: number
}

export type WorkerMessage =
  | { readonly kind: 'find'; readonly input: number; readonly error: string }
  | { readonly kind: 'done'; readonly inputs: number }

function send(message: WorkerMessage): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node.js, not a window
  parentPort!.postMessage(message)
}

async function work(task: WorkerTask): Promise<void> {
  const progress = new Int32Array(task.progress)
  const { exercise } = target(task.target)
  let number = task.from
  for (; number < (task.kept?.length ?? task.until); number++) {
    const { bytes } = task.kept?.[number] ?? makeInput(task.target, task.seed, number)
    Atomics.store(progress, 0, number)
    Atomics.store(progress, 1, 1)
    try {
      await exercise(bytes)
    } catch (error) {
      if (!isExpected(error)) send({ kind: 'find', input: number, error: error instanceof Error ? error.stack ?? error.message : String(error) })
    }
    Atomics.store(progress, 1, 0)
  }
  send({ kind: 'done', inputs: number - task.from })
}

if (parentPort !== null) await work(workerData as WorkerTask)
