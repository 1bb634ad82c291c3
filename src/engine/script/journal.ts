// The journal of a transaction: what is about to happen, with the before-images, written ahead of it.
// `C:\Config.Msi\<hex>.rbs`, continued in `<hex>.1.rbs`, … by whoever resumes it. Lines of UTF-8 text: a CRC-32 in
// eight hexadecimal digits, a space, a JSON object. A torn or foreign line ends what counts. docs/design/journal.md
import { joinPath, parentPath, readAll } from '../../base/index.ts'
import type { FileSystem, FileWriter, Platform, ProcessIdentity } from '../../platform/index.ts'
import { backupFolder, backupFolderName, createBackupFolder, removeBackupFolder } from './backups.ts'
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

export interface FolderState {
  readonly folder: string
  readonly modifiedMs: number
  readonly createdMs: number
}

export type JournalRecord =
  | JournalHeader
  /** The root of a drive before a folder for backups is made in it. */
  | { readonly record: 'root'; readonly root: FolderState }
  /** Written before the operation is applied. */
  | { readonly record: 'pending'; readonly sequence: number; readonly operation: AnyOperation; readonly image: unknown }
  /** This operation, and all before it, happened. Tells a reader how far it went; nothing depends on it. */
  | { readonly record: 'done'; readonly sequence: number }
  /** Registry changes may be on disk from here on. */
  | { readonly record: 'flushing' }
  /** Nothing is taken back any more, even if it fails. */
  | { readonly record: 'rollback-disabled' }
  | { readonly record: 'rolling-back' }
  /** This operation, one on files or outside, has been taken back. */
  | { readonly record: 'undone'; readonly sequence: number }
  /** The point of no return. */
  | { readonly record: 'committing' }

/** Bytes of records that may wait. */
const mostWaiting = 1 << 18

export class Journal {
  /** `<hex>` of its name. */
  readonly name: string
  /** Roots of drives as they were before a folder for backups was made in them. */
  readonly roots: FolderState[]
  readonly #durable: boolean
  readonly #files: FileSystem
  readonly #folder: string
  readonly #pathOf: (part: number) => string
  #part: number
  #writer: FileWriter
  readonly #encoder = new TextEncoder()
  #buffer = new Uint8Array(1 << 14)
  /** Bytes of the buffer that were not written yet. */
  #waiting = 0
  /** A write has failed: nobody knows what this part ends with, and readers stop there. */
  #spoiled = false
  /** Something of this part counts. */
  #partCounts = false
  #unsynced = false
  #closed = false
  #entered = false

  private constructor(platform: Platform, name: string, roots: readonly FolderState[], part: number, durable: boolean) {
    this.name = name
    this.roots = [...roots]
    this.#files = platform.files
    this.#folder = journalFolder(platform)
    this.#pathOf = (one) => journalPath(platform, name, one)
    this.#part = part
    this.#writer = platform.files.create(this.#pathOf(part))
    this.#durable = durable
  }

  static begin(platform: Platform, name: string, product: Pick<JournalHeader, 'productCode' | 'productName'>, durable: boolean): Journal {
    const { files, clock, processes } = platform
    const folder = journalFolder(platform)
    const roots = rootState(files, folder)
    let journal: Journal | undefined
    try {
      createBackupFolder(files, folder)
      journal = new Journal(platform, name, roots, 0, durable)
      journal.append({
        record: 'begin', version: 1, productCode: product.productCode, productName: product.productName,
        startedMs: clock.now(), owner: processes.self(),
      }, ...roots.map((root) => ({ record: 'root' as const, root })))
      journal.#write()
      return journal
    } catch (error) {
      journal?.close()
      quietly(() => { forgetJournal(platform, { name, roots }, { restoreRoots: true }) })
      throw error
    }
  }

  /** Another process, or another attempt, continues a journal in a file of its own: what is written stays untouched. */
  static resume(platform: Platform, found: FoundJournal, durable: boolean): Journal {
    return new Journal(platform, found.name, found.roots, found.parts.length, durable)
  }

