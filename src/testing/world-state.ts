// What stands on the drives and in the saved registry of a machine in memory, comparable with another state of it in
// a fraction of the time of a snapshot: entries, contents and hives that both share are not looked into.
import { joinPath, type RegistryKey } from '../base/index.ts'
import type { DurableHives, MemoryDirectory, MemoryEntry, MemoryPlatform } from '../platform/index.ts'

export interface WorldState {
  /** The roots of the drives, by letter and colon. */
  readonly drives: ReadonlyMap<string, MemoryDirectory>
  readonly hives: DurableHives
}

export interface CompareOptions {
  /** Of folders, by path: their times are not compared. Files always have theirs. */
  readonly ignoreFolderTimes?: (path: string) => boolean
  /** So many differences are enough; all when absent. */
  readonly most?: number
}

export function worldState({ files, durableHives }: MemoryPlatform): WorldState {
  return { drives: files.contents(), hives: new Map(durableHives) }
}

/** One line for everything that differs; empty when nothing does. */
export function stateDifferences(expected: WorldState, found: WorldState, { ignoreFolderTimes = () => false, most = Number.POSITIVE_INFINITY }: CompareOptions = {}): string[] {
  const lines: string[] = []
  for (const drive of new Set([...expected.drives.keys(), ...found.drives.keys()])) {
    compareEntries(`${drive}\\`, expected.drives.get(drive), found.drives.get(drive), { lines, ignoreFolderTimes, most })
  }
  for (const mount of new Set([...expected.hives.keys(), ...found.hives.keys()])) {
    const was = expected.hives.get(mount)
    const is = found.hives.get(mount)
    if (was === undefined || is === undefined) lines.push(`hive ${mount}: expected ${was === undefined ? 'none' : 'one'}, found ${is === undefined ? 'none' : 'one'}`)
    else if (was !== is && lines.length < most) lines.push(...keyDifferences(mount, was, is))
  }
  return lines.slice(0, most)
}

interface Comparison extends Required<CompareOptions> {
  readonly lines: string[]
}

function compareEntries(path: string, was: MemoryEntry | undefined, is: MemoryEntry | undefined, comparison: Comparison): void {
  const { lines, most } = comparison
  if (was === is || lines.length >= most) return
  if (was === undefined || is === undefined) lines.push(`${path}: expected ${factsOf(was)}, found ${factsOf(is)}`)
  else if (was.name !== is.name) lines.push(`${path}: expected the name ${was.name}, found ${is.name}`)
  else if (factsOf(was) !== factsOf(is)) lines.push(`${path}: expected ${factsOf(was)}, found ${factsOf(is)}`)
  else if (was.kind === 'file' && is.kind === 'file' && !sameBytes(contentOf(was), contentOf(is))) lines.push(`${path}: expected ${was.size} bytes, found ${is.size}, or others`)
  else if (was.modifiedMs !== is.modifiedMs && !(was.kind === 'directory' && comparison.ignoreFolderTimes(path))) lines.push(`${path}: expected time ${was.modifiedMs}, found ${is.modifiedMs}`)
  const [before, now] = [childrenOf(was), childrenOf(is)]
  for (const [name, child] of before) if (child !== now.get(name)) compareEntries(joinPath(path, child.name), child, now.get(name), comparison)
  for (const [name, child] of now) if (!before.has(name)) compareEntries(joinPath(path, child.name), undefined, child, comparison)
}

const none: ReadonlyMap<string, MemoryEntry> = new Map()

function childrenOf(entry: MemoryEntry | undefined): ReadonlyMap<string, MemoryEntry> {
  return entry?.kind === 'directory' ? entry.children : none
}

function factsOf(entry: MemoryEntry | undefined): string {
  if (entry === undefined) return 'nothing'
  const { readOnly, hidden, system } = entry.attributes
  return `${entry.kind}${readOnly ? ' read-only' : ''}${hidden ? ' hidden' : ''}${system ? ' system' : ''}`
}

function contentOf({ content, size }: Extract<MemoryEntry, { kind: 'file' }>): Uint8Array {
  return content.length === size ? content : content.subarray(0, size)
}

/** Contents never change in place. */
function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.length !== b.length) return false
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true
  for (let index = 0; index < a.length; index++) if (a[index] !== b[index]) return false
  return true
}

/** Trees that were saved do not change, and many states have the same one. */
const compared = new WeakMap<RegistryKey, WeakMap<RegistryKey, readonly string[]>>()

function keyDifferences(mount: string, expected: RegistryKey, found: RegistryKey): readonly string[] {
  const others = compared.get(expected) ?? new WeakMap<RegistryKey, readonly string[]>()
  compared.set(expected, others)
  const known = others.get(found)
  if (known !== undefined) return known
  const lines: string[] = []
  compareKeys(mount, expected, found, lines)
  others.set(found, lines)
  return lines
}

/** Times of keys are not compared: whatever is set anew has the time of that. */
function compareKeys(path: string, expected: RegistryKey, found: RegistryKey, lines: string[]): void {
  if (expected === found) return
  const values = new Map([...found.values()].map((value) => [value.name, value]))
  for (const value of expected.values()) {
    const is = values.get(value.name)
    if (is === undefined) lines.push(`${path} → ${value.name}: expected a value, found none`)
    else if (is.type !== value.type || !sameBytes(value.data, is.data)) lines.push(`${path} → ${value.name}: expected another value`)
    values.delete(value.name)
  }
  for (const name of values.keys()) lines.push(`${path} → ${name}: expected no value, found one`)
  const subkeys = new Map(found.subkeys().map((key) => [key.name, key]))
  for (const key of expected.subkeys()) {
    const is = subkeys.get(key.name)
    if (is === undefined) lines.push(`${path}\\${key.name}: expected a key, found none`)
    else compareKeys(`${path}\\${key.name}`, key, is, lines)
    subkeys.delete(key.name)
  }
  for (const name of subkeys.keys()) lines.push(`${path}\\${name}: expected no key, found one`)
}
