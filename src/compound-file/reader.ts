// Reads compound files, MS-CFB versions 3 and 4. Opening reads the header, the FAT, the mini FAT and the directory;
// the bytes of streams are read when they are asked for. Reading is lenient: what can be survived is a finding.
import { copyUint32, FormatError, Findings, type ByteSource, type Finding } from '../base/index.ts'
import { Allocation, readFat } from './allocation.ts'
import { directoryEntry, entryType, noEntry, type DirectoryEntry } from './directory-entry.ts'
import { header, miniSectorShift, sectorMark, type Header } from './header.ts'
import { compareNames, nameKey } from './names.ts'

export interface CompoundFile {
  readonly root: Storage
  readonly findings: readonly Finding[]
  readonly majorVersion: 3 | 4
  /** Where the last sector in use ends: what is behind it belongs to no stream, and to nothing else of the file. */
  readonly endBytes: number
}

/** What storages and streams both have; times are FILETIMEs, 0 when not set. */
interface EntryFacts {
  readonly name: string
  readonly stateBits: number
  readonly created: bigint
  readonly modified: bigint
}

export interface Storage extends EntryFacts {
  /** GUID in registry form, all zeros when the storage has none. */
  readonly classId: string
  /** In the order of the directory. */
  readonly entries: readonly StorageEntry[]
  /** By name, without regard to case. */
  find(name: string): StorageEntry | undefined
}

export interface StreamEntry extends EntryFacts {
  /** Reads from the file when asked to. */
  readonly source: ByteSource
}

export type StorageEntry = ({ readonly kind: 'storage' } & Storage) | ({ readonly kind: 'stream' } & StreamEntry)

/**
 * Opens a compound file.
 *
 * @throws FormatError ERROR_INVALID_DATA when there is nothing to read; with `strict`, for every finding.
 * @see MS-CFB
 * @example
 * const file = openCompoundFile(bytesSource(bytes))
 * for (const entry of file.root.entries) console.log(entry.kind, entry.name)
 */
export function openCompoundFile(source: ByteSource, options?: { strict?: boolean }): CompoundFile {
  const findings = new Findings(options?.strict ?? false)
  const head = header.read(source.read(0, header.size), findings)
  const sectorBytes = 1 << head.sectorShift
  const table = readFat(source, head, findings)
  const sectors = new Allocation(source, table, sectorBytes, sectorBytes, findings)
  const directory = readDirectory(sectors, head)
  const root = directory.entry(0)
  if (root === undefined || root.type !== entryType.root) {
    throw new FormatError({ structure: 'compound file directory', field: 'root entry', expected: `type ${entryType.root}`, found: root === undefined ? 'no entry' : `type ${root.type}` })
  }
  const streams = new Streams(sectors, head, root, findings)
  return { root: new Tree(directory, streams, findings).build(root), findings: findings.list, majorVersion: head.majorVersion,
    endBytes: Math.min(source.size, (table.findLastIndex((entry) => entry !== sectorMark.free) + 2) * sectorBytes) }
}

interface Directory {
  readonly count: number
  entry(id: number): DirectoryEntry | undefined
}

function readDirectory(sectors: Allocation, head: Header): Directory {
  const chain = sectors.chain(head.firstDirectorySector, undefined, 'compound file directory', looksLikeDirectory)
  const bytes = chain.read(0, chain.size)
  const count = Math.floor(bytes.length / directoryEntry.size)
  return { count, entry: (id) => id < count ? directoryEntry.read(bytes, id * directoryEntry.size, head.majorVersion === 4) : undefined }
}

/** For guesses: so many more sectors, whatever is in them. */
function atMost(sectors: number): () => boolean {
  let left = sectors
  return () => left-- > 0
}

function looksLikeDirectory(bytes: Uint8Array): boolean {
  const types: readonly number[] = [0, entryType.storage, entryType.stream]
  for (let at = 0; at + directoryEntry.size <= bytes.length; at += directoryEntry.size) {
    const nameBytes = bytes[at + 64]! | bytes[at + 65]! << 8
    if (nameBytes > 64 || nameBytes % 2 !== 0 || !types.includes(bytes[at + 66]!) || bytes[at + 67]! > 1) return false
  }
  return bytes.length >= directoryEntry.size
}

/** Where the bytes of a stream are: in sectors of the file, or in those of the mini stream. */
class Streams {
  readonly #sectors: Allocation
  readonly #miniSectors: Allocation
  readonly #cutoff: number

  constructor(sectors: Allocation, head: Header, root: DirectoryEntry, findings: Findings) {
    this.#sectors = sectors
    this.#cutoff = head.miniStreamCutoff
    const miniFat = head.firstMiniFatSector === sectorMark.free || head.miniFatSectorCount === 0
      ? sectors.chain(sectorMark.endOfChain, undefined, 'mini FAT')
      : sectors.chain(head.firstMiniFatSector, undefined, 'mini FAT', atMost(head.miniFatSectorCount - 1))
    const miniStream = sectors.chain(root.startSector, root.sizeBytes, 'mini stream')
    const table = new Uint32Array(Math.min(Math.ceil(miniStream.size / (1 << miniSectorShift)), miniFat.size >> 2))
    copyUint32(miniFat.read(0, table.length * 4), table)
    this.#miniSectors = new Allocation(miniStream, table, 1 << miniSectorShift, 0, findings)
  }

