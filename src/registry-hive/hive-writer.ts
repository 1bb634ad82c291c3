// Writes a key tree as a REGF hive, always the whole: parents before children, one security cell for every
// descriptor, subkeys sorted. The same tree and time give the same bytes.
import { bytesToHex, concatBytes, encodeUtf16, FormatError, type RegistryKey } from '../base/index.ts'
import { baseBlockBytes, writeBaseBlock, type BaseBlock } from './base-block.ts'
import { keyNodeBytes, nil, writeKeyNode } from './key-node.ts'
import type { CellAllocator, NewCell } from './new-cell.ts'
import { writeSubkeyList } from './subkey-list.ts'
import { writeValue } from './value-cell.ts'

const binHeaderBytes = 32
const binUnit = 4096
const longestKeyName = 255

export interface HiveImage {
  readonly root: RegistryKey
  readonly minorVersion: number
  readonly sequence: number
  readonly fileName: string
  readonly lastWritten: bigint
  /** For the root when it has none of its own. */
  readonly security: Uint8Array
}

export function writeHive(image: HiveImage): Uint8Array<ArrayBuffer> {
  const bins = new BinAllocator(image.lastWritten)
  const rootCell = new TreeWriter(bins, image.minorVersion).write(image.root, image.security)
  const file = bins.finish()
  const block: BaseBlock = {
    primarySequence: image.sequence, secondarySequence: image.sequence, lastWritten: image.lastWritten, minorVersion: image.minorVersion,
    rootCell, binsBytes: file.length - baseBlockBytes, fileName: image.fileName,
  }
  writeBaseBlock(block, file)
  return file
}

/** Hands out cells one after the other; a cell that does not fit into its bin begins a new one. Bins never move. */
class BinAllocator implements CellAllocator {
  readonly #bins: Uint8Array[] = []
  /** Of all bins before the last. */
  #earlierBytes = 0
  #bin = new Uint8Array(0)
  #view = new DataView(this.#bin.buffer)
  /** In the last bin. */
  #at = 0
  readonly #time: bigint

  constructor(time: bigint) {
    this.#time = time
  }

