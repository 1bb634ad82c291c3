// Files named on the command line: patterns are expanded, a directory stands for every file below it, and paths become full.
import { readdirSync, statSync } from 'node:fs'
import { join, resolve, sep } from 'node:path'
import { patternExpression } from '../layout/glob.ts'
import { UsageError } from '../program/errors.ts'

/** Files that do not exist are kept: somebody may open them yet. */
export function expandFiles(names: readonly string[]): string[] {
  const found = new Set<string>()
  for (const name of names) {
    const matches = isPattern(name) && !exists(resolve(name)) ? matchPattern(name) : [resolve(name)]
    if (matches.length === 0) throw new UsageError(`no file matches "${name}"`)
    for (const path of matches) for (const file of filesBelow(path)) found.add(file)
  }
  return [...found]
}

export function parsePid(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`expected the number of a process, found "${text}"`)
  return Number(text)
}

function filesBelow(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

function isPattern(name: string): boolean {
  return /[*?[]/.test(name)
}

/** `*` and `?` within a name, `[…]` one character, `**` any number of folders. Hidden names only where the pattern says so. */
function matchPattern(pattern: string): string[] {
  const [first, ...segments] = resolve(pattern).split(sep)
  return segments.reduce((folders, segment, index) => folders.flatMap((folder) => step(folder, segment, index === segments.length - 1)), [`${first}${sep}`])
}

function step(folder: string, segment: string, isLast: boolean): string[] {
  if (segment === '**') return [folder, ...subfolders(folder)]
  if (!isPattern(segment)) return exists(join(folder, segment)) ? [join(folder, segment)] : []
  const expression = toExpression(segment)
  return entries(folder).filter((entry) => expression.test(entry.name) && (entry.name.startsWith('.') === segment.startsWith('.')))
    .filter((entry) => isLast || entry.isDirectory() || entry.isSymbolicLink()).map((entry) => join(folder, entry.name))
}

function subfolders(folder: string): string[] {
  return entries(folder).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap((entry) => [join(folder, entry.name), ...subfolders(join(folder, entry.name))])
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    // Not a folder, or not to be read: nothing in it matches.
    return []
  }
}

function toExpression(segment: string): RegExp {
  const source = segment.replaceAll(/\[!?[^\]]+\]|[*?]|[.+^${}()|\\[\]]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    return part.length > 1 ? part.replace('[!', '[^').replaceAll('\\', '\\\\') : `\\${part}`
  })
  return patternExpression(segment, () => new RegExp(`^${source}$`, 'su'))
}
