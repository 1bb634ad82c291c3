// Transforms of an installation: found, checked, applied to the package in memory, and kept for maintenance.
// https://learn.microsoft.com/windows/win32/msi/applying-transforms, …/transforms (the property), …/unsecured-transforms
import { baseName, isFullPath, joinPath, readAll, bytesSource, WindowsError, type ByteSource } from '../../base/index.ts'
import { applyTransform, checkTransform, readTransformSummary, transformErrorConditions } from '../../database/index.ts'
import type { Platform } from '../../platform/index.ts'
import { repackage, type Package } from './package.ts'

export interface AppliedTransforms {
  readonly package: Package
  /** As the registration keeps the list: embedded ones by name, files by the path of their copy. */
  readonly registered: string
  /** Files to be kept beside the cached package. */
  readonly copies: readonly { readonly source: string; readonly destination: string }[]
}

const maximumTransforms = 255
const maximumTransformBytes = 1 << 28

/**
 * Applies a list as the TRANSFORMS property has it: items between semicolons, `:name` for a storage of the package; an
 * `@` or `|` in front of the list says where files are looked for.
 * @throws WindowsError 1624 for one that is missing, is none, or is made for another package
 */
export function applyTransforms(platform: Platform, source: Package, list: string): AppliedTransforms {
  const items = list.replace(/^[@|]/, '').split(';').map((item) => item.trim()).filter((item) => item !== '')
  if (items.length > maximumTransforms) throw failure(list, `expected at most ${maximumTransforms} transforms, found ${items.length}`)
  const files = new Map<string, string>()
  for (const item of items) {
    const path = item.startsWith(':') ? undefined : findTransform(platform, source, item, list.startsWith('@'))
    applyOne(platform, source, item, path)
    if (path !== undefined) files.set(item, path)
  }
  const changed = repackage(source)
  const folder = joinPath(platform.machine.environment['SYSTEMROOT'] ?? 'C:\\Windows', 'Installer', changed.productCode)
  const kept = (path: string): string => joinPath(folder, baseName(path))
  return {
    package: changed,
    registered: items.map((item) => files.has(item) ? kept(files.get(item)!) : item).join(';'),
    copies: [...files.values()].map((path) => ({ source: path, destination: kept(path) })),
  }
}

function applyOne(platform: Platform, source: Package, item: string, path: string | undefined): void {
  try {
    const content = path === undefined ? source.database.storage(item.slice(1)) : readFile(platform, path)
    if (content === undefined) throw failure(item, 'expected a storage of the package, found none')
    const summary = readTransformSummary(content)
    const mismatch = checkTransform(source.database, summary)
    if (mismatch !== undefined) throw failure(item, `it is made for ${mismatch.condition} ${mismatch.expected}, found ${mismatch.found}`)
    applyTransform(source.database, content, { errorConditions: transformErrorConditions(summary) })
  } catch (error) {
    if (!(error instanceof WindowsError) || error instanceof TransformFailure) throw error
    throw failure(item, error.message, error)
  }
}

/** The whole file: it may be moved or removed while the package is open. */
function readFile(platform: Platform, path: string): ByteSource {
  using file = platform.files.open(path)
  return bytesSource(Uint8Array.from(readAll(file, maximumTransformBytes)))
}

/**
 * As it is given, from the current folder where it is no full path, then beside the package, as unsecured transforms are
 * searched for at a first installation; with `@` beside the package only.
 */
function findTransform(platform: Platform, source: Package, item: string, atSource: boolean): string {
  const windowsPath = isFullPath(item) ? item : atSource && !item.startsWith('/') ? undefined : platform.files.fromHostPath(item)
  const candidates = [windowsPath, joinPath(source.folder, windowsPath === undefined ? item : baseName(windowsPath))]
  const found = candidates.find((path) => path !== undefined && platform.files.stat(path)?.kind === 'file')
  if (found === undefined) throw failure(item, 'the file was not found')
  return found
}

/** Names the transform as it was asked for. */
class TransformFailure extends WindowsError {}

function failure(item: string, message: string, cause?: unknown): WindowsError {
  return new TransformFailure('ERROR_INSTALL_TRANSFORM_FAILURE', `transform ${item}: ${message}`, { cause })
}
