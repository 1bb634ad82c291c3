// The Component and File tables loaded: what costing works on. https://learn.microsoft.com/windows/win32/msi/component-table, …/file-table
import { isGuid } from '../../../base/index.ts'
import type { Row } from '../../../database/index.ts'
import { ComponentAttribute, type Component } from './components.ts'
import type { Feature } from './features.ts'
import type { FileEntry } from '../files/files.ts'
import { InstallError } from '../messages/install-error.ts'
import { InstallState } from './states.ts'

export function loadComponents(rows: Iterable<Row>, features: ReadonlyMap<string, Feature>): Map<string, Component> {
  const owners = new Map<string, string[]>()
  for (const feature of features.values()) {
    for (const name of feature.components) {
      const list = owners.get(name)
      if (list === undefined) owners.set(name, [feature.name])
      else list.push(feature.name)
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
 * @param hashes MD5 by File key, hexadecimal.
 * @throws InstallError 2709 unknown component, 1324 a name that is a path
 */
export function loadFiles(rows: Iterable<Row>, components: ReadonlyMap<string, Component>, packageCompressed: boolean, hashes: ReadonlyMap<string, string>): Map<string, FileEntry> {
  const files = new Map<string, FileEntry>()
  for (const row of rows) {
    const key = row.text('File')
    const component = row.text('Component_')
    if (!components.has(component)) throw new InstallError(2709, [component])
    const attributes = row.integer('Attributes') ?? 0
    const has = (bit: number): boolean => (attributes & bit) !== 0
    const [shortName, longName] = splitName(row.text('FileName'))
    files.set(key, {
      key, component, shortName, longName, size: Math.max(0, row.integer('FileSize') ?? 0), version: row.text('Version'), language: row.text('Language'),
      attributes: { readOnly: has(FileAttribute.readOnly), hidden: has(FileAttribute.hidden), system: has(FileAttribute.system) },
      vital: has(FileAttribute.vital), checksum: has(FileAttribute.checksum),
      compressed: has(FileAttribute.compressed) || (packageCompressed && !has(FileAttribute.noncompressed)),
      sequence: row.integer('Sequence') ?? 0, hash: hashes.get(key), targetPath: '', sourcePath: '', disposition: 'none', reason: '',
    })
  }
  return files
}

/** `short|long`, or one name that is both. A name is never a path: nothing may climb out of its directory. */
export function splitName(filename: string): [short: string, long: string] {
  const bar = filename.indexOf('|')
  const names: [string, string] = bar < 0 ? [filename, filename] : [filename.slice(0, bar), filename.slice(bar + 1)]
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || /[\\/:*?"<>|\0]/.test(name)) throw new InstallError(1324, [filename])
  }
  return names
}

/** MsiFileHash: four little-endian dwords make the MD5. An empty file has four zeros. */
export function loadHashes(rows: Iterable<Row>): Map<string, string> {
  const hashes = new Map<string, string>()
  for (const row of rows) {
    const parts = ['HashPart1', 'HashPart2', 'HashPart3', 'HashPart4'].map((column) => row.integer(column) ?? 0)
    hashes.set(row.text('File_'), parts.map(littleEndianHex).join(''))
  }
  return hashes
}

function littleEndianHex(value: number): string {
  const hex = (value >>> 0).toString(16).padStart(8, '0')
  return hex.slice(6) + hex.slice(4, 6) + hex.slice(2, 4) + hex.slice(0, 2)
}
