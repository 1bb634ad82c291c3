import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { parseFullPath } from './full-path.ts'

test('what Win32 would clean away is cleaned away', () => {
  assert.deepEqual(parseFullPath('c:/a\\.\\b. .\\\\c '), { drive: 'C:', segments: ['a', 'b', 'c'] })
  assert.deepEqual(parseFullPath('C:\\'), { drive: 'C:', segments: [] })
})

test('names that climb, open a device or cannot be are refused', () => {
  const refused = ['x', 'C:', 'C:x', '\\\\server\\share', 'C:\\..\\x', 'C:\\a\\.. \\x', 'C:\\...', 'C:\\a\\nul', 'C:\\COM1.txt', 'C:\\aux .c',
    'C:\\a:b', 'C:\\a?', 'C:\\a\u0000b', `C:\\${'x'.repeat(256)}`, '1:\\x']
  for (const path of refused) assert.throws(() => parseFullPath(path), { code: 'ERROR_INVALID_NAME' }, path)
  for (const path of ['C:\\nulls', 'C:\\com10', 'C:\\.x', 'C:\\a..b', 'C:\\console.txt']) parseFullPath(path)
})
