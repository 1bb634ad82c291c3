// A run of journalled FileCopy operations that one pass over a cabinet serves, taken from the steps of the transaction one by one: there
// may be as many as a cabinet has files.
import { foldCase } from '../../base/index.ts'
import type { ScriptContext } from './handler.ts'
import type { FileCopy, FileCopyImage } from './operations/file-copy.ts'
import type { Steps, UndoStep } from './steps.ts'

export type CabinetSource = Extract<FileCopy['source'], { kind: 'cabinet' }>

export interface CabinetCopy extends UndoStep {
  readonly context: ScriptContext
  readonly operation: FileCopy & { readonly source: CabinetSource }
  readonly image: FileCopyImage
  /** In its run. */
  readonly index: number
}

export class CabinetCopies {
  readonly length: number
  readonly #steps: Steps<ScriptContext>
  readonly #start: number
  readonly #finished: Uint8Array
  #left: number

  /** The run that begins at this step: empty where that is no copy from a cabinet. */
  constructor(steps: Steps<ScriptContext>, start: number, end: number) {
    this.#steps = steps
    this.#start = start
    this.length = runLength(steps, start, end)
    this.#finished = new Uint8Array(this.length)
    this.#left = this.length
  }

  get left(): number {
    return this.#left
  }

  at(index: number): CabinetCopy {
    const { sequence, operation, image, ticks, data, context } = this.#steps.other(this.#start + index)
    return { sequence, operation, image, ticks, data, context, index } as CabinetCopy
  }

  /** Those that are left, by the name of the file in the cabinet. */
  byFile(): WantedCopies {
    const wanted = new WantedCopies()
    for (let index = 0; index < this.length; index++) if (this.#finished[index] === 0) wanted.add(foldCase(this.at(index).operation.source.fileKey), index)
    return wanted
  }

  /** The first that is left. */
  first(): CabinetCopy {
    return this.at(this.#finished.indexOf(0))
  }

  /** Copied, or left out. */
  finish({ index }: CabinetCopy): void {
    this.#finished[index] = 1
    this.#left--
  }
}

/** Numbers of copies by folded names; a cabinet may have a name more than once, and so may a script. */
export class WantedCopies {
  readonly #first = new Map<string, number>()
  readonly #more = new Map<string, number[]>()

  add(name: string, index: number): void {
    if (!this.#first.has(name)) this.#first.set(name, index)
    else this.#more.set(name, [...this.#more.get(name) ?? [], index])
  }

  /** The next one of the name, which is not wanted any more then. */
  take(name: string): number | undefined {
    const index = this.#first.get(name)
    if (index === undefined) return undefined
    const next = this.#more.get(name)?.shift()
    if (next === undefined) this.#first.delete(name)
    else this.#first.set(name, next)
    return index
  }

  /** The first that none of the names is for. */
  missing(names: Iterable<string>): number | undefined {
    const met = new Map<string, number>()
    const unmet = new Set(this.#first.keys())
    for (const name of names) {
      unmet.delete(name)
      if (this.#more.has(name)) met.set(name, (met.get(name) ?? 0) + 1)
    }
    for (const [name, more] of this.#more) if (!unmet.has(name) && met.get(name)! <= more.length) unmet.add(name)
    for (const [name, index] of this.#first) if (unmet.has(name)) return met.has(name) ? this.#more.get(name)![met.get(name)! - 1] : index
    return undefined
  }
}

function runLength(steps: Steps<ScriptContext>, start: number, end: number): number {
  const first = steps.other(start)
  if (first.operation.op !== 'FileCopy' || first.operation.source.kind !== 'cabinet') return 0
  let at = start + 1
  for (; at < end; at++) {
    const { operation } = steps.other(at)
    if (operation.op !== 'FileCopy' || !isSameCabinet(first.operation.source, operation.source)) break
  }
  return at - start
}

function isSameCabinet(a: CabinetSource, b: FileCopy['source']): boolean {
  return b.kind === 'cabinet' && a.cabinet === b.cabinet && a.sourceRoot === b.sourceRoot && a.patch === b.patch
}
