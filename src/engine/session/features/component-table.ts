// The Component and File tables loaded: what costing works on. https://learn.microsoft.com/windows/win32/msi/component-table, …/file-table
import { isGuid, joinPath } from '../../../base/index.ts'
import type { Row, Table } from '../../../database/index.ts'
import type { FileAttributes } from '../../../platform/index.ts'
import type { FileEntry } from '../files/files.ts'
import { InstallError } from '../messages/install-error.ts'
import { ComponentAttribute, type Component } from './components.ts'
import type { Feature } from './features.ts'
import { InstallState } from './states.ts'

export function loadComponents(rows: Iterable<Row>, features: ReadonlyMap<string, Feature>): Map<string, Component> {
  const owners = new Map<string, readonly string[]>()
  for (const feature of features.values()) {
    // Most belong to one feature only, whose list they share.
    const alone = [feature.name]
    for (const name of feature.components) {
      const others = owners.get(name)
      owners.set(name, others === undefined ? alone : [...others, feature.name])
    }
  }
  const components = new Map<string, Component>()
  for (const row of rows) {
    const name = row.text('Component')
    const id = row.text('ComponentId').toUpperCase()
    const attributes = row.integer('Attributes') ?? 0
    components.set(name, {
      name, id: isGuid(id) ? id : '', directory: row.text('Directory_'), attributes,
      is64Bit: (attributes & ComponentAttribute.bit64) !== 0, keyPath: row.text('KeyPath'), features: owners.get(name) ?? [],
      enabled: true, installed: InstallState.absent, registered: false, request: InstallState.unknown, otherClients: 0, action: InstallState.unknown, registration: 'none',
    })
  }
  return components
}

const FileAttribute = { readOnly: 0x1, hidden: 0x2, system: 0x4, vital: 0x200, checksum: 0x400, noncompressed: 0x2000, compressed: 0x4000 } as const

/**
 * @param hashOf MD5 by File key, hexadecimal.
 * @throws InstallError 2709 unknown component, 1324 a name that is a path
 */
export function loadFiles(rows: Iterable<Row>, components: ReadonlyMap<string, Component>, packageCompressed: boolean, hashOf: (file: string) => string | undefined): Map<string, FileEntry> {
  const files = new Map<string, FileEntry>()
  for (const row of rows) {
    const component = components.get(row.text('Component_'))
    if (component === undefined) throw new InstallError(2709, [row.text('Component_')])
    const file = new TableFile(row, component.name, packageCompressed, hashOf)
    files.set(file.key, file)
  }
  return files
}

/** There are very many: what few ask for is made when they do. */
class TableFile implements FileEntry {
  readonly key: string
  readonly component: string
  readonly size: number
  readonly version: string
  readonly language: string
  readonly compressed: boolean
  readonly sequence: number
  /** `short|long`, or one that is both. */
  readonly #names: string
  readonly #attributes: number
  readonly #hashOf: (file: string) => string | undefined
  targetPath = ''
  sourceFolder = ''
  sourceIsShort = false
  disposition: FileEntry['disposition'] = 'none'
  reason = ''

  constructor(row: Row, component: string, packageCompressed: boolean, hashOf: (file: string) => string | undefined) {
    this.key = row.text('File')
    this.component = component
    this.size = Math.max(0, row.integer('FileSize') ?? 0)
    this.version = row.text('Version')
    this.language = row.text('Language')
    this.sequence = row.integer('Sequence') ?? 0
    this.#names = row.text('FileName')
    this.#attributes = row.integer('Attributes') ?? 0
    this.#hashOf = hashOf
    this.compressed = this.#has(FileAttribute.compressed) || (packageCompressed && !this.#has(FileAttribute.noncompressed))
    splitName(this.#names)
  }

  get shortName(): string {
    return namesIn(this.#names)[0]
  }

  get longName(): string {
    return namesIn(this.#names)[1]
  }

  get attributes(): FileAttributes {
    return { readOnly: this.#has(FileAttribute.readOnly), hidden: this.#has(FileAttribute.hidden), system: this.#has(FileAttribute.system) }
  }

  get vital(): boolean {
    return this.#has(FileAttribute.vital)
  }

  get checksum(): boolean {
    return this.#has(FileAttribute.checksum)
  }

  get hash(): string | undefined {
    return this.#hashOf(this.key)
  }

  get sourcePath(): string {
    return this.sourceFolder === '' ? '' : joinPath(this.sourceFolder, this.sourceIsShort ? this.shortName : this.longName)
  }

  #has(bit: number): boolean {
    return (this.#attributes & bit) !== 0
  }
}

/** `short|long`, or one name that is both. A name is never a path: nothing may climb out of its directory. */
export function splitName(filename: string): [short: string, long: string] {
  const names = namesIn(filename)
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || /[\\/:*?"<>|\0]/.test(name)) throw new InstallError(1324, [filename])
  }
  return names
}

function namesIn(filename: string): [short: string, long: string] {
  const bar = filename.indexOf('|')
  return bar < 0 ? [filename, filename] : [filename.slice(0, bar), filename.slice(bar + 1)]
}

/** MsiFileHash: four little-endian dwords make the MD5. An empty file has four zeros. Nothing is read before the first is asked for. */
export function fileHashes(table: Table | undefined): (file: string) => string | undefined {
  let rows: Map<string, number> | undefined
  return (file) => {
    if (rows === undefined) {
      rows = new Map()
      for (const row of table?.rows() ?? []) rows.set(row.text('File_'), row.number)
    }
    const number = rows.get(file)
    const row = number === undefined ? undefined : table?.row(number)
    return row && ['HashPart1', 'HashPart2', 'HashPart3', 'HashPart4'].map((column) => littleEndianHex(row.integer(column) ?? 0)).join('')
  }
}

function littleEndianHex(value: number): string {
  const hex = (value >>> 0).toString(16).padStart(8, '0')
  return hex.slice(6) + hex.slice(4, 6) + hex.slice(2, 4) + hex.slice(0, 2)
}