  allocate(bytes: number): NewCell {
    const size = roundUp(bytes + 4, 8)
    if (this.#at + size > this.#bin.length) this.#beginBin(size)
    const start = this.#at
    this.#at += size
    this.#view.setInt32(start, -size, true)
    return { offset: this.#earlierBytes + start, bin: this.#bin, view: this.#view, at: start + 4 }
  }

  /** A base block of zeros, and the bins. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#freeRest()
    return concatBytes([new Uint8Array(baseBlockBytes), ...this.#bins])
  }

  #beginBin(cellSize: number): void {
    this.#freeRest()
    const offset = this.#earlierBytes + this.#bin.length
    const size = roundUp(binHeaderBytes + cellSize, binUnit)
    if (offset + size > 0x7fffffff) throw new FormatError({ structure: 'hive', expected: 'less than 2 GiB', found: 'more' })
    this.#bin = new Uint8Array(size)
    this.#bins.push(this.#bin)
    this.#earlierBytes = offset
    this.#at = binHeaderBytes
    const view = new DataView(this.#bin.buffer)
    this.#view = view
    view.setUint32(0, 0x6e696268, true) // 'hbin'
    view.setUint32(4, offset, true)
    view.setUint32(8, size, true)
    if (offset === 0) view.setBigUint64(20, this.#time, true)
  }

  /** What is left of the bin is one free cell. */
  #freeRest(): void {
    if (this.#at < this.#bin.length) this.#view.setInt32(this.#at, this.#bin.length - this.#at, true)
  }
}

interface Pending {
  readonly key: RegistryKey
  /** Of its key node, still to be filled. */
  readonly node: NewCell
  readonly parent: number
  readonly security: SecurityCell
}

interface SecurityCell {
  readonly cell: NewCell
  references: number
}

class TreeWriter {
  readonly #cells: BinAllocator
  readonly #minorVersion: number
  /** By descriptor in hexadecimal digits, in the order in which they were met. */
  readonly #security = new Map<string, SecurityCell>()
  /** The same by object: keys that were read share theirs. */
  readonly #securityByBytes = new Map<Uint8Array, SecurityCell>()

  constructor(cells: BinAllocator, minorVersion: number) {
    this.#cells = cells
    this.#minorVersion = minorVersion
  }

  /** Answers the offset of the root. */
  write(root: RegistryKey, security: Uint8Array): number {
    const node = this.#allocateNode(root)
    const pending: Pending[] = [{ key: root, node, parent: 0, security: this.#descriptor(root.security ?? security) }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const child of this.#fill(next, next.node === node).toReversed()) pending.push(child)
    }
    this.#linkSecurity()
    return node.offset
  }

  #allocateNode(key: RegistryKey): NewCell {
    if (key.name.length > longestKeyName) throw new FormatError({ structure: 'key node', field: 'name', expected: `at most ${longestKeyName} characters`, found: `${key.name.length}` })
    return this.#cells.allocate(keyNodeBytes(key.name))
  }

  /** Writes all of a key but its subkeys, which are answered. */
  #fill({ key, node, parent, security }: Pending, isRoot: boolean): Pending[] {
    security.references++
    const values = Array.from(key.values(), ({ name, type, data }) => ({ name, type, data }))
    const valueOffsets = values.map((value) => writeValue(value, this.#cells, this.#minorVersion))
    const valueList = values.length === 0 ? nil : this.#offsets(valueOffsets)
    const classBytes = encodeUtf16(key.className ?? '')
    const classCell = classBytes.length === 0 ? nil : this.#bytes(classBytes)
    const children = key.subkeys()
    const childNodes = children.map((child) => this.#allocateNode(child))
    const entries = children.map((child, index) => ({ name: child.name, offset: childNodes[index]!.offset }))
    const subkeyList = entries.length === 0 ? nil : writeSubkeyList(entries, this.#cells, this.#minorVersion)
    const pending = children.map((child, index) => ({
      key: child, node: childNodes[index]!, parent: node.offset, security: child.security === undefined ? security : this.#descriptor(child.security),
    }))
    writeKeyNode({
      name: key.name, isRoot, isLink: key.isLink, lastWrite: key.lastWrite, parent, subkeyCount: children.length, subkeyList,
      valueCount: values.length, valueList, security: security.cell.offset, classCell, classBytes: classBytes.length,
      longest: {
        subkeyName: longest(children, (child) => child.name.length * 2), subkeyClass: longest(children, (child) => (child.className?.length ?? 0) * 2),
        valueName: longest(values, (value) => value.name.length * 2), valueData: longest(values, (value) => value.data.length),
      },
    }, node)
    return pending
  }

  #offsets(offsets: readonly number[]): number {
    const { offset, view, at } = this.#cells.allocate(offsets.length * 4)
    offsets.forEach((one, index) => view.setUint32(at + index * 4, one, true))
    return offset
  }

  #bytes(content: Uint8Array): number {
    const { offset, bin, at } = this.#cells.allocate(content.length)
    bin.set(content, at)
    return offset
  }

  #descriptor(descriptor: Uint8Array): SecurityCell {
    const known = this.#securityByBytes.get(descriptor) ?? this.#newDescriptor(descriptor)
    this.#securityByBytes.set(descriptor, known)
    return known
  }

  #newDescriptor(descriptor: Uint8Array): SecurityCell {
    const digits = bytesToHex(descriptor)
    const existing = this.#security.get(digits)
    if (existing !== undefined) return existing
    const cell = this.#cells.allocate(20 + descriptor.length)
    cell.view.setUint16(cell.at, 0x6b73, true) // 'sk'
    cell.view.setUint32(cell.at + 16, descriptor.length, true)
    cell.bin.set(descriptor, cell.at + 20)
    const made = { cell, references: 0 }
    this.#security.set(digits, made)
    return made
  }

  /** Security cells form a ring and count their keys. */
  #linkSecurity(): void {
    const ring = [...this.#security.values()]
    ring.forEach(({ cell, references }, index) => {
      cell.view.setUint32(cell.at + 4, ring[(index + 1) % ring.length]!.cell.offset, true)
      cell.view.setUint32(cell.at + 8, ring.at(index - 1)!.cell.offset, true)
      cell.view.setUint32(cell.at + 12, references, true)
    })
  }
}

function longest<T>(items: readonly T[], measure: (item: T) => number): number {
  return items.reduce((most, item) => Math.max(most, measure(item)), 0)
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit
}
