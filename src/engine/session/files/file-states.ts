// What happens to every row of the File table: where it goes, whether it is copied, kept or removed, and why.
// https://learn.microsoft.com/windows/win32/msi/file-versioning-rules
import { bytesToHex, compareFileVersions, joinPath, parseFileVersion, type ByteSource } from '../../../base/index.ts'
import type { FileStat, Platform } from '../../../platform/index.ts'
import { ComponentAttribute, isBeingRemoved, type Component } from '../features/components.ts'
import { fileMode, repairsCorruptFiles, type FileMode } from '../features/reinstall-mode.ts'
import { InstallState } from '../features/states.ts'
import type { InstallSession } from '../install-session.ts'
import type { Session } from '../session.ts'
import { readFileVersion } from './file-version-resource.ts'
import { decideFile, parseLanguages, type ExistingFile, type FileDecision } from './file-versioning.ts'
import type { FileEntry } from './files.ts'
import { FilesSeen } from './files-seen.ts'
import { hasValidChecksum } from './pe-checksum.ts'

/** Target and source paths, once the directories are known. */
export function placeFiles(session: InstallSession): void {
  const shortTargets = session.properties.get('SHORTFILENAMES') !== ''
  const compressedPackage = session.parts.package.summary.compressed
  for (const file of session.files.values()) {
    const { directory } = session.components.get(file.component)!
    const shortSources = session.sourceUsesShortNames
    file.targetPath = joinPath(session.directories.target(directory), shortTargets ? file.shortName : file.longName)
    // An uncompressed file of a compressed package lies at the root of the source.
    const folder = compressedPackage && !session.sourceIsAdminImage && !file.compressed ? session.sourceRoot : session.directories.source(directory)
    file.sourceFolder = folder
    file.sourceIsShort = shortSources
  }
}

/** Dispositions of all files; components are resolved already. */
export function decideFiles(session: InstallSession, seen = new FilesSeen(session.platform.files)): void {
  const mode = fileMode(session.reinstallMode)
  const companions: FileEntry[] = []
  const patchesImage = session.patches !== undefined && session.properties.get('ACTION') === 'ADMIN'
  for (const file of session.files.values()) {
    const component = session.components.get(file.component)!
    file.disposition = 'none'
    file.reason = ''
    if (patchesImage) setDecision(file, component.action === InstallState.local ? patchedImage : kept)
    else if (isBeingRemoved(component)) decideRemoval(session, component, file)
    else if (component.action === InstallState.local && isCompanion(session, file)) companions.push(file)
    else if (component.action === InstallState.local && session.patches?.goes.restores.has(file.key) === true) setDecision(file, restored)
    else if (component.action === InstallState.local) setDecision(file, decide(session, file, mode, seen))
  }
  for (const file of companions) decideCompanion(session, file, seen)
}

const restored: FileDecision = { copy: true, reason: `Overwrite;  Won't patch;  The patch that changed it is being removed` }

const patchedImage: FileDecision = { copy: true, reason: `Overwrite;  Won't patch;  The administrative image is patched` }
const kept: FileDecision = { copy: false, reason: '' }

export function setDecision(file: FileEntry, decision: FileDecision): void {
  file.disposition = decision.copy ? 'copy' : 'keep'
  file.reason = decision.reason
}

function isCompanion(session: InstallSession, file: FileEntry): boolean {
  return file.version !== '' && parseFileVersion(file.version) === undefined && session.files.has(file.version)
}

/** A companion goes with its parent; missing, it is installed anyway. */
function decideCompanion(session: InstallSession, file: FileEntry, seen: FilesSeen): void {
  const parent = session.files.get(file.version)!
  const missing = seen.stat(file.targetPath)?.kind !== 'file'
  const copy = missing || parent.disposition === 'copy'
  setDecision(file, {
    copy, reason: missing ? `To be installed;  Won't patch;  No existing file`
      : copy ? `Overwrite;  Won't patch;  Its companion parent is installed` : `Won't Overwrite;  Won't patch;  Its companion parent is kept`,
  })
}

function decideRemoval(session: InstallSession, component: Component, file: FileEntry): void {
  const counted = sharedCount(session, component)
  file.disposition = counted > 1 ? 'keep' : 'remove'
  file.reason = counted > 1 ? `Won't remove;  ${counted - 1} other users are counted in SharedDLLs` : 'To be removed'
}

