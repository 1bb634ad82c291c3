// Who compresses what the writers ask for. A writer is a generator: it yields the block it needs next and is given the
// compressed one. So the same writers serve callers that wait for each block and those that have many in work at once.
import { createFolderEncoder, mszipBlock, type EncodeBlock, type EncoderOptions } from '../codec/folder-encoder.ts'
import { maximumBlockBytes } from '../structures.ts'
import type { CabinetPlan } from './cabinet-plan.ts'
import type { AsyncDeflateBlock } from './write-options.ts'

/** Positions count over all files, as in {@link CabinetPlan}. */
export interface BlockRequest {
  /** The block begins a folder: nothing before it may be referred to. */
  readonly isFirst: boolean
  /** The file that has the first byte. */
  readonly file: number
  readonly position: number
  readonly end: number
  /** Up to here the blocks that follow may be compressed ahead. */
  readonly folderEnd: number
}

export type Steps<Result> = Generator<BlockRequest, Result, Uint8Array>

export function runSteps<Result>(plan: CabinetPlan, steps: Steps<Result>, options: EncoderOptions): Result {
  let encode: EncodeBlock | undefined
  let step = steps.next()
  while (step.done !== true) {
    const { isFirst, file, position, end } = step.value
    if (isFirst || encode === undefined) encode = createFolderEncoder(options)
    step = steps.next(encode(plan.read(file, position, end)))
  }
  return step.value
}

/** MSZIP with up to `blocksInWork` blocks compressed at once: each needs no more than the plain bytes before it. */
export async function runStepsAsync<Result>(plan: CabinetPlan, steps: Steps<Result>, deflate: AsyncDeflateBlock, blocksInWork: number): Promise<Result> {
  let ahead: BlocksAhead | undefined
  let step = steps.next()
  while (step.done !== true) {
    const request: BlockRequest = step.value
    if (request.isFirst || ahead === undefined) ahead = new BlocksAhead(plan, request, deflate, blocksInWork)
    step = steps.next(await ahead.take(request))
  }
  return step.value
}

interface BlockInWork {
  readonly file: number
  readonly position: number
  readonly end: number
  readonly history: Uint8Array
  readonly result: Promise<Uint8Array>
}

/** The blocks of one folder that are being compressed before they are asked for. */
class BlocksAhead {
  readonly #plan: CabinetPlan
  readonly #deflate: AsyncDeflateBlock
  readonly #most: number
  #queue: BlockInWork[] = []
  #file: number
  #position: number
  #history = new Uint8Array(0)

  constructor(plan: CabinetPlan, { file, position }: BlockRequest, deflate: AsyncDeflateBlock, most: number) {
    this.#plan = plan
    this.#deflate = deflate
    this.#most = most
    this.#file = file
    this.#position = position
  }

  /** The blocks of a folder are all full but the last, which may turn out to be shorter than was thought. */
  async take({ end, folderEnd }: BlockRequest): Promise<Uint8Array> {
    while (this.#queue.length < this.#most && this.#position < folderEnd) this.#begin(folderEnd)
    const first = this.#queue.shift()!
    if (first.end === end) return first.result
    this.#queue = []
    return this.#compress(first.file, first.position, end, first.history).result
  }

  #begin(folderEnd: number): void {
    while (this.#plan.files[this.#file]!.end <= this.#position) this.#file++
    const end = Math.min(this.#position + maximumBlockBytes, folderEnd)
    const { block, result } = this.#compress(this.#file, this.#position, end, this.#history)
    // Whoever takes it is told of a failure.
    result.catch(() => {})
    this.#queue.push({ file: this.#file, position: this.#position, end, history: this.#history, result })
    this.#history = block
    this.#position = end
  }

  #compress(file: number, position: number, end: number, history: Uint8Array): { block: Uint8Array<ArrayBuffer>; result: Promise<Uint8Array> } {
    const block = new Uint8Array(this.#plan.read(file, position, end))
    return { block, result: this.#deflate(block, history).then((stream) => mszipBlock(block, stream)) }
  }
}
