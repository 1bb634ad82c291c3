// Differences between what a recording shows after a step and what the root holds, as sentences.
import type { Recording, RecordedFile, RecordedStep, RecordedValue } from './recording.ts'
import { cachedPackage, normaliseFolder, normaliseKey, normalisePath, type RootState } from './root-state.ts'

export interface Difference {
  readonly aspect: 'exit' | 'file' | 'folder' | 'key' | 'registry'
  /** Normalised path, or key and value name joined with ` : `. */
  readonly where: string
  readonly expected: string
  readonly found: string
}

/** The state a recording describes, accumulated over its steps. Only what the steps touched is known. */
export class ExpectedState {
  readonly files = new Map<string, RecordedFile | undefined>()
  readonly values = new Map<string, Map<string, RecordedValue | undefined>>()
  /** Whether they are there. */
  readonly folders = new Map<string, boolean>()
  readonly keys = new Map<string, boolean>()

  apply(step: RecordedStep): void {
    for (const [path, file] of Object.entries(step.files.added)) this.files.set(normalisePath(path), file)
    for (const [path, file] of Object.entries(step.files.changed)) this.files.set(normalisePath(path), file.to)
    for (const path of Object.keys(step.files.removed)) this.files.set(normalisePath(path), undefined)
    for (const path of step.dirs?.added ?? []) this.folders.set(normaliseFolder(path), true)
    for (const path of step.dirs?.removed ?? []) this.folders.set(normaliseFolder(path), false)
    for (const key of step.registry.keys_added ?? []) this.keys.set(normaliseKey(key), true)
    for (const key of step.registry.keys_removed ?? []) this.keys.set(normaliseKey(key), false)
    for (const [key, values] of Object.entries(step.registry.added)) for (const [name, value] of Object.entries(values)) this.#set(key, name, value)
    for (const [key, values] of Object.entries(step.registry.changed)) for (const [name, value] of Object.entries(values)) this.#set(key, name, value.to)
    for (const [key, values] of Object.entries(step.registry.removed)) for (const name of Object.keys(values)) this.#set(key, name, undefined)
  }

  #set(key: string, name: string, value: RecordedValue | undefined): void {
    const values = this.values.get(normaliseKey(key)) ?? new Map<string, RecordedValue | undefined>()
    values.set(name.toLowerCase(), value)
    this.values.set(normaliseKey(key), values)
  }
}

export function compareStates(expected: ExpectedState, found: RootState, before: RootState): Difference[] {
  const keysWithValues = new Set([...found.keys].filter(([, values]) => values.size > 0).map(([key]) => key))
  return [
    ...compareFiles(expected, found, before), ...comparePresence('folder', '/', expected.folders, [...expected.files.keys()], found.folders, before.folders),
    ...compareRegistry(expected, found, before), ...comparePresence('key', '\\', expected.keys, [], new Set(found.keys.keys()), new Set([...before.keys.keys(), ...keysWithValues])),
  ]
}

function* compareFiles(expected: ExpectedState, found: RootState, before: RootState): Iterable<Difference> {
  for (const [path, file] of expected.files) {
    if (path === cachedPackage) continue
    const actual = found.files.get(path)
    if (file === undefined ? actual === undefined : actual !== undefined && sameFile(file, actual)) continue
    yield { aspect: 'file', where: path, expected: describe(file), found: describe(actual) }
  }
  for (const [path, file] of found.files) {
    if (path !== cachedPackage && !expected.files.has(path) && !before.files.has(path)) yield { aspect: 'file', where: path, expected: 'nothing', found: describe(file) }
  }
}

/**
 * Folders, and keys; those above a recorded one were there before on the recorder's machine. Keys with values need no
 * difference of their own: their values have one.
 */
function* comparePresence(aspect: 'folder' | 'key', separator: string, expected: ReadonlyMap<string, boolean>, within: readonly string[], found: ReadonlySet<string>, known: ReadonlySet<string>): Iterable<Difference> {
  for (const [path, isThere] of expected) if (isThere !== found.has(path)) yield { aspect, where: path, expected: isThere ? 'there' : 'gone', found: isThere ? 'gone' : 'there' }
  const above = new Set<string>()
  for (const path of [...expected.keys(), ...within]) for (let at = path.lastIndexOf(separator); at > 0; at = path.lastIndexOf(separator, at - 1)) above.add(path.slice(0, at))
  for (const path of found) if (!expected.has(path) && !known.has(path) && !above.has(path)) yield { aspect, where: path, expected: 'nothing', found: 'there' }
}

