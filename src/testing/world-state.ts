// What stands on the drives and in the saved registry of a machine in memory, comparable with another state of it in
// a fraction of the time of a snapshot: contents and hives that both share are not looked into.
import { bytesToHex, createHashes, type RegistryKey } from '../base/index.ts'
import { walk, type DurableHives, type MemoryPlatform } from '../platform/index.ts'

export interface WorldState {
  readonly entries: ReadonlyMap<string, WorldEntry>
  readonly hives: DurableHives
}

interface WorldEntry {
  readonly facts: string
  readonly modifiedMs: number
  /** Absent for a directory. */
  readonly content?: Uint8Array
}

export interface CompareOptions {
  /** Of folders, by path: their times are not compared. Files always have theirs. */
  readonly ignoreFolderTimes?: (path: string) => boolean
}

export function worldState({ files, durableHives }: MemoryPlatform): WorldState {
  const entries = new Map<string, WorldEntry>()
  for (const drive of files.drives()) {
    for (const path of [drive, ...walk(files, drive)]) {
      const { kind, size, modifiedMs, attributes: { readOnly, hidden, system } } = files.stat(path)!
      const facts = `${kind}${readOnly ? ' read-only' : ''}${hidden ? ' hidden' : ''}${system ? ' system' : ''}`
      entries.set(path, kind === 'directory' ? { facts, modifiedMs } : { facts, modifiedMs, content: contentOf(files, path, size) })
    }
  }
  return { entries, hives: new Map(durableHives) }
}

function contentOf(files: MemoryPlatform['files'], path: string, size: number): Uint8Array {
  using file = files.open(path)
  return file.read(0, size)
}

/** One line for everything that differs; empty when nothing does. */
export function stateDifferences(expected: WorldState, found: WorldState, { ignoreFolderTimes = () => false }: CompareOptions = {}): string[] {
  const lines: string[] = []
  for (const path of new Set([...expected.entries.keys(), ...found.entries.keys()])) {
    const was = expected.entries.get(path)
    const is = found.entries.get(path)
    if (was === undefined || is === undefined) lines.push(`${path}: expected ${was?.facts ?? 'nothing'}, found ${is?.facts ?? 'nothing'}`)
    else if (was.facts !== is.facts) lines.push(`${path}: expected ${was.facts}, found ${is.facts}`)
    else if (!sameBytes(was.content, is.content)) lines.push(`${path}: expected ${was.content!.length} bytes, found ${is.content!.length}, or others`)
    else if (was.modifiedMs !== is.modifiedMs && !(was.content === undefined && ignoreFolderTimes(path))) lines.push(`${path}: expected time ${was.modifiedMs}, found ${is.modifiedMs}`)
  }
  for (const mount of new Set([...expected.hives.keys(), ...found.hives.keys()])) {
    const was = expected.hives.get(mount)
    const is = found.hives.get(mount)
    if (was === undefined || is === undefined) lines.push(`hive ${mount}: expected ${was === undefined ? 'none' : 'one'}, found ${is === undefined ? 'none' : 'one'}`)
    else compareKeys(mount, was, is, lines)
  }
  return lines
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  if (a.length !== b.length) return false
  if (a.length < 256) return a.every((byte, index) => byte === b[index])
  return (a.buffer === b.buffer && a.byteOffset === b.byteOffset) || digestOf(a) === digestOf(b)
}

/** Contents are compared in hundreds of states, and never change in place. */
const digests = new WeakMap<ArrayBufferLike, Map<string, string>>()

function digestOf(bytes: Uint8Array): string {
  const known = digests.get(bytes.buffer) ?? new Map<string, string>()
  digests.set(bytes.buffer, known)
  const part = `${bytes.byteOffset} ${bytes.length}`
  const digest = known.get(part) ?? computed(bytes)
  known.set(part, digest)
  return digest
}

function computed(bytes: Uint8Array): string {
  const hash = createHashes().md5()
  hash.update(bytes)
  return bytesToHex(hash.digest())
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
