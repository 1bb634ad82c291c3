// Opens a cabinet, and with it the following cabinets of its set.
// [MS-CAB]. Cabinets inside larger files (self-extractors) are not searched for; signatures are not verified.
import { Findings, FormatError, type ByteSource, type Finding } from '../../base/index.ts'
import { readDirectory, type CabinetLink } from './cabinet-directory.ts'
import type { CabinetFile } from './cabinet-file.ts'
import { joinSet, type CabinetFolder, type SetMember } from './cabinet-set.ts'
import { extractAll, extractSet, type ExtractOptions, type SelectFile } from './extract.ts'
import type { CabinetFileList } from './file-list.ts'

export interface OpenCabinetOptions {
  /**
   * Gives the following cabinets of a set when they are needed: all of them are opened at once.
   * Without it, or when it returns nothing, files that run over into the next cabinet can be listed but not extracted.
   */
  readonly next?: (name: string, diskLabel: string) => ByteSource | undefined
  /** Throw on what could be survived. */
  readonly strict?: boolean
  /** Code page of names that are not UTF-8; 1252 when absent. */
  readonly codePage?: number
}

export interface Cabinet {
  /** In stored order, each file of the set once. */
  readonly files: readonly CabinetFile[]
  /** The same without an object for each. */
  readonly list: CabinetFileList
  readonly folders: readonly CabinetFolder[]
  readonly setId: number
  /** The cabinet's place in its set, from 0. */
  readonly index: number
  readonly previousCabinet: CabinetLink | undefined
  /** The cabinet that follows in the set, whether or not it was opened with this one. */
  readonly nextCabinet: CabinetLink | undefined
  /** The header's reserve area, empty in most cabinets. */
  readonly reserve: Uint8Array
  readonly findings: readonly Finding[]
  /**
   * Decompresses in one pass. `select` is asked for each file in the order of their data, shortly before it is reached,
   * so at most one sink is open at a time; a folder is decoded only as far as its last wanted file.
   * @throws FormatError when data are malformed, or in a cabinet of the set that was not given (ERROR_OPEN_FAILED).
   */
  extract(select: SelectFile, options?: ExtractOptions): void
  /** The same in steps of a data block, 32 KiB, for callers that have other things to do meanwhile; it may be left off anywhere. */
  extractInSteps(select: SelectFile, options?: ExtractOptions): Generator<void, void>
}

/**
 * Opens a cabinet.
 * @throws FormatError when header, folders or files cannot be read.
 */
export function openCabinet(source: ByteSource, options: OpenCabinetOptions = {}): Cabinet {
  const findings = new Findings(options.strict)
  const ansi = options.codePage ?? 1252
  const members: SetMember[] = [{ source, directory: readDirectory(source, findings, ansi) }]
  for (let last = members[0]!; last.directory.next !== undefined && options.next !== undefined; last = members.at(-1)!) {
    const { name, diskLabel } = last.directory.next
    const nextSource = options.next(name, diskLabel)
    if (nextSource === undefined) {
      findings.report({ id: 'cabinet-missing', structure: 'cabinet set', field: 'next cabinet', expected: JSON.stringify(name), found: 'no such cabinet given' })
      break
    }
    const member = { source: nextSource, directory: readDirectory(nextSource, findings, ansi) }
    checkFollows(last, member, name)
    members.push(member)
  }
  const set = joinSet(members, findings)
  const { header, reserve, previous, next } = members[0]!.directory
  return {
    get files() { return set.files.files },
    list: set.files, folders: set.folders, setId: header.setId, index: header.index, reserve,
    previousCabinet: previous, nextCabinet: next, findings: findings.list,
    extract: (select, extractOptions) => extractAll(set, select, extractOptions),
    extractInSteps: (select, extractOptions = {}) => extractSet(set, select, extractOptions),
  }
}

/** The index must grow by one: so a set that names itself comes to an end. */
function checkFollows(last: SetMember, next: SetMember, name: string): void {
  const { setId, index } = last.directory.header
  const found = next.directory.header
  if (found.setId !== setId || found.index !== index + 1) {
    throw new FormatError({ structure: 'cabinet set', field: `next cabinet ${JSON.stringify(name)}`,
      expected: `cabinet ${index + 1} of set ${setId}`, found: `cabinet ${found.index} of set ${found.setId}` })
  }
}