function* compareRegistry(expected: ExpectedState, found: RootState, before: RootState): Iterable<Difference> {
  for (const [key, values] of expected.values) {
    for (const [name, value] of values) {
      const actual = found.keys.get(key)?.get(name)
      if (value === undefined ? actual === undefined : actual !== undefined && sameValue(value, actual)) continue
      yield { aspect: 'registry', where: `${key} : ${name}`, expected: describe(value), found: describe(actual) }
    }
  }
  for (const [key, values] of found.keys) {
    for (const [name, value] of values) {
      if (expected.values.get(key)?.has(name) || before.keys.get(key)?.has(name)) continue
      yield { aspect: 'registry', where: `${key} : ${name}`, expected: 'nothing', found: describe(value) }
    }
  }
}

function sameFile(expected: RecordedFile, actual: RecordedFile): boolean {
  if (expected.lnk !== undefined) return actual.lnk !== undefined && sameLink(expected.lnk, actual.lnk)
  return expected.size === actual.size && expected.sha256 === actual.sha256
}

/** Recording's field → ours. Item id lists hold times, so only what they lead to is compared. */
const linkFields: Readonly<Record<string, string>> = {
  target: 'target', arguments: 'arguments', description: 'description', working_dir: 'workingDirectory',
  icon: 'iconPath', icon_index: 'iconIndex', hotkey: 'hotKey', show: 'showCommand',
}

function sameLink(expected: Readonly<Record<string, unknown>>, actual: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(linkFields).every(([theirs, ours]) => linkText(expected[theirs], ours) === linkText(actual[ours], ours))
}

function linkText(value: unknown, field: string): string {
  const text = value ?? (field === 'showCommand' ? 1 : field === 'iconIndex' || field === 'hotKey' ? 0 : '')
  return String(text).toLowerCase().replace(/\\$/, '').replace(/^c:\\users\\(?!public)[^\\]+/, 'c:\\users\\<user>')
}

function sameValue(expected: RecordedValue, actual: RecordedValue): boolean {
  return expected.type === actual.type && normaliseData(expected.data) === normaliseData(actual.data)
}

function normaliseData(data: RecordedValue['data']): string {
  return JSON.stringify(data).toLowerCase()
    .replace(/installer\\\\(?:[0-9a-f]+|<cached[^>]*>)\.(ms[ipt])/, 'installer\\\\<cached>.$1')
    .replace(/^"\d{8}"$/, '"<date>"')
    // Where the package lies: drive D: there, the host's drive Z: here.
    .replace(/z:[^";]*?\\\\media\\\\/g, 'd:\\\\')
    .replace(/s-1-5-21-[\d-]+/g, '<sid>')
    .replace(/c:\\\\users\\\\(?!public)[^\\"]+/g, 'c:\\\\users\\\\<user>')
}

function describe(thing: unknown): string {
  return thing === undefined ? 'nothing' : JSON.stringify(thing).slice(0, 300)
}

/** Values that a recording found on its machine before: the root gets them too, so that changes start from the same. */
export function initialValues(recording: Recording): { key: string; name: string; value: RecordedValue }[] {
  const seen = new Set<string>()
  const initial: { key: string; name: string; value: RecordedValue }[] = []
  for (const step of recording.steps) {
    const changed = Object.entries(step.registry.changed).flatMap(([key, values]) => Object.entries(values).map(([name, value]) => ({ key, name, value: value.from })))
    const removed = Object.entries(step.registry.removed).flatMap(([key, values]) => Object.entries(values).map(([name, value]) => ({ key, name, value })))
    const added = Object.entries(step.registry.added).flatMap(([key, values]) => Object.keys(values).map((name) => ({ key, name })))
    for (const entry of [...changed, ...removed]) {
      const id = `${entry.key}\n${entry.name}`.toLowerCase()
      if (!seen.has(id)) initial.push(entry)
      seen.add(id)
    }
    for (const entry of added) seen.add(`${entry.key}\n${entry.name}`.toLowerCase())
  }
  return initial
}
