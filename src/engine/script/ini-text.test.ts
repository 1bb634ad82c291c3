import assert from 'node:assert/strict'
import { test } from 'node:test'
import { encodeUtf16 } from '../../base/index.ts'
import { changeIniFile, changeIniText } from './ini-text.ts'

const set = (text: string, section: string, key: string, value: string): string => changeIniText(text, { section, key, value, mode: 'add-line' })

test('a line is changed where it stands, and everything else is kept', () => {
  assert.equal(set('; note\r\n[A]\r\nx = 1\r\n\r\n[B]\r\nx=2\r\n', 'a', 'X', '9'), '; note\r\n[A]\r\nx =9\r\n\r\n[B]\r\nx=2\r\n')
  assert.equal(set('[A]\nx=1\ny=2', 'A', 'x', '9'), '[A]\nx=9\ny=2')
})

test('a new line goes to the end of its section, before the blank lines that separate the next', () => {
  assert.equal(set('[A]\r\nx=1\r\n\r\n[B]\r\n', 'A', 'y', '2'), '[A]\r\nx=1\r\ny=2\r\n\r\n[B]\r\n')
  assert.equal(set('[A]\r\nx=1', 'A', 'y', '2'), '[A]\r\nx=1\r\ny=2\r\n')
})

test('a new section goes to the end of the file', () => {
  assert.equal(set('', 'A', 'x', '1'), '[A]\r\nx=1\r\n')
  assert.equal(set('[A]\r\nx=1', 'B', 'x', '1'), '[A]\r\nx=1\r\n[B]\r\nx=1\r\n')
})

test('create-line leaves a key that is there', () => {
  assert.equal(changeIniText('[A]\r\nx=1\r\n', { section: 'A', key: 'x', value: '2', mode: 'create-line' }), '[A]\r\nx=1\r\n')
})

const tag = (text: string, value: string, mode: 'add-tag' | 'remove-tag'): string => changeIniText(text, { section: 'A', key: 'x', value, mode })

test('tags are added once and removed with their comma; the line goes with the last one', () => {
  assert.equal(tag('[A]\r\nx=a\r\n', 'b', 'add-tag'), '[A]\r\nx=a,b\r\n')
  assert.equal(tag('[A]\r\nx=a,B\r\n', 'b', 'add-tag'), '[A]\r\nx=a,B\r\n')
  assert.equal(tag('[A]\r\nx=a,b,c\r\n', 'b', 'remove-tag'), '[A]\r\nx=a,c\r\n')
  assert.equal(tag('[A]\r\nx=b\r\ny=1\r\n', 'b', 'remove-tag'), '[A]\r\ny=1\r\n')
})

test('a comment is no key', () => {
  assert.equal(set('[A]\r\n;x=1\r\n', 'A', 'x', '2'), '[A]\r\n;x=1\r\nx=2\r\n')
})

test('the encoding of the file is kept', () => {
  const change = { section: 'A', key: 'x', value: 'ü', mode: 'add-line' } as const
  assert.deepEqual(changeIniFile(Uint8Array.of(0x5b, 0x41, 0x5d, 0x0d, 0x0a, 0xff), change), Uint8Array.of(0x5b, 0x41, 0x5d, 0x0d, 0x0a, 0xff, 0x0d, 0x0a, 0x78, 0x3d, 0xfc, 0x0d, 0x0a))
  assert.deepEqual(changeIniFile(encodeUtf16('\ufeff[A]\r\n'), change), encodeUtf16('\ufeff[A]\r\nx=ü\r\n'))
  assert.deepEqual(changeIniFile(undefined, { ...change, value: '\u0416' }), encodeUtf16('\ufeff[A]\r\nx=\u0416\r\n'))
  assert.equal(changeIniFile(encodeUtf16('\ufeff[A]\r\nx=ü\r\n'), change), undefined)
})
