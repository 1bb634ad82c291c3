// The streams and sub-storages of a database's root that are not tables: binary cells, cabinets, property sets,
// embedded transforms. Names are decoded ones.
import { Findings, type ByteSource } from '../base/index.ts'
import { openCompoundFile, type Storage, type StorageContent } from '../compound-file/index.ts'
import { DatabaseError } from './database-error.ts'
import { decodeStreamName, encodeStreamName } from './stream-name.ts'

/** Units of a stream's encoded name. */
const maximumNameLength = 31

interface Content {
  readonly source: ByteSource
  readonly temporary: boolean
}

export class DatabaseStreams {
  readonly #streams = new Map<string, Content>()
  readonly #storages = new Map<string, StorageContent>()
  /** Streams that hold the rows of tables and the string pool, by table name. */
  readonly tables = new Map<string, ByteSource>()

  static read(root: StorageContent, findings: Findings): DatabaseStreams {
    const streams = new DatabaseStreams()
    root.entries.forEach((entry) => {
      if (entry.kind === 'storage') {
        streams.#storages.set(entry.name, entry.content)
        return
      }
      const decoded = decodeStreamName(entry.name)
      const { table } = decoded
      // An encoded name that begins with U+0005 could not be written again from its decoded form: it stays as it is.
      const name = table || !entry.name.startsWith('\u0005') ? decoded.name : entry.name
      if (table ? streams.tables.has(name) : streams.#streams.has(name)) {
        findings.report({ id: 'stream-twice', structure: 'root storage', expected: 'each stream once', found: name })
      } else if (table) streams.tables.set(name, entry.source)
      else streams.#streams.set(name, { source: entry.source, temporary: false })
    })
    return streams
  }

  names(): string[] {
    return [...this.#streams.keys()]
  }

  get(name: string): ByteSource | undefined {
    return this.#streams.get(name)?.source
  }

  /** @param source `undefined` removes the stream. */
  set(name: string, source: ByteSource | undefined, temporary = false): void {
    if (source === undefined) {
      this.#streams.delete(name)
      return
    }
    const units = encodeStreamName({ name, table: false }).length
    if (units > maximumNameLength || units === 0) {
      throw new DatabaseError(`stream ${name}: expected a name of 1 to ${maximumNameLength} units once encoded, found ${units}`, 'ERROR_FUNCTION_FAILED', 2282)
    }
    this.#streams.set(name, { source, temporary })
  }

  storageNames(): string[] {
    return [...this.#storages.keys()]
  }

  storage(name: string): StorageContent | undefined {
    return this.#storages.get(name)
  }

  setStorage(name: string, content: StorageContent | undefined): void {
    if (content === undefined) this.#storages.delete(name)
    else if (name.length === 0 || name.length > maximumNameLength) throw new DatabaseError(`storage ${name}: expected a name of 1 to ${maximumNameLength} units, found ${name.length}`, 'ERROR_FUNCTION_FAILED', 2282)
    else this.#storages.set(name, content)
  }

  /** Reads what both have from a copy of the root storage. */
  rebase(root: StorageContent): void {
    const copy = DatabaseStreams.read(root, new Findings())
    for (const [name, { source }] of copy.#streams) if (this.#streams.get(name)?.temporary === false) this.#streams.set(name, { source, temporary: false })
    for (const [name, content] of copy.#storages) if (this.#storages.has(name)) this.#storages.set(name, content)
  }

  /** Everything that is saved, as entries of the root storage. */
  entries(): StorageContent['entries'] {
    return [
      ...[...this.#streams].filter(([, { temporary }]) => !temporary)
        .map(([name, { source }]) => ({ kind: 'stream' as const, name: encodeStreamName({ name, table: false }), source })),
      ...[...this.#storages].map(([name, content]) => ({ kind: 'storage' as const, name, content })),
    ]
  }
}

/** A compound file's root, to be put into another one. */
export function storageFromFile(source: ByteSource): StorageContent {
  return storageContent(openCompoundFile(source).root)
}

export function storageContent(storage: Storage): StorageContent {
  return {
    classId: storage.classId,
    entries: storage.entries.map((entry) => entry.kind === 'storage'
      ? { kind: 'storage', name: entry.name, content: storageContent(entry) }
      : { kind: 'stream', name: entry.name, source: entry.source }),
  }
}