  /** Makes a folder for backups on another drive. */
  makeBackupFolder(folder: string): void {
    const roots = rootState(this.#files, folder)
    if (roots.length > 0) {
      this.append(...roots.map((root) => ({ record: 'root' as const, root })))
      this.sync()
      this.roots.push(...roots)
    }
    if (!createBackupFolder(this.#files, folder) || !this.#durable) return
    this.#files.syncDirectory(parentPath(folder)!)
  }

  append(...records: readonly JournalRecord[]): void {
    this.#unsynced = true
    for (const record of records) {
      this.#enter(jsonOf(record))
      if (this.#waiting > mostWaiting) this.#write()
    }
  }

  /** A line behind those that wait: CRC-32, space, JSON, line feed. */
  #enter(json: string): void {
    const most = this.#waiting + 10 + json.length * 3
    if (most > this.#buffer.length) {
      const larger = new Uint8Array(most * 2)
      larger.set(this.#buffer.subarray(0, this.#waiting))
      this.#buffer = larger
    }
    const buffer = this.#buffer
    const start = this.#waiting + 9
    const end = start + this.#encoder.encodeInto(json, buffer.subarray(start)).written
    const sum = crc32(buffer, start, end)
    for (let digit = 0; digit < 8; digit++) buffer[this.#waiting + digit] = hexDigits.charCodeAt(sum >>> 28 - digit * 4 & 15)
    buffer[start - 1] = 0x20
    buffer[end] = 0x0a
    this.#waiting = end + 1
  }

  /** Nothing depends on a record before its sync: thousands of registry changes are written at once. */
  #write(): void {
    if (this.#waiting === 0) return
    if (this.#spoiled) this.#startPart()
    this.#spoiled = true
    this.#writer.write(this.#buffer.subarray(0, this.#waiting))
    this.#spoiled = false
    this.#partCounts = true
    this.#waiting = 0
  }

  /** Records that the spoiled part may hold already are written again: readers know them by their numbers. */
  #startPart(): void {
    if (this.#durable) this.#writer.sync()
    const part = this.#partCounts ? this.#part + 1 : this.#part
    const next = this.#files.create(this.#pathOf(part))
    this.#writer.close()
    this.#writer = next
    this.#part = part
    this.#partCounts = false
    this.#entered = false
  }

  /** Everything appended is durable afterwards. */
  sync(): void {
    this.#write()
    if (!this.#unsynced) return
    this.#unsynced = false
    if (!this.#durable) return
    this.#writer.sync()
    if (this.#entered) return
    this.#files.syncDirectory(this.#folder)
    this.#files.syncDirectory(parentPath(this.#folder)!)
    this.#entered = true
  }

  /** Records that wait are not written any more. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#writer.close()
  }
}

const hexDigits = '0123456789abcdef'

/** A function that looks at every value costs as much again: it is for records that hold a number too large for JSON. */
function jsonOf(record: JournalRecord): string {
  try {
    return JSON.stringify(record)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return JSON.stringify(record, (_key, value: unknown) => typeof value === 'bigint' ? { $bigint: String(value) } : value)
  }
}

export interface FoundJournal {
  readonly name: string
  /** Paths of its files, in order. */
  readonly parts: readonly string[]
  /** Undefined when not even the first line is whole: nothing had happened then. */
  readonly header: JournalHeader | undefined
  readonly roots: readonly FolderState[]
  readonly records: readonly JournalRecord[]
  /** Whether the last line of a part is torn or does not add up. */
  readonly torn: boolean
}

/** Journals that a root holds: none, unless an installation is running or was interrupted. */
export function findJournals(platform: Platform): FoundJournal[] {
  return [...journalParts(platform)].map(([name, parts]) => readJournal(platform.files, name, parts))
}

/** Whether the files say so, durable or not. */
export function isCommitMarked(platform: Platform, name: string): boolean {
  return readJournal(platform.files, name, journalParts(platform).get(name) ?? []).records.some(({ record }) => record === 'committing')
}

/** Paths of the journals' files, in order, by name. */
export function journalParts(platform: Platform): Map<string, string[]> {
  const folder = journalFolder(platform)
  const found: { name: string; part: number; path: string }[] = []
  for (const file of platform.files.stat(folder)?.kind === 'directory' ? platform.files.list(folder) : []) {
    const match = /^([0-9a-f]+)(?:\.(\d{1,6}))?\.rbs$/i.exec(file)
    if (match !== null) found.push({ name: match[1]!, part: Number(match[2] ?? 0), path: joinPath(folder, file) })
  }
  const parts = new Map<string, string[]>()
  for (const { name, path } of found.sort((a, b) => a.part - b.part)) parts.set(name, [...parts.get(name) ?? [], path])
  return parts
}

/** Removes the journal's files, and the folders for backups where nothing is left in them. */
export function forgetJournal(platform: Platform, { name, roots }: Pick<FoundJournal, 'name' | 'roots'>, options: { restoreRoots: boolean }): void {
  const { files } = platform
  const own = journalFolder(platform)
  const removeFolder = (folder: string): void => {
    removeBackupFolder(files, folder)
    const root = roots.find((one) => backupFolder(one.folder) === folder)
    if (options.restoreRoots && root !== undefined && files.stat(folder) === undefined) restoreTimes(files, root)
  }
  for (const { folder } of roots) if (backupFolder(folder) !== own) removeFolder(backupFolder(folder))
  // The first part goes last: while it is there, the others mean something.
  for (const path of journalParts(platform).get(name)?.toReversed() ?? []) files.removeFile(path)
  removeFolder(own)
}

/** Only where they differ: a drive that cannot be written to has not changed either. */
function restoreTimes(files: FileSystem, { folder, modifiedMs, createdMs }: FolderState): void {
  const now = files.stat(folder)
  if (now?.modifiedMs !== modifiedMs || now.createdMs !== createdMs) files.setTimes(folder, { modifiedMs, createdMs })
}

/** None when the folder for backups is there already. */
function rootState(files: FileSystem, folder: string): FolderState[] {
  const root = parentPath(folder)!
  const stat = files.stat(folder) === undefined ? files.stat(root) : undefined
  return stat === undefined ? [] : [{ folder: root, modifiedMs: stat.modifiedMs, createdMs: stat.createdMs }]
}

function readJournal(files: FileSystem, name: string, parts: readonly string[]): FoundJournal {
  const records: JournalRecord[] = []
  let torn = false
  for (const path of parts) {
    using file = files.open(path)
    const bytes = readAll(file)
    for (let start = 0; start < bytes.length;) {
      const end = bytes.indexOf(lineFeed, start)
      const record = end < 0 ? undefined : parseLine(bytes, start, end)
      if (record === undefined) {
        torn = true
        break
      }
      records.push(record)
      start = end + 1
    }
  }
  const [header] = records
  return { name, parts, header: header?.record === 'begin' ? header : undefined, roots: records.flatMap((record) => record.record === 'root' ? [record.root] : []), records, torn }
}

const lineFeed = 0x0a
const textDecoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A record whose line adds up; one reading goes over the bytes as they are, as there may be a hundred thousand. */
function parseLine(bytes: Uint8Array, start: number, end: number): JournalRecord | undefined {
  const jsonStart = start + 9
  if (bytes[jsonStart - 1] !== 0x20 || end < jsonStart || crc32(bytes, jsonStart, end) !== sumAt(bytes, start)) return undefined
  const json = textDecoder.decode(bytes.subarray(jsonStart, end))
  // Being asked about every value costs several times as much.
  if (!json.includes('{"$bigint":')) return JSON.parse(json) as JournalRecord
  return JSON.parse(json, (_key, value: unknown) => isBigInt(value) ? BigInt(value.$bigint) : value) as JournalRecord
}

function sumAt(bytes: Uint8Array, start: number): number {
  return Number.parseInt(String.fromCharCode(...bytes.subarray(start, start + 8)), 16)
}

function isBigInt(value: unknown): value is { $bigint: string } {
  return typeof value === 'object' && value !== null && '$bigint' in value && typeof value.$bigint === 'string'
}

export function journalFolder(platform: Platform): string {
  const drive = platform.machine.environment.SYSTEMDRIVE ?? platform.files.drives()[0] ?? 'C:'
  return /^[A-Za-z]:/.test(drive) ? backupFolder(drive) : `C:\\${backupFolderName}`
}

function journalPath(platform: Platform, name: string, part: number): string {
  return joinPath(journalFolder(platform), part === 0 ? `${name}.rbs` : `${name}.${part}.rbs`)
}

function quietly(work: () => void): void {
  try {
    work()
  } catch {
    // The error that led here is the one to tell.
  }
}
