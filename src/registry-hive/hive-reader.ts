// Reads a REGF hive into a key tree. What can be survived (a value or key whose cell is damaged) is left out and
// becomes a finding; loops are cut because every key node is read once. Transaction logs are not applied.
import { decodeUtf16, Findings, FormatError, RegistryKey } from '../base/index.ts'
import { baseBlockBytes, readBaseBlock, type BaseBlock } from './base-block.ts'
import { CellReader, cellError, signatureOf } from './cell-reader.ts'
import { keyNodeFixedBytes, nil, readKeyNode, type KeyNode } from './key-node.ts'
import { readSubkeyList } from './subkey-list.ts'
import { readValue } from './value-cell.ts'

/** Windows allows 512. */
const deepestKey = 512
/** A file with more damage than this is no hive. */
const mostFindings = 10_000

export interface HiveContent {
  readonly root: RegistryKey
  readonly baseBlock: BaseBlock
}

export function readHive(bytes: Uint8Array, findings: Findings): HiveContent {
  const baseBlock = readBaseBlock(bytes, findings)
  return { root: new TreeReader(bytes, baseBlock, findings).read(), baseBlock }
}

class TreeReader {
  readonly #cells: CellReader
  readonly #baseBlock: BaseBlock
  readonly #findings: Findings
  readonly #seen = new Set<number>()
  readonly #descriptors = new Map<number, Uint8Array | undefined>()

  constructor(bytes: Uint8Array, baseBlock: BaseBlock, findings: Findings) {
    const present = bytes.length - baseBlockBytes
    if (baseBlock.binsBytes > present) {
      findings.report({ id: 'hive-truncated', structure: 'hive', field: 'bins', expected: `${baseBlock.binsBytes} bytes`, found: `${present}` })
    }
    this.#cells = new CellReader(bytes.subarray(0, baseBlockBytes + Math.min(baseBlock.binsBytes, present)))
    this.#baseBlock = baseBlock
    this.#findings = findings
  }

  read(): RegistryKey {
    const rootOffset = this.#baseBlock.rootCell
    const rootNode = this.#node(rootOffset)
    this.#seen.add(rootOffset)
    const root = this.#key(rootNode)
    const pending: { node: KeyNode; key: RegistryKey; depth: number }[] = [{ node: rootNode, key: root, depth: 1 }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { node, key, depth } = next
      for (const child of this.#children(node, key, depth)) {
        this.#survive(() => {
          const childNode = this.#node(child)
          if (key.subkey(childNode.name) !== undefined) {
            this.#report('key-name-repeated', child, 'names that differ', childNode.name)
            return
          }
          const childKey = this.#key(childNode)
          key.attach(childKey)
          pending.push({ node: childNode, key: childKey, depth: depth + 1 })
        })
      }
    }
    return root
  }

  #node(offset: number): KeyNode {
    const cell = this.#cells.cell('key node', offset, keyNodeFixedBytes)
    if (signatureOf(cell) !== 'nk') throw cellError('key node', cell, 'signature', 'nk', signatureOf(cell))
    return readKeyNode(cell)
  }

  /** The key alone, without its subkeys. */
  #key(node: KeyNode): RegistryKey {
    const key = new RegistryKey(node.name, node.lastWrite)
    key.isLink = node.isLink
    this.#survive(() => { key.security = this.#descriptor(node.security) })
    this.#survive(() => { key.className = this.#className(node) })
    this.#survive(() => this.#values(node, key))
    key.lastWrite = node.lastWrite
    key.revision = 0
    return key
  }

  #children(node: KeyNode, key: RegistryKey, depth: number): number[] {
    if (node.subkeyCount === 0 || node.subkeyList === nil) return []
    if (depth >= deepestKey) {
      this.#report('key-too-deep', node.subkeyList, `at most ${deepestKey} keys below each other`, `more below ${key.name}`)
      return []
    }
    let offsets: number[] = []
    this.#survive(() => { offsets = readSubkeyList(this.#cells, node.subkeyList, this.#findings) })
    if (offsets.length !== node.subkeyCount) this.#report('subkey-count', node.subkeyList, `${node.subkeyCount} subkeys of ${key.name}`, `${offsets.length}`)
    return offsets.filter((offset) => {
      const first = !this.#seen.has(offset)
      if (!first) this.#report('key-shared', offset, 'each key in one list', 'a key that was met already')
      this.#seen.add(offset)
      return first
    })
  }

  #values(node: KeyNode, key: RegistryKey): void {
    if (node.valueCount === 0 || node.valueList === nil) return
    const list = this.#cells.cell('value list', node.valueList, 4)
    const count = Math.min(node.valueCount, list.length >> 2)
    if (count !== node.valueCount) this.#report('value-count', node.valueList, `${node.valueCount} values of ${key.name}`, `room for ${count}`)
    for (let index = 0; index < count; index++) {
      this.#survive(() => {
        const value = readValue(this.#cells, list.uint32(index * 4), this.#baseBlock.minorVersion, this.#findings)
        if (key.value(value.name) !== undefined) this.#report('value-name-repeated', node.valueList, 'names that differ', value.name)
        else key.setValue(value.name, value.type, value.data, node.lastWrite)
      })
    }
  }

  #className(node: KeyNode): string | undefined {
    if (node.classCell === nil || node.classBytes === 0) return undefined
    return decodeUtf16(this.#cells.cell('class name', node.classCell, node.classBytes).bytes(0, node.classBytes))
  }

  /** Keys that share a security cell share the bytes. */
  #descriptor(offset: number): Uint8Array | undefined {
    if (offset === nil || this.#descriptors.has(offset)) return this.#descriptors.get(offset)
    this.#descriptors.set(offset, undefined)
    const cell = this.#cells.cell('security', offset, 20)
    const length = cell.uint32(16)
    if (signatureOf(cell) !== 'sk' || 20 + length > cell.length) throw cellError('security', cell, 'descriptor', `sk with at most ${cell.length - 20} bytes`, `${signatureOf(cell)} with ${length}`)
    const descriptor = cell.bytes(20, 20 + length)
    this.#descriptors.set(offset, descriptor)
    return descriptor
  }

  /** Turns what is wrong with one part into a finding; in strict mode it is thrown. */
  #survive(read: () => void): void {
    try {
      read()
    } catch (error) {
      const hopeless = this.#cells.isExhausted || this.#findings.list.length >= mostFindings
      if (!(error instanceof FormatError) || this.#findings.strict || hopeless) throw error
      this.#findings.report({ id: 'cell-damaged', ...error.problem })
    }
  }

  #report(id: string, offset: number, expected: string, found: string): void {
    this.#findings.report({ id, structure: 'hive', offsetBytes: baseBlockBytes + offset, expected, found })
  }
}
