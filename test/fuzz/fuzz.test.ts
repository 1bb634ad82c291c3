// Bounded fuzzing: `npm run test:fuzz`. Damaged cabinets, compound files and packages are opened, read, planned and
// installed; so are the other formats and languages. Only our own families of errors may come out, nothing may take long
// or much memory, nothing may appear outside of a root.
// A run of MSIKIT_FUZZ_SIZE (1) makes the same inputs every time, over 100,000 of them; MSIKIT_FUZZ_SEED (1) chooses
// others. What is found is written to the temporary folder, to be kept in test/fuzz/kept as <target>-<what>.bin, which
// is replayed every time.
import { strict as assert } from 'node:assert'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { repository } from '../shared.ts'
import { makeInput } from './inputs.ts'
import { targets } from './targets.ts'
import type { WorkerMessage, WorkerTask } from './worker.ts'

const size = Number(process.env['MSIKIT_FUZZ_SIZE'] ?? 1)
const seed = Number(process.env['MSIKIT_FUZZ_SEED'] ?? 1)
/** What one input may take: generous, because the machine may be busy. */
const inputLimitMs = 20_000
/** What the process may hold at any moment, in bytes: a run without hostile input stays near 400 MiB. */
const residentLimit = 1 << 30
const keptFolder = join(repository, 'test/fuzz/kept')
const kept = readdirSync(keptFolder).filter((name) => name.endsWith('.bin')).sort()

interface Find {
  readonly input: number
  readonly error: string
}

for (const [name, { inputs }] of Object.entries(targets)) {
  const mine = kept.filter((file) => file.replace(/-[^-]*\.bin$/, '') === name)
  test(`${name}: what was found before stays fixed`, { skip: mine.length === 0 ? 'nothing kept' : false }, async () => {
    const bytesKept = mine.map((file) => ({ name: file, bytes: new Uint8Array(readFileSync(join(keptFolder, file))) }))
    const { finds } = await run({ target: name, seed, from: 0, kept: bytesKept, until: 0 })
    assert.deepEqual(finds.map((find) => `${mine[find.input]}: ${find.error}`), [])
  })

  test(`${name}: damaged input is refused or read`, async (context) => {
    const finds: Find[] = []
    const until = Math.ceil(inputs * size)
    for (let from = 0; from < until && finds.length < 10;) {
      const result = await run({ target: name, seed, from, until })
      finds.push(...result.finds)
      from = result.next
    }
    context.diagnostic(`${until} inputs with seed ${seed}`)
    assert.deepEqual(distinct(finds).map((find) => report(name, find)), [])
  })
}

for (const [what, message] of [['hang', /^took more than 500 ms/], ['mistake', /^TypeError: a mistake/], ['memory', /^ended the thread: .*memory/]] as const) {
  test(`a ${what} would be seen`, async () => {
    const { finds } = await run({ target: what, seed, from: 0, until: 1 }, what === 'hang' ? 500 : inputLimitMs, 128)
    assert.match(finds[0]!.error, message)
  })
}

/** Runs a worker until its time is over, or until one input has taken too long: that one is a find too. */
function run(task: Omit<WorkerTask, 'progress'>, limitMs = inputLimitMs, memoryMib = 768): Promise<{ finds: Find[]; next: number }> {
  const progress = new SharedArrayBuffer(8)
  const state = new Int32Array(progress)
  const finds: Find[] = []
  return new Promise((resolve) => {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { ...task, progress }, resourceLimits: { maxOldGenerationSizeMb: memoryMib } })
    let current = -1
    let since = performance.now()
    const finish = (next: number): void => {
      clearInterval(watch)
      void worker.terminate().then(() => { resolve({ finds, next }) })
    }
    const watch = setInterval(() => {
      const input = Atomics.load(state, 0)
      if (input !== current || Atomics.load(state, 1) === 0) [current, since] = [input, performance.now()]
      const problem = performance.now() - since >= limitMs ? `took more than ${limitMs} ms`
        : process.memoryUsage.rss() > residentLimit ? `the process holds more than ${residentLimit >> 20} MiB` : undefined
      if (problem === undefined) return
      finds.push({ input, error: problem })
      finish(input + 1)
    }, 100)
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'find') finds.push(message)
      else finish(task.from + message.inputs)
    })
    worker.on('error', (error) => {
      const input = Atomics.load(state, 0)
      finds.push({ input, error: `ended the thread: ${error instanceof Error ? error.stack ?? error.message : String(error)}` })
      finish(input + 1)
    })
  })
}

/** One of each place. */
function distinct(finds: readonly Find[]): Find[] {
  const places = new Map(finds.map((find) => [find.error.split('\n').slice(0, 3).join('\n').replaceAll(/\d+/g, '#'), find]))
  return [...places.values()]
}

function report(target: string, find: Find): string {
  const { name, bytes } = makeInput(target, seed, find.input)
  const path = join(tmpdir(), `${target}-seed${seed}input${find.input}.bin`)
  writeFileSync(path, bytes)
  return `input ${find.input}, from ${name}, in ${path}: ${find.error}`
}
