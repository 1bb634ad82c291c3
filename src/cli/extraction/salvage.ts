// Takes what is whole out of one cabinet: what is damaged or missing costs the files that it holds, and no others.
import { WindowsError } from '../../base/index.ts'
import type { Cabinet, CabinetFile, CabinetFileSink, DecoderMemory } from '../../cabinet/index.ts'
import { OutputError } from '../program/errors.ts'

/** Takes a file's bytes; `abandon` comes instead of `end` when they are not whole. */
export interface TargetFile extends CabinetFileSink {
  abandon?(): void
}

export interface SalvageMeans<Target> {
  /** The target of a file that is wanted and was not asked for before. */
  claim(file: CabinetFile): Target | undefined
  open(target: Target, modifiedMs: number): TargetFile
  /** Runs what reads the cabinet, and tells of errors where they happened. */
  within<T>(read: () => T): T
  /** Told of each file that could not be taken. */
  failed(target: Target, error: WindowsError): void
  readonly decoders?: DecoderMemory | undefined
}

export function salvage<Target>(cabinet: Cabinet, means: SalvageMeans<Target>): void {
  const run = new SalvageRun(cabinet, means)
  while (!run.extract());
}

class SalvageRun<Target> {
  readonly #cabinet: Cabinet
  readonly #means: SalvageMeans<Target>
  /** Folders of the cabinet whose data are damaged. */
  readonly #damaged = new Set<number>()
  #file: CabinetFile | undefined
  #target: Target | undefined
  #sink: TargetFile | undefined
  /** One for all files: one is open at a time. */
  readonly #current: CabinetFileSink = {
    write: (chunk) => { this.#sink!.write(chunk) },
    end: () => {
      const sink = this.#sink!
      this.#file = undefined
      sink.end?.()
    },
  }

  constructor(cabinet: Cabinet, means: SalvageMeans<Target>) {
    this.#cabinet = cabinet
    this.#means = means
  }

  /** @returns whether all was done; otherwise the damage is left out the next time */
  extract(): boolean {
    const { decoders } = this.#means
    try {
      this.#means.within(() => { this.#cabinet.extract((file) => this.#select(file), { unsafeNames: 'skip', ...decoders === undefined ? {} : { decoders } }) })
      return true
    } catch (error) {
      const file = this.#file
      this.#file = undefined
      if (file !== undefined) this.#sink!.abandon?.()
      const problem = survivable(error)
      if (file === undefined) throw error
      this.#means.failed(this.#target!, problem)
      if (!isAboutOneFile(problem)) this.#giveUpFolder(file.folder, problem)
      return false
    }
  }

  #giveUpFolder(folder: number, problem: WindowsError): void {
    this.#damaged.add(folder)
    for (const file of this.#cabinet.files) {
      const target = file.folder === folder ? this.#means.claim(file) : undefined
      if (target !== undefined) this.#means.failed(target, problem)
    }
  }

  #select(file: CabinetFile): CabinetFileSink | undefined {
    const target = this.#damaged.has(file.folder) ? undefined : this.#means.claim(file)
    if (target === undefined) return undefined
    this.#sink = this.#means.open(target, file.modifiedMs)
    this.#target = target
    this.#file = file
    return this.#current
  }
}

/** What the file system says of the output, such as that the disk is full, ends everything. */
export function survivable(error: unknown): WindowsError {
  if (error instanceof WindowsError && !(error instanceof OutputError)) return error
  throw error
}

/** The cabinet's list is wrong about it, or it runs over into a cabinet that is missing: others may be whole. */
function isAboutOneFile({ cause }: WindowsError): boolean {
  const problem = (cause as { problem?: { structure: string; field?: string } } | undefined)?.problem
  return problem !== undefined && (problem.structure === 'cabinet file' || (problem.structure === 'cabinet folder' && problem.field?.startsWith('data of') === true))
}