  open(entry: DirectoryEntry): ByteSource {
    const allocation = entry.sizeBytes < this.#cutoff ? this.#miniSectors : this.#sectors
    return allocation.chain(entry.startSector, entry.sizeBytes, () => `stream ${printable(entry.name)}`)
  }
}

/** Walks the directory without recursion: each entry is visited once, whatever its links say. */
class Tree {
  readonly #directory: Directory
  readonly #streams: Streams
  readonly #findings: Findings
  readonly #visited: Uint8Array
  readonly #pending: { child: number; storage: StorageNode }[] = []

  constructor(directory: Directory, streams: Streams, findings: Findings) {
    this.#directory = directory
    this.#streams = streams
    this.#findings = findings
    this.#visited = new Uint8Array(directory.count)
  }

  build(rootEntry: DirectoryEntry): Storage {
    this.#visited[0] = 1
    const root = this.#storage(rootEntry)
    const before = this.#findings.list.length
    this.#fillPending()
    if (this.#findings.list.length > before) this.#adoptOrphans(root)
    return root
  }

  #fillPending(): void {
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#fill(next.storage, next.child)
  }

  /** When links lead nowhere, entries that nothing leads to are taken for those of the root. */
  #adoptOrphans(root: StorageNode): void {
    for (let id = 1; id < this.#directory.count; id++) {
      const entry = this.#visited[id] === 0 ? this.#directory.entry(id) : undefined
      if (entry === undefined || entry.name === '' || (entry.type !== entryType.storage && entry.type !== entryType.stream)) continue
      this.#visited[id] = 1
      this.#report('directory-orphan', root, 'an entry that another one leads to', printable(entry.name))
      this.#add(root, entry)
      this.#fillPending()
    }
  }

  #storage(entry: DirectoryEntry): StorageNode {
    const storage = new StorageNode(entry)
    this.#pending.push({ child: entry.child, storage })
    return storage
  }

  #fill(storage: StorageNode, top: number): void {
    const path: DirectoryEntry[] = []
    let previous: string | undefined
    for (let entry = this.#visit(top, storage); entry !== undefined || path.length > 0;) {
      if (entry !== undefined) {
        path.push(entry)
        entry = this.#visit(entry.left, storage)
        continue
      }
      const next = path.pop()!
      if (previous !== undefined && compareNames(previous, next.name) >= 0) {
        this.#report('directory-order', storage, `a name after ${printable(previous)}`, printable(next.name))
      }
      previous = next.name
      this.#add(storage, next)
      entry = this.#visit(next.right, storage)
    }
  }

  #add(storage: StorageNode, entry: DirectoryEntry): void {
    if (entry.type === entryType.storage) storage.entries.push(this.#storage(entry))
    else {
      const { name, stateBits, created, modified } = entry
      storage.entries.push({ kind: 'stream', name, stateBits, created, modified, source: this.#streams.open(entry) })
    }
  }

  #visit(id: number, storage: StorageNode): DirectoryEntry | undefined {
    if (id === noEntry) return undefined
    const entry = this.#directory.entry(id)
    if (entry === undefined) return this.#report('directory-link', storage, `an entry below ${this.#directory.count}`, `${id}`)
    if (this.#visited[id] !== 0) return this.#report('directory-cycle', storage, 'an entry that nothing else refers to', `entry ${id} again`)
    this.#visited[id] = 1
    if (entry.type === entryType.storage || entry.type === entryType.stream) return entry
    return this.#report('directory-type', storage, 'a storage or a stream', `type ${entry.type} of entry ${id}`)
  }

  #report(id: string, storage: StorageNode, expected: string, found: string): undefined {
    this.#findings.report({ id, structure: `storage ${printable(storage.name)}`, field: 'directory entries', expected, found })
  }
}

class StorageNode implements Storage {
  readonly kind = 'storage'
  readonly name: string
  readonly classId: string
  readonly stateBits: number
  readonly created: bigint
  readonly modified: bigint
  readonly entries: StorageEntry[] = []
  #byName: Map<string, StorageEntry> | undefined

  constructor(entry: DirectoryEntry) {
    this.name = entry.name
    this.classId = entry.classId
    this.stateBits = entry.stateBits
    this.created = entry.created
    this.modified = entry.modified
  }

  find(name: string): StorageEntry | undefined {
    this.#byName ??= new Map(this.entries.toReversed().map((entry) => [nameKey(entry.name), entry]))
    return this.#byName.get(nameKey(name))
  }
}

/** Names may begin with control characters. */
function printable(name: string): string {
  return JSON.stringify(name)
}
