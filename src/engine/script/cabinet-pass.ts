// A run of FileCopy operations from one cabinet, or one set of spanned cabinets, in one pass over its data.
// https://learn.microsoft.com/windows/win32/msi/media-table; messages 1311, 1334, 1335, 2356, 2919
import { joinPath, foldCase, FormatError, WindowsError, type ByteSource } from '../../base/index.ts'
import { openCabinet, type Cabinet, type CabinetFile } from '../../cabinet/index.ts'
import type { FileWriter } from '../../platform/index.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { CabinetCopies, CabinetCopy, CabinetSource, WantedCopies } from './cabinet-copies.ts'
import { setOwnAttributes } from './file-change.ts'
import type { ScriptContext } from './handler.ts'
import { asCopyErrors, noteSize, placeCopy } from './operations/file-copy.ts'

export interface CopyEvents {
  starting(copy: CabinetCopy): void
  /** The file stands. */
  copied(copy: CabinetCopy): void
}

/** Opened cabinets of one script, so that a second run of copies does not read the directory again. */
export class CabinetPasses {
  readonly #cabinets = new Map<string, Cabinet>()
  readonly #open: Disposable[] = []

  #checkPresent(cabinet: Cabinet, copies: CabinetCopies, wanted: WantedCopies): void {
    const missing = wanted.missing(foldedNames(cabinet))
    if (missing === undefined) return
    const copy = copies.at(missing)
    throw new CopyProblem(copy, new InstallError(1334, [copy.operation.source.fileKey, copy.operation.source.cabinet]))
  }

  /**
   * Copies in stored order, in steps between which the caller may do other things, or leave off. Nothing that was
   * copied before an error is taken back here: the error says for which operation it is.
   * @throws CopyProblem
   */
  * copy(copies: CabinetCopies, context: ScriptContext, events: CopyEvents): Generator<void, void> {
    const first = copies.first()
    const { source } = first.operation
    const cabinet = problemOf(first, () => this.#cabinet(source, context))
    const wanted = copies.byFile()
    this.#checkPresent(cabinet, copies, wanted)
    let current = first
    let sink: CopySink | undefined
    const ahead = context.platform.decompressAhead
    try {
      yield* cabinet.extractInSteps((file) => {
        const index = wanted.take(foldCase(file.name))
        if (index === undefined) return undefined
        const copy = copies.at(index)
        current = copy
        events.starting(copy)
        sink = new CopySink(copy, file, context, () => { events.copied(copy) })
        return sink
      }, ahead === undefined ? {} : { ahead })
    } catch (error) {
      throw new CopyProblem(current, error instanceof FormatError ? new InstallError(1335, [source.cabinet], { cause: error }) : error)
    } finally {
      sink?.close()
    }
  }

  [Symbol.dispose](): void {
    for (const one of this.#open.splice(0)) one[Symbol.dispose]()
    this.#cabinets.clear()
  }

  #cabinet(source: CabinetSource, context: ScriptContext): Cabinet {
    const id = `${source.cabinet}\0${source.sourceRoot}\0${source.patch ?? ''}`
    const known = this.#cabinets.get(id)
    if (known !== undefined) return known
    if (source.cabinet === '' || source.cabinet === '#') throw new InstallError(2919, [source.fileKey])
    const bytes = this.#bytes(source.cabinet, source, context)
    if (bytes === undefined) {
      throw source.cabinet.startsWith('#') ? new InstallError(2356, [source.cabinet.slice(1)]) : new InstallError(1311, [joinPath(source.sourceRoot, source.cabinet)])
    }
    const embedded = source.cabinet.startsWith('#')
    let last = source.cabinet
    const next = (name: string): ByteSource | undefined => {
      // The Media table has the last word on what the cabinets are called; the name in the cabinet is for want of a row.
      last = context.sources.cabinetAfter?.(last) ?? (embedded ? `#${name}` : name)
      return this.#bytes(last, source, context)
    }
    try {
      const cabinet = openCabinet(bytes, { next })
      this.#cabinets.set(id, cabinet)
      return cabinet
    } catch (error) {
      if (error instanceof FormatError) throw new InstallError(1335, [source.cabinet], { cause: error })
      throw error
    }
  }

  #bytes(cabinet: string, { sourceRoot, patch }: CabinetSource, context: ScriptContext): ByteSource | undefined {
    if (cabinet.startsWith('#')) return context.sources.stream(cabinet.slice(1), patch)
    const file = context.sources.file(joinPath(sourceRoot, cabinet))
    if (file !== undefined) this.#open.push(file)
    return file?.source
  }
}

/** An error, and the operation it concerns. */
export class CopyProblem extends Error {
  override readonly name = 'CopyProblem'
  readonly copy: CabinetCopy

  constructor(copy: CabinetCopy, cause: unknown) {
    super(`copy ${copy.operation.destination}`, { cause })
    this.copy = copy
  }
}

function* foldedNames({ files }: Cabinet): Generator<string, void> {
  for (const { name } of files) yield foldCase(name)
}

function problemOf<T>(copy: CabinetCopy, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw new CopyProblem(copy, error)
  }
}

/** Writes one file of the pass to its waiting place; the file is opened with the first byte. */
class CopySink {
  readonly #copy: CabinetCopy
  readonly #file: CabinetFile
  readonly #context: ScriptContext
  readonly #copied: () => void
  #writer: FileWriter | undefined
  #written = 0

  constructor(copy: CabinetCopy, file: CabinetFile, context: ScriptContext, copied: () => void) {
    this.#copy = copy
    this.#file = file
    this.#context = context
    this.#copied = copied
    noteSize(copy.operation, file.size, context)
  }

  write(chunk: Uint8Array): void {
    asCopyErrors(this.#copy.operation, () => {
      this.#writer ??= this.#context.platform.files.create(this.#copy.image.temporary)
      this.#writer.write(chunk)
    })
    this.#written += chunk.length
  }

  end(): void {
    const { operation, image } = this.#copy
    if (this.#written !== this.#file.size) {
      throw new WindowsError('ERROR_READ_FAULT', `copy ${operation.destination}: expected ${this.#file.size} bytes, found ${this.#written}`)
    }
    asCopyErrors(operation, () => {
      this.#writer ??= this.#context.platform.files.create(image.temporary)
      this.#writer.setTimes({ modifiedMs: this.#file.modifiedMs })
      this.close()
      setOwnAttributes(image, operation.attributes, this.#context)
      placeCopy(operation, image, this.#context)
    })
    this.#copied()
  }

  /** On every path, also when the pass ends in the middle of the file. */
  close(): void {
    const writer = this.#writer
    this.#writer = undefined
    writer?.close()
  }
}
