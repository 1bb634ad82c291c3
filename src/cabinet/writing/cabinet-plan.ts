// The files of a cabinet to be written as one run of bytes, divided into folders. Positions count over all files.
import { unixMsToDosTime, WindowsError } from '../../base/index.ts'
import { fileAttributes, maximumBlockBytes } from '../structures.ts'
import type { CabinetInput } from './write-options.ts'

/** CFFOLDER counts blocks in 16 bits. */
const maximumFolderBytes = 0xffff * maximumBlockBytes

export interface PlannedFile {
  readonly input: CabinetInput
  /** Encoded, without NUL. */
  readonly name: Uint8Array
  readonly date: number
  readonly time: number
  readonly attributes: number
  /** Position of the first byte. */
  readonly start: number
  readonly end: number
}

/** What stands in CFFILE for it. */
export function entryBytes(file: PlannedFile): number {
  return 17 + file.name.length
}

export class CabinetPlan {
  readonly files: readonly PlannedFile[]
  /** Index of the first file of each folder. */
  readonly folderStarts: readonly number[]
  readonly #block = new Uint8Array(maximumBlockBytes)

  /** @param mostFiles what may be in one cabinet, when there is only one */
  constructor(inputs: readonly CabinetInput[], mostFiles: number) {
    if (inputs.length > mostFiles) throw refused('number of files', `at most ${mostFiles}`, `${inputs.length}`)
    const files: PlannedFile[] = []
    const folderStarts: number[] = []
    let position = 0
    let folderStart = 0
    for (const [index, input] of inputs.entries()) {
      const { size } = input.source
      if (size > maximumFolderBytes) throw refused(`size of ${JSON.stringify(input.name)}`, `at most ${maximumFolderBytes} bytes`, `${size}`)
      if (index === 0 || input.newFolder === true || position + size - folderStart > maximumFolderBytes) {
        folderStarts.push(index)
        folderStart = position
      }
      files.push(planFile(input, position))
      position += size
    }
    this.files = files
    this.folderStarts = folderStarts
  }

  /** Position after the last file before `fileIndex`. */
  startOf(fileIndex: number): number {
    return this.files[fileIndex]?.start ?? this.files.at(-1)?.end ?? 0
  }

  /**
   * At most 32 KiB from `position`, which lies in the file `fileIndex`, up to `end`. Valid until the next call.
   * @throws WindowsError ERROR_READ_FAULT when a source gives fewer bytes than its size says.
   */
  read(fileIndex: number, position: number, end: number): Uint8Array {
    const length = Math.min(maximumBlockBytes, end - position)
    for (let filled = 0; filled < length;) {
      const file = this.files[fileIndex]!
      const wanted = Math.min(length - filled, file.end - position)
      if (wanted > 0) {
        const bytes = file.input.source.read(position - file.start, wanted)
        if (bytes.length !== wanted) {
          throw new WindowsError('ERROR_READ_FAULT', `cabinet file ${JSON.stringify(file.input.name)}: expected ${file.input.source.size} bytes, found fewer`)
        }
        if (wanted === length) return bytes
        this.#block.set(bytes, filled)
        filled += wanted
        position += wanted
      }
      fileIndex++
    }
    return this.#block.subarray(0, length)
  }
}

function planFile(input: CabinetInput, start: number): PlannedFile {
  const name = encodeName(input.name, 'file name')
  const { date, time } = unixMsToDosTime(input.modifiedMs ?? 0)
  const given = input.attributes ?? { archive: true }
  let attributes = name.some((byte) => byte >= 0x80) ? fileAttributes.utf8Name : 0
  for (const key of ['readOnly', 'hidden', 'system', 'archive', 'execute'] as const) if (given[key] === true) attributes |= fileAttributes[key]
  return { input, name, date, time, attributes, start, end: start + input.source.size }
}

/** @throws WindowsError ERROR_INVALID_PARAMETER */
export function encodeName(name: string, what: string): Uint8Array {
  const bytes = new TextEncoder().encode(name)
  if (bytes.length === 0 || bytes.length > 255 || bytes.includes(0)) throw refused(what, '1 to 255 bytes without NUL', JSON.stringify(name))
  return bytes
}

export function refused(what: string, expected: string, found: string): WindowsError {
  return new WindowsError('ERROR_INVALID_PARAMETER', `cabinet, ${what}: expected ${expected}, found ${found}`)
}
