// The machine as scripts of custom actions see it: the root. They read its files and registry and what is installed in it, and
// change nothing there; what an installation changes it changes by its tables.
import { WindowsError, type ByteSource } from '../../base/index.ts'
import type { Platform } from '../../platform/index.ts'
import type { FilesPort, InstallerPort } from '../../scripting/index.ts'
import { infoText } from '../registration/product-info.ts'
import { fileHash, versionOnDisk } from '../session/files/file-states.ts'
import { rootProducts } from './script-products.ts'

const roots = ['HKCR', 'HKCU', 'HKLM', 'HKU'] as const

/** Files, registry and products of a Windows root, to be read. */
export function rootInstallerPort(platform: Platform, version: string): InstallerPort {
  const { registry } = platform
  return {
    version: `${version}.0.0`.split('.').slice(0, 3).join('.'), utcOffsetMinutes: 0, files: rootFiles(platform), products: rootProducts(platform),
    registryKeyExists: (root, key) => registry.keyExists(keyOf(root, key)),
    registryValue: (root, key, name) => {
      const value = registry.value(keyOf(root, key), name)
      return value === undefined ? undefined : infoText(value)
    },
    registryValueNames: (root, key) => registry.keyExists(keyOf(root, key)) ? registry.valueNames(keyOf(root, key)) : [],
    registrySubkeys: (root, key) => registry.keyExists(keyOf(root, key)) ? registry.subkeys(keyOf(root, key)) : [],
  }
}

function keyOf(root: number, key: string): string {
  const name = roots[root]
  if (name === undefined) throw new WindowsError('ERROR_INVALID_PARAMETER', `registry root: expected 0 to 3, found ${root}`)
  return `${name === 'HKCR' ? 'HKLM\\Software\\Classes' : name}${key === '' ? '' : `\\${key}`}`
}

function rootFiles(platform: Platform): FilesPort {
  const { files } = platform
  return {
    read: (path): ByteSource => {
      using file = files.open(path)
      const bytes = file.read(0, file.size).slice()
      return { size: bytes.length, read: (offset, length) => bytes.subarray(offset, offset + length) }
    },
    write: (path) => { throw new WindowsError('ERROR_ACCESS_DENIED', `${path}: scripts of a package do not write files`) },
    createFolder: (path) => { throw new WindowsError('ERROR_ACCESS_DENIED', `${path}: scripts of a package do not make folders`) },
    join: (folder, name) => `${folder.replace(/\\+$/, '')}\\${name}`,
    attributes: (path) => {
      const stat = files.stat(path)
      if (stat === undefined) return -1
      const { readOnly, hidden, system } = stat.attributes
      return (readOnly ? 1 : 0) | (hidden ? 2 : 0) | (system ? 4 : 0) | (stat.kind === 'directory' ? 0x10 : 0x20)
    },
    version: (path) => {
      const info = versionOnDisk(platform, path)
      if (info === undefined) throw new WindowsError('ERROR_INVALID_DATA', `${path}: no version information`)
      return { version: info.version.join('.'), languages: info.languages.join(',') }
    },
    hash: (path) => {
      const bytes = fileHash(platform, path)
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
      return [0, 4, 8, 12].map((at) => view.getInt32(at, true))
    },
  }
}
