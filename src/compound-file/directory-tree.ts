// The directory to be written: entries with ids, siblings in red-black trees ordered by name. MS-CFB 2.6.4.
import { FormatError, type ByteSource } from '../base/index.ts'
import type { StorageContent, StorageContentEntry } from './content.ts'
import { entryColor, entryType, noEntry, nullGuid, type DirectoryEntry } from './directory-entry.ts'
import { compareNames, maximumNameUnits } from './names.ts'

export interface PlannedEntry {
  /** All but where its bytes are. */
  readonly entry: Omit<DirectoryEntry, 'startSector' | 'sizeBytes'>
  /** Undefined for a storage. */
  readonly source?: ByteSource
}

/** Entry 0 is the root; the children of a storage follow each other in name order. */
export function planDirectory(root: StorageContent): PlannedEntry[] {
  const entries: PlannedEntry[] = [undefined as never]
  // Grows while it is walked.
  const pending: { id: number; name: string; type: number; content: StorageContent; links: Links; facts: Facts }[] = []
  pending.push({ id: 0, name: 'Root Entry', type: entryType.root, content: root, links: lone, facts: root })
  for (const { id, name, type, content, links, facts } of pending) {
    const children = sortedEntries(content, name)
    const firstChild = entries.length
    const tree = balancedTree(children.length, firstChild)
    entries[id] = { entry: { ...common(name, facts), ...links, type, classId: content.classId ?? nullGuid, child: tree.root } }
    children.forEach((child, index) => {
      if (child.kind === 'stream') {
        const entry = { ...common(child.name, child), ...tree.links[index]!, type: entryType.stream, classId: nullGuid, child: noEntry }
        entries.push({ entry, source: child.source })
      } else {
        entries.push(undefined as never)
        pending.push({ id: firstChild + index, name: child.name, type: entryType.storage, content: child.content, links: tree.links[index]!, facts: child.content })
      }
    })
  }
  return entries
}

interface Facts {
  readonly stateBits?: number | undefined
  readonly created?: bigint | undefined
  readonly modified?: bigint | undefined
}

function common(name: string, facts: Facts): { name: string; stateBits: number; created: bigint; modified: bigint } {
  return { name, stateBits: facts.stateBits ?? 0, created: facts.created ?? 0n, modified: facts.modified ?? 0n }
}

function sortedEntries(content: StorageContent, storageName: string): StorageContentEntry[] {
  const sorted = content.entries.toSorted((a, b) => compareNames(a.name, b.name))
  sorted.forEach(({ name }, index) => {
    const problem = name.length === 0 || name.length > maximumNameUnits ? `${name.length} units`
      : /[/\\:!\0]/.test(name) ? `the character ${JSON.stringify(/[/\\:!\0]/.exec(name)![0])}`
        : index > 0 && compareNames(name, sorted[index - 1]!.name) === 0 ? 'the same name twice' : undefined
    if (problem !== undefined) {
      throw new FormatError({
        structure: `storage ${JSON.stringify(storageName)}`, field: `name ${JSON.stringify(name)}`,
        expected: `1 to ${maximumNameUnits} units, none of / \\ : ! or NUL, no two names alike`, found: problem,
      }, 'ERROR_INVALID_NAME')
    }
  })
  return sorted
}

interface Links {
  readonly left: number
  readonly right: number
  readonly color: number
}

const lone: Links = { left: noEntry, right: noEntry, color: entryColor.black }

/**
 * A tree over `count` sorted entries whose ids begin at `firstId`. Splitting in the middle leaves only the deepest
 * level incomplete; with that level red and all others black it is a red-black tree.
 */
function balancedTree(count: number, firstId: number): { root: number; links: Links[] } {
  const links: Links[] = Array.from({ length: count })
  const deepest = Math.floor(Math.log2(count))
  const isFull = count + 1 === 2 ** (deepest + 1)
  const build = (first: number, end: number, depth: number): number => {
    if (first === end) return noEntry
    const middle = (first + end) >> 1
    links[middle] = {
      left: build(first, middle, depth + 1),
      right: build(middle + 1, end, depth + 1),
      color: depth === deepest && !isFull ? entryColor.red : entryColor.black,
    }
    return firstId + middle
  }
  return { root: build(0, count, 0), links }
}
