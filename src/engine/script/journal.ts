// The journal of a transaction: what is about to happen, with the before-images, written ahead of it.
// `C:\Config.Msi\<hex>.rbs`, continued in `<hex>.1.rbs`, … by whoever resumes it. Lines of UTF-8 text: a CRC-32 in
// eight hexadecimal digits, a space, a JSON object. A torn or foreign line ends what counts. docs/design/journal.md
import { joinPath, readAll } from '../../base/index.ts'
import type { FileSystem, FileWriter, Platform, ProcessIdentity } from '../../platform/index.ts'
import { backupFolder, backupFolderName, createBackupFolder } from './backups.ts'
import { crc32 } from './crc32.ts'
import type { AnyOperation } from './handler.ts'

export interface JournalHeader {
  readonly record: 'begin'
  readonly version: 1
  readonly productCode: string
  readonly productName: string
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedMs: number
  readonly owner: ProcessIdentity
}

export type JournalRecord =
  | JournalHeader
  /** Written before the operation is applied. */
  | { readonly record: 'pending'; readonly sequence: number; readonly operation: AnyOperation; readonly image: unknown }
  /** This operation, and all before it, happened. Tells a reader how far it went; nothing depends on it. */
  | { readonly record: 'done'; readonly sequence: number }
  /** Registry changes may be on disk from here on. */
  | { readonly record: 'flushing' }
  /** Nothing is taken back any more, even if it fails. */
  | { readonly record: 'rollback-disabled' }
  | { readonly record: 'rolling-back' }
  /** This operation, and all after it, have been taken back as far as files are concerned. */
  | { readonly record: 'undone'; readonly sequence: number }
  /** The point of no return. */
  | { readonly record: 'committing' }

export class Journal {
  /** `<hex>` of its name. */
  readonly name: string
  readonly #writer: FileWriter
  readonly #durable: boolean
  readonly #files: FileSystem
  readonly #folder: string
  readonly #encoder = new TextEncoder()
  #unsynced = false
  #closed = false
  #entered = false

  private constructor(platform: Platform, name: string, path: string, durable: boolean) {
    this.name = name
    this.#files = platform.files
    this.#folder = journalFolder(platform)
    this.#writer = platform.files.create(path)
    this.#durable = durable
  }

  static begin(platform: Platform, name: string, header: JournalHeader, durable: boolean): Journal {
    createBackupFolder(platform.files, journalFolder(platform))
    const journal = new Journal(platform, name, journalPath(platform, name, 0), durable)
    journal.append(header)
    return journal
  }

  /** Another process, or another attempt, continues a journal in a file of its own: what is written stays untouched. */
  static resume(platform: Platform, found: FoundJournal, durable: boolean): Journal {
    return new Journal(platform, found.name, journalPath(platform, found.name, found.parts.length), durable)
  }

  append(...records: readonly JournalRecord[]): void {
    let text = ''
    for (const record of records) {
      const json = JSON.stringify(record, (_key, value: unknown) => typeof value === 'bigint' ? { $bigint: String(value) } : value)
      text += `${crc32(this.#encoder.encode(json)).toString(16).padStart(8, '0')} ${json}\n`
    }
    this.#writer.write(this.#encoder.encode(text))
    this.#unsynced = true
  }

  /** Everything appended is durable afterwards. */
  sync(): void {
    if (!this.#unsynced) return
    this.#unsynced = false
    if (!this.#durable) return
    this.#writer.sync()
    if (this.#entered) return
    this.#files.syncDirectory(this.#folder)
    this.#entered = true
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#writer.close()
  }
}

export interface FoundJournal {
  readonly name: string
  /** Paths of its files, in order. */
  readonly parts: readonly string[]
  /** Undefined when not even the first line is whole: nothing had happened then. */
  readonly header: JournalHeader | undefined
  readonly records: readonly JournalRecord[]
  /** Whether the last line of a part is torn or does not add up. */
  readonly torn: boolean
}

/** Journals that a root holds: none, unless an installation is running or was interrupted. */
export function findJournals(platform: Platform): FoundJournal[] {
  const folder = journalFolder(platform)
  if (platform.files.stat(folder)?.kind !== 'directory') return []
  const parts = new Map<string, { part: number; path: string }[]>()
  for (const file of platform.files.list(folder)) {
    const match = /^([0-9a-f]+)(?:\.(\d{1,6}))?\.rbs$/i.exec(file)
    if (match === null) continue
    const name = match[1]!
    parts.set(name, [...parts.get(name) ?? [], { part: Number(match[2] ?? 0), path: joinPath(folder, file) }])
  }
  return [...parts].map(([name, found]) => readJournal(platform.files, name, found.sort((a, b) => a.part - b.part).map(({ path }) => path)))
}

export function removeJournal(files: FileSystem, journal: Pick<FoundJournal, 'parts'>): void {
  // The first part goes last: while it is there, the others mean something.
  for (const path of journal.parts.toReversed()) files.removeFile(path)
}

export function journalPaths(platform: Platform, name: string): string[] {
  return findJournals(platform).find((found) => found.name === name)?.parts.slice() ?? []
}

function readJournal(files: FileSystem, name: string, parts: readonly string[]): FoundJournal {
  const records: JournalRecord[] = []
  let torn = false
  for (const path of parts) {
    using file = files.open(path)
    const lines = new TextDecoder().decode(readAll(file)).split('\n')
    if (lines.pop() !== '') torn = true
    for (const line of lines) {
      const record = parseLine(line)
      if (record === undefined) {
        torn = true
        break
      }
      records.push(record)
    }
  }
  const [header] = records
  return { name, parts, header: header?.record === 'begin' ? header : undefined, records, torn }
}

function parseLine(line: string): JournalRecord | undefined {
  const json = line.slice(9)
  if (line[8] !== ' ' || crc32(new TextEncoder().encode(json)) !== Number.parseInt(line.slice(0, 8), 16)) return undefined
  return JSON.parse(json, (_key, value: unknown) => isBigInt(value) ? BigInt(value.$bigint) : value) as JournalRecord
}

function isBigInt(value: unknown): value is { $bigint: string } {
  return typeof value === 'object' && value !== null && '$bigint' in value && typeof value.$bigint === 'string'
}

function journalFolder(platform: Platform): string {
  const drive = platform.machine.environment.SYSTEMDRIVE ?? platform.files.drives()[0] ?? 'C:'
  return /^[A-Za-z]:/.test(drive) ? backupFolder(drive) : `C:\\${backupFolderName}`
}

function journalPath(platform: Platform, name: string, part: number): string {
  return joinPath(journalFolder(platform), part === 0 ? `${name}.rbs` : `${name}.${part}.rbs`)
}
