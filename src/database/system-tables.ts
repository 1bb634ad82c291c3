// The tables that every database has without storing them as tables: `_Tables`, `_Columns`, `_Streams`, `_Storages`.
// Each is built when it is asked for and shows the moment; changes to `_Streams` and `_Storages` reach the database.
import { Findings, WindowsError, type ByteSource } from '../base/index.ts'
import type { StorageContent } from '../compound-file/index.ts'
import { storageFromFile, type DatabaseStreams } from './database-streams.ts'
import { StringPool } from './string-pool/string-pool.ts'
import type { Column } from './table/column.ts'
import { Table, type TableOwner } from './table/table.ts'

const columns: readonly Column[] = [
  { name: 'Name', type: 'string', width: 62, nullable: false, key: true, localizable: false, temporary: false },
  { name: 'Data', type: 'binary', width: 0, nullable: true, key: false, localizable: false, temporary: false },
]

export function streamsTable(streams: DatabaseStreams): Table {
  return contentTable('_Streams', streams.names(), {
    get: (name) => streams.get(name),
    set: (name, source) => streams.set(name, source),
  })
}

export function storagesTable(streams: DatabaseStreams): Table {
  return contentTable('_Storages', streams.storageNames(), {
    get: (name) => {
      const content = streams.storage(name)
      return content && new StorageSource(name, content)
    },
    set: (name, source) => streams.setStorage(name, source instanceof StorageSource ? source.content : source && storageFromFile(source)),
  })
}

function contentTable(table: string, names: readonly string[],
  content: { get(name: string): ByteSource | undefined; set(name: string, source: ByteSource | undefined): void }): Table {
  let filled = false
  const nameOf = (stream: string): string => stream.slice(table.length + 1)
  const owner: TableOwner = {
    pool: StringPool.create(0),
    findings: new Findings(),
    stream: (stream) => content.get(nameOf(stream)),
    setCellStream: (stream, source) => { if (filled) content.set(nameOf(stream), source) },
  }
  const built = new Table(owner, table, columns)
  built.keysCanChange = true
  for (const name of names) built.insert([name, placeholder])
  filled = true
  return built
}

const placeholder: ByteSource = { size: 0, read: () => new Uint8Array() }

/** A storage is no stream: its content cannot be had as bytes, but it can be given another name. */
class StorageSource implements ByteSource {
  readonly size = 0
  readonly content: StorageContent
  readonly #name: string

  constructor(name: string, content: StorageContent) {
    this.#name = name
    this.content = content
  }

  read(): Uint8Array {
    throw new WindowsError('ERROR_INVALID_DATA', `storage ${this.#name}: a storage cannot be read as a stream`)
  }
}
