import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import type { FileMode } from '../features/reinstall-mode.ts'
import { decideFile, type AuthoredFile, type ExistingFile } from './file-versioning.ts'

const authored = (part: Partial<AuthoredFile> = {}): AuthoredFile => ({ version: undefined, languages: [], hash: undefined, ...part })
const existing = (part: Partial<ExistingFile> = {}): ExistingFile =>
  ({ version: undefined, languages: [], modifiedMs: 1000, createdMs: 1000, hash: () => 'aa', isIntact: () => true, ...part })
const copies = (a: AuthoredFile, b: ExistingFile | undefined, mode: FileMode = 'older'): boolean => decideFile(a, b, mode).copy

test('a missing file is installed in every mode', () => {
  for (const mode of ['missing', 'older', 'older-or-equal', 'different', 'checksum', 'all'] as const) assert.ok(copies(authored(), undefined, mode))
})

test('of two versioned files the higher one stays', () => {
  assert.ok(copies(authored({ version: [2, 0, 0, 0] }), existing({ version: [1, 9, 0, 0] })))
  assert.ok(!copies(authored({ version: [1, 9, 0, 0] }), existing({ version: [2, 0, 0, 0] })))
  assert.ok(!copies(authored({ version: [2, 0, 0, 0] }), existing({ version: [2, 0, 0, 0] })))
})

test('with equal versions a file that adds a language wins, one that has fewer does not', () => {
  const version = [1, 0, 0, 0] as const
  const decide = (a: number[], b: number[]): boolean => copies(authored({ version, languages: a }), existing({ version, languages: b }))
  assert.ok(decide([1033], [1036]))
  assert.ok(decide([1040, 1033, 1031], [1033, 1036, 1034]))
  assert.ok(decide([1033, 1036], [1033]))
  assert.ok(!decide([1033], [1033, 1036]))
  assert.ok(decide([1033], []))
  assert.ok(!decide([], [1033]))
})

test('a versioned file replaces an unversioned one, never the other way round', () => {
  assert.ok(copies(authored({ version: [0, 0, 0, 1] }), existing({ modifiedMs: 9000 })))
  assert.ok(!copies(authored(), existing({ version: [0, 0, 0, 1] })))
})

test('an unversioned file that the user changed is kept', () => {
  assert.ok(!copies(authored({ hash: 'bb' }), existing({ modifiedMs: 2000 })))
  assert.ok(copies(authored({ hash: 'bb' }), existing({ modifiedMs: 500 })))
})

test('an unmodified unversioned file is replaced unless its hash is the authored one', () => {
  assert.ok(copies(authored(), existing()))
  assert.ok(!copies(authored({ hash: 'aa' }), existing()))
  assert.ok(copies(authored({ hash: 'bb' }), existing()))
})

test('modes p, e, d, c and a decide as their letters say', () => {
  const same = authored({ version: [1, 0, 0, 0] })
  const there = existing({ version: [1, 0, 0, 0] })
  assert.ok(!copies(same, there, 'missing'))
  assert.ok(copies(same, there, 'older-or-equal'))
  assert.ok(!copies(same, there, 'different'))
  assert.ok(copies(same, existing({ version: [3, 0, 0, 0] }), 'different'))
  assert.ok(copies(same, existing({ version: [1, 0, 0, 0], isIntact: () => false }), 'checksum'))
  assert.ok(!copies(same, existing({ version: [0, 9, 0, 0] }), 'checksum'))
  assert.ok(copies(same, existing({ version: [9, 0, 0, 0] }), 'all'))
})