/** The count of the component's key file in SharedDLLs; 0 when nobody counts. */
function sharedCount(session: InstallSession, component: Component): number {
  const keyFile = keyFilePath(session, component)
  if (keyFile === undefined) return 0
  const key = session.registryKey(2, 'Software\\Microsoft\\Windows\\CurrentVersion\\SharedDLLs', component.is64Bit)
  const value = session.platform.registry.value(key, keyFile)
  return value?.type === 'REG_DWORD' ? value.data : 0
}

/** Full path of the file that is the component's key path. */
export function keyFilePath(session: Pick<Session, 'files'>, component: Component): string | undefined {
  const other = ComponentAttribute.registryKeyPath | ComponentAttribute.odbcDataSource
  if (component.keyPath === '' || (component.attributes & other) !== 0) return undefined
  return session.files.get(component.keyPath)?.targetPath
}

export function decide(session: InstallSession, file: FileEntry, mode: FileMode, seen: FilesSeen): FileDecision {
  const authored = { version: parseFileVersion(file.version), languages: parseLanguages(file.language), hash: file.hash }
  const stat = session.installation.isPlannedAway(file.targetPath) ? undefined : seen.stat(file.targetPath)
  if (stat?.kind !== 'file') return decideFile(authored, undefined, mode)
  const { platform, reinstallMode } = session
  const checksummed = file.checksum && repairsCorruptFiles(reinstallMode)
  return withFile(platform, file.targetPath, (found) => decideFile(authored, existingFile(platform, found, stat, checksummed), mode))
}

function existingFile(platform: Platform, found: ByteSource, { modifiedMs, createdMs }: FileStat, checksummed: boolean): ExistingFile {
  const info = readFileVersion(found)
  return {
    version: info?.version, languages: info?.languages ?? [], modifiedMs, createdMs,
    hash: () => bytesToHex(hashOf(platform, found)), isIntact: () => !checksummed || hasValidChecksum(found),
  }
}

export function versionOnDisk(platform: Platform, path: string): ReturnType<typeof readFileVersion> {
  return withFile(platform, path, readFileVersion)
}

function withFile<T>(platform: Platform, path: string, use: (file: ReturnType<Platform['files']['open']>) => T): T {
  const file = platform.files.open(path)
  try {
    return use(file)
  } finally {
    file[Symbol.dispose]()
  }
}

const pieceBytes = 1 << 20

/**
 * The 16 bytes of a file's MD5 as the MsiFileHash table and MsiGetFileHash have them: an empty file has zeros.
 * @throws WindowsError when the file cannot be read
 * @see https://learn.microsoft.com/windows/win32/api/msi/nf-msi-msigetfilehashw
 * @example
 * fileHash(platform, 'C:\\readme.txt')
 */
export function fileHash(platform: Platform, path: string): Uint8Array {
  return withFile(platform, path, (file) => hashOf(platform, file))
}

function hashOf(platform: Platform, file: ByteSource): Uint8Array {
  if (file.size === 0) return new Uint8Array(16)
  const hash = platform.hashes.md5()
  for (let offset = 0; offset < file.size; offset += pieceBytes) hash.update(file.read(offset, Math.min(pieceBytes, file.size - offset)))
  return hash.digest().slice()
}

/** Whether the key file on disk is of a higher version than the package's. */
export function hasNewerKeyFile(session: InstallSession, component: Component, seen: FilesSeen): boolean {
  const path = keyFilePath(session, component)
  const authored = parseFileVersion(session.files.get(component.keyPath)?.version ?? '')
  if (path === undefined || authored === undefined || seen.stat(path)?.kind !== 'file') return false
  const existing = versionOnDisk(session.platform, path)?.version
  return existing !== undefined && compareFileVersions(existing, authored) > 0
}

/** Whether what the key path names is there: a file, a folder, or a registry value. */
export function keyPathExists(session: InstallSession, component: Component, seen: FilesSeen): boolean {
  if (component.keyPath === '') return seen.stat(session.directories.target(component.directory))?.kind === 'directory'
  const file = keyFilePath(session, component)
  if (file !== undefined) return seen.stat(file)?.kind === 'file'
  if ((component.attributes & ComponentAttribute.registryKeyPath) === 0) return false
  const row = session.database.table('Registry')?.find(component.keyPath)
  if (row === undefined) return false
  const key = session.registryKey(row.integer('Root') ?? 2, session.format(row.text('Key')), component.is64Bit)
  return row.isNull('Name') ? session.platform.registry.keyExists(key) : session.platform.registry.value(key, session.format(row.text('Name'))) !== undefined
}
