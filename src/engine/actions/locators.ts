// Where AppSearch looks: CompLocator, RegLocator, IniLocator and DrLocator, in this order.
// https://learn.microsoft.com/windows/win32/msi/searching-for-existing-applications-files-registry-entries-or-ini-file-entries
import { decodeUtf16, codePage, isFullPath, joinPath, packGuid, parentPath, readAll, withTrailingBackslash, WindowsError } from '../../base/index.ts'
import type { Row } from '../../database/index.ts'
import type { RegistryValue } from '../../platform/index.ts'
import { registrationRoots } from '../session/features/installed-state.ts'
import type { InstallSession } from '../session/install-session.ts'
import { InstallError } from '../session/messages/install-error.ts'
import { findFile, fitsSignature, readSignature, type FileSignature } from './locate-file.ts'

const maximumParents = 16

/** What a locator looks for. */
const LocatorType = { directory: 0, file: 1, rawValue: 2, registry64Bit: 0x10 } as const

/** What is known of a search: parents above this signature, and what was found for those that several rows share. */
interface Search {
  readonly depth: number
  readonly found: Map<string, string>
}

/** Full path of a file, of a folder with a trailing backslash, or a raw value; `''` when nothing was found. */
export function locate(session: InstallSession, signatureName: string, search: Search = { depth: 0, found: new Map() }): string {
  if (search.depth > maximumParents) throw new InstallError(2705, ['DrLocator'])
  const known = search.found.get(signatureName)
  if (known !== undefined) return known
  const found = look(session, signatureName, search)
  search.found.set(signatureName, found)
  return found
}

function look(session: InstallSession, signatureName: string, search: Search): string {
  const row = session.database.table('Signature')?.find(signatureName)
  const signature = row === undefined ? undefined : readSignature(row)
  return byComponent(session, signatureName, signature) || byRegistry(session, signatureName, signature)
    || byIniFile(session, signatureName, signature) || byDirectory(session, signatureName, signature, search)
}

function byComponent(session: InstallSession, name: string, signature: FileSignature | undefined): string {
  const row = session.database.table('CompLocator')?.find(name)
  const packed = row === undefined ? undefined : packGuid(row.text('ComponentId'))
  if (packed === undefined) return ''
  const { registry, machine } = session.platform
  for (const { userDataSid } of registrationRoots(registry, machine)) {
    const key = `HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Installer\\UserData\\${userDataSid}\\Components\\${packed}`
    for (const client of registry.valueNames(key)) {
      const value = registry.value(key, client)
      const path = value?.type === 'REG_SZ' ? value.data.replace(/^([A-Za-z])\?/, '$1:') : ''
      const found = isFullPath(path) ? pathResult(session, path, row!.integer('Type') ?? LocatorType.file, signature) : ''
      if (found !== '') return found
    }
  }
  return ''
}

function byRegistry(session: InstallSession, name: string, signature: FileSignature | undefined): string {
  const row = session.database.table('RegLocator')?.find(name)
  if (row === undefined) return ''
  const type = row.integer('Type') ?? LocatorType.file
  const valueName = session.format(row.text('Name'))
  for (const key of registryKeys(session, row.integer('Root') ?? 2, session.format(row.text('Key')), (type & LocatorType.registry64Bit) !== 0)) {
    const value = session.platform.registry.value(key, valueName)
    if (value === undefined) continue
    const kind = type & 0x0f
    const found = kind === LocatorType.rawValue ? rawValue(session, value) : pathResult(session, pathIn(session, value), kind, signature)
    if (found !== '') return found
  }
  return ''
}

/** HKCR is what the user has, then what the machine has. */
function registryKeys(session: InstallSession, root: number, key: string, is64Bit: boolean): string[] {
  if (root !== 0) return [session.registryKey(root, key, is64Bit)]
  return [session.registryKey(1, `Software\\Classes\\${key}`, is64Bit), session.registryKey(2, `Software\\Classes\\${key}`, is64Bit)]
}

/**
 * As the Registry table would write it, but for expandable text: that is expanded, and has none of the prefix `#%` that the
 * documentation speaks of. A list begins and ends with a NUL.
 */
function rawValue(session: InstallSession, value: RegistryValue): string {
  switch (value.type) {
    case 'REG_SZ': return value.data.startsWith('#') ? `#${value.data}` : value.data
    case 'REG_EXPAND_SZ': return expanded(session, value.data)
    case 'REG_DWORD': return `#${value.data | 0}`
    case 'REG_QWORD': return `#${value.data}`
    case 'REG_MULTI_SZ': return `\0${value.data.join('\0')}\0`
    default: return `#x${value.data.toUpperCase()}`
  }
}

