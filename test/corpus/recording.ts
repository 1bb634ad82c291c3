// Recorded installations: what an installer did with a real package, as JSON. Each step is a command line, its exit code
// and what it changed. Comparison is by path without regard to case; data that differs from machine to machine is
// replaced by placeholders on both sides.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface RecordedValue {
  readonly type: string
  readonly data: string | number | readonly string[]
}
export type RecordedKeys = Readonly<Record<string, Readonly<Record<string, RecordedValue>>>>

export interface RecordedFile {
  readonly size: number
  readonly sha256?: string
  readonly attrs?: string
  readonly mtime?: string
  readonly lnk?: Readonly<Record<string, unknown>>
}

export interface RecordedStep {
  readonly command: string
  readonly exit: number | string
  readonly files: { readonly added: Record<string, RecordedFile>; readonly removed: Record<string, RecordedFile>; readonly changed: Record<string, { from: RecordedFile; to: RecordedFile }> }
  readonly dirs?: { readonly added: readonly string[]; readonly removed: readonly string[] }
  readonly registry: {
    readonly keys_added?: readonly string[]; readonly keys_removed?: readonly string[]
    readonly added: RecordedKeys; readonly removed: RecordedKeys
    readonly changed: Readonly<Record<string, Readonly<Record<string, { from: RecordedValue; to: RecordedValue }>>>>
  }
}

export interface Recording {
  readonly name: string
  readonly meta: { readonly packages?: Readonly<Record<string, string>>; readonly drives?: unknown }
  readonly steps: readonly RecordedStep[]
}

export function loadRecordings(folder: string): Recording[] {
  return readdirSync(folder).filter((name) => name.endsWith('.json')).sort()
    .map((name) => ({ name: basename(name, '.json'), ...JSON.parse(readFileSync(join(folder, name), 'utf8')) as Omit<Recording, 'name'> }))
}

/** SHA-256 → path of every file of the corpus: recordings name their packages by digest. */
export function corpusByDigest(folder: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, name)
    if (statSync(path).isFile()) found.set(createHash('sha256').update(readFileSync(path)).digest('hex'), path)
  }
  return found
}
