// Windows paths as text: `C:\folder\name`. Nothing here touches a disk.
// https://learn.microsoft.com/windows/win32/fileio/naming-a-file

/** Windows compares names by simple upper-casing, one code unit to one. */
export function foldCase(name: string): string {
  const upper = name.toUpperCase()
  return upper.length === name.length ? upper : [...name].map((one) => one.toUpperCase().length === one.length ? one.toUpperCase() : one).join('')
}

export function sameName(a: string, b: string): boolean {
  return a === b || foldCase(a) === foldCase(b)
}

/** Joins with single backslashes; empty parts are skipped, a trailing backslash of the last part is kept. */
export function joinPath(...parts: readonly string[]): string {
  let path = ''
  for (const part of parts) {
    if (part === '') continue
    path = path === '' ? part : `${path.endsWith('\\') ? path.replace(/\\+$/, '') : path}\\${part.startsWith('\\') ? part.replace(/^\\+/, '') : part}`
  }
  return path
}

/** The folder a path lies in, without a trailing backslash except for a drive's root; `undefined` for a root. */
export function parentPath(path: string): string | undefined {
  const trimmed = withoutTrailingBackslash(path)
  const at = trimmed.lastIndexOf('\\')
  if (at < 0 || (trimmed.length <= 3 && /^[A-Za-z]:\\?$/.test(trimmed))) return undefined
  return at === 2 && trimmed[1] === ':' ? trimmed.slice(0, 3) : trimmed.slice(0, at)
}

/** The last segment. */
export function baseName(path: string): string {
  const trimmed = withoutTrailingBackslash(path)
  return trimmed.slice(trimmed.lastIndexOf('\\') + 1)
}

export function withTrailingBackslash(path: string): string {
  return path === '' || path.endsWith('\\') ? path : `${path}\\`
}

/** A drive's root keeps its backslash. */
export function withoutTrailingBackslash(path: string): string {
  if (!path.endsWith('\\')) return path
  return /^[A-Za-z]:\\+$/.test(path) ? path.slice(0, 3) : path.replace(/\\+$/, '')
}

/** Whether the path names a drive and a root folder, as in `C:\x`. */
export function isFullPath(path: string): boolean {
  return /^[A-Za-z]:\\/.test(path) || /^\\\\[^\\]+\\[^\\]+/.test(path)
}

/**
 * The segments between drive and end, `.` removed and `..` applied; slashes count as backslashes.
 * `undefined` when `..` climbs above the root: such a path is refused, never clamped.
 */
export function pathSegments(path: string): { drive: string; segments: string[] } | undefined {
  const match = /^([A-Za-z]:)?[\\/]*(.*)$/s.exec(path)!
  const segments: string[] = []
  for (const segment of match[2]!.split(/[\\/]+/)) {
    if (segment === '' || segment === '.') continue
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return undefined
  }
  return { drive: (match[1] ?? '').toUpperCase(), segments }
}
