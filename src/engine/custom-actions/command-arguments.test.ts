import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { splitArguments, splitProgram } from './command-arguments.ts'

test('arguments are split as programs of Windows split them', () => {
  assert.deepEqual(splitArguments('a "b c" d'), ['a', 'b c', 'd'])
  assert.deepEqual(splitArguments('"abc" d e'), ['abc', 'd', 'e'])
  assert.deepEqual(splitArguments('a\\\\b d"e f"g h'), ['a\\\\b', 'de fg', 'h'])
  assert.deepEqual(splitArguments('a\\\\\\"b c d'), ['a\\"b', 'c', 'd'])
  assert.deepEqual(splitArguments('a\\\\\\\\"b c" d e'), ['a\\\\b c', 'd', 'e'])
  assert.deepEqual(splitArguments('a"b"" c d'), ['ab" c d'])
  assert.deepEqual(splitArguments('  "" x '), ['', 'x'])
  assert.deepEqual(splitArguments('path="C:\\dir with blank\\" end'), ['path=C:\\dir with blank" end'])
})

test('a program without quotes ends at the first blank after which there is one', () => {
  const programs = new Set(['C:\\Program Files\\tool.exe', 'tool'])
  const isProgram = (path: string): boolean => programs.has(path)
  assert.deepEqual(splitProgram('C:\\Program Files\\tool.exe -a "b c"', isProgram), { program: 'C:\\Program Files\\tool.exe', rest: '-a "b c"' })
  assert.deepEqual(splitProgram('"C:\\any where\\x.exe" y', isProgram), { program: 'C:\\any where\\x.exe', rest: 'y' })
  assert.deepEqual(splitProgram('tool', isProgram), { program: 'tool', rest: '' })
  assert.deepEqual(splitProgram('nothing here', isProgram), { program: 'nothing', rest: 'here' })
})