/** Variables expanded; of a command line, what stands in the first pair of quotes. */
function pathIn(session: InstallSession, value: RegistryValue): string {
  if (value.type !== 'REG_SZ' && value.type !== 'REG_EXPAND_SZ') return ''
  const text = value.type === 'REG_SZ' ? value.data : expanded(session, value.data)
  return /"([^"]*)"/.exec(text)?.[1] ?? text
}

function expanded({ platform }: InstallSession, text: string): string {
  return text.replace(/%([^%]+)%/g, (whole, name: string) => platform.machine.environment[name.toUpperCase()] ?? whole)
}

function byIniFile(session: InstallSession, name: string, signature: FileSignature | undefined): string {
  const row = session.database.table('IniLocator')?.find(name)
  if (row === undefined) return ''
  const fileName = row.text('FileName').replace(/^.*\|/, '')
  const path = isFullPath(fileName) ? fileName : joinPath(session.properties.get('WindowsFolder'), fileName)
  const line = iniValue(session, path, row.text('Section'), row.text('Key'))
  const field = row.integer('Field') ?? 0
  const value = field === 0 ? line : (line.split(',')[field - 1] ?? '').trimStart()
  const type = (row.integer('Type') ?? LocatorType.file) & 0x0f
  return type === LocatorType.rawValue ? value : pathResult(session, value, type, signature)
}

const maximumIniBytes = 1 << 20

/** As GetPrivateProfileString reads it: case does not matter, the first section and key of the name count. */
function iniValue(session: InstallSession, path: string, section: string, key: string): string {
  if (session.platform.files.stat(path)?.kind !== 'file') return ''
  let inSection = false
  for (const line of readText(session, path).split(/\r?\n/)) {
    const text = line.trim()
    if (text.startsWith('[') && text.includes(']')) {
      inSection = text.slice(1, text.indexOf(']')).trim().toUpperCase() === section.toUpperCase()
      continue
    }
    const equals = text.indexOf('=')
    if (!inSection || equals < 1 || text.startsWith(';') || text.slice(0, equals).trim().toUpperCase() !== key.toUpperCase()) continue
    return text.slice(equals + 1).trim().replace(/^(["'])(.*)\1$/, '$2')
  }
  return ''
}

function readText(session: InstallSession, path: string): string {
  using file = session.platform.files.open(path)
  const bytes = readAll(file, maximumIniBytes)
  return bytes[0] === 0xff && bytes[1] === 0xfe ? decodeUtf16(bytes.subarray(2)) : codePage(1252).decode(bytes)
}

function byDirectory(session: InstallSession, name: string, signature: FileSignature | undefined, search: Search): string {
  for (const row of session.rows('DrLocator')) {
    if (row.text('Signature_') !== name) continue
    for (const folder of searchedFolders(session, row, search)) {
      if (session.platform.files.stat(folder)?.kind !== 'directory') continue
      if (signature === undefined) return withTrailingBackslash(session.platform.files.spelling(folder))
      const found = findFile(session.platform, folder, signature, row.integer('Depth') ?? 0)
      if (found !== undefined) return found
    }
  }
  return ''
}

/** Below the parent's folder, at a full path, or at this path of every fixed drive. */
function searchedFolders(session: InstallSession, row: Row, { depth, found: known }: Search): string[] {
  const path = session.format(row.text('Path')).replaceAll('/', '\\')
  const parent = row.text('Parent')
  if (parent !== '') {
    const found = locate(session, parent, { depth: depth + 1, found: known })
    if (found === '') return []
    const folder = found.endsWith('\\') ? found : parentPath(found) ?? ''
    return folder === '' ? [] : [path === '' ? folder : joinPath(folder, lastName(path))]
  }
  if (isFullPath(path)) return [path]
  return session.platform.files.drives().map((drive) => path === '' ? drive : joinPath(drive, path))
}

/** A relative path may be one level of `short|long`. */
function lastName(path: string): string {
  const bar = path.indexOf('|')
  return bar < 0 ? path : path.slice(bar + 1)
}

/**
 * A path that was found written down: is what it names there, and does it fit? A file is known by its path, not by the
 * signature's name; without a signature the folder is meant that it lies in.
 */
function pathResult(session: InstallSession, path: string, type: number, signature: FileSignature | undefined): string {
  if (!isFullPath(path)) return ''
  try {
    const { files } = session.platform
    const stat = files.stat(path)
    if (type === LocatorType.directory) return signature === undefined && stat?.kind === 'directory' ? withTrailingBackslash(path) : ''
    if (signature !== undefined) return stat?.kind === 'file' && fitsSignature(session.platform, path, stat, signature) ? path : ''
    const folder = parentPath(path) ?? path
    return files.stat(folder)?.kind === 'directory' ? withTrailingBackslash(folder) : ''
  } catch (error) {
    // A path on a drive that does not exist, or one that is no path at all.
    if (error instanceof WindowsError) return ''
    throw error
  }
}
