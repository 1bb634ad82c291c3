import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { format, formatRecord, type FormatSession } from './index.ts'

const properties: Readonly<Record<string, string>> = { INSTALLDIR: 'C:\\App\\', Name: 'INSTALLDIR', Loop: '[Loop]', Two: '2' }
const session: FormatSession = {
  property: (name) => properties[name] ?? '',
  environment: (name) => name === 'TEMP' ? 'C:\\Temp' : '',
  filePath: (file) => file === 'run.exe' ? 'C:\\App\\runner.exe' : '',
  shortFilePath: (file) => file === 'run.exe' ? 'C:\\App\\RUNNER~1.EXE' : '',
  componentDirectory: (component) => component === 'core' ? 'C:\\App\\' : '',
}

const formats = (cases: readonly (readonly [string, string])[]): void => {
  for (const [text, expected] of cases) test(`${text} becomes ${JSON.stringify(expected)}`, () => assert.equal(format(text, { session }), expected))
}
formats([
  ['"[#run.exe]" [!run.exe] [$core] [%TEMP]', '"C:\\App\\runner.exe" C:\\App\\RUNNER~1.EXE C:\\App\\ C:\\Temp'],
  ['[#none][!none][$none][%none][none]', ''],
  ['[INSTALLDIR]x', 'C:\\App\\x'],
  ['[[Name]]x', 'C:\\App\\x'],
  ['[Loop]', '[Loop]'],
  ['a[~]b[~]', 'a\0b\0'],
  ['[\\[]x[\\]] [\\{]y[\\}]', '[x] {y}'],
  ['{[\\}] in a group}', '{} in a group}'],
  ['{-[#run.exe]}{-[%TEMP]}{-[$none]}{-[#none][Two]}', '{-C:\\App\\runner.exe}{-C:\\Temp}{-}-2'],
  ['[]x{a[]b}', 'x'],
  ['a{ log [none]}b{ to [Two]}c{literal}', 'ab to 2c{literal}'],
  ['{{only the log sees [Two]}}text', 'text'],
  ['[1] stays without a record', '[1] stays without a record'],
  ['[INSTALLDIR', '[INSTALLDIR'],
  ['INSTALLDIR]', 'INSTALLDIR]'],
  ['{}{ }', '{ }'],
  ['[\\😀]', '😀'],
])

test('without shortFilePath a short path is the long one', () => {
  assert.equal(format('[!run.exe]', { session: { property: () => '', filePath: () => 'C:\\long name' } }), 'C:\\long name')
})

test('the log sees the text of comments', () => {
  assert.equal(formatRecord(['{{Error [1]. }}Text', 1304], session, 'show'), 'Error 1304. Text')
  assert.equal(formatRecord(['{{Error [1]. }}Text', 1304], session), 'Text')
})

test('a record without a template lists its fields', () => {
  assert.equal(formatRecord([null, 'one', 2, null]), '1: one 2: 2 3:  ')
  assert.equal(formatRecord([]), '')
})

test('text without brackets and braces is left alone, with or without a session', () => {
  fc.assert(fc.property(fc.string().filter((text) => !/[[\]{}]/.test(text)), (text) => {
    assert.equal(format(text, {}), text)
    assert.equal(format(text, { session }), text)
  }))
})

test('any text formats, and text escaped with [\\x] comes out as it was', () => {
  const piece = fc.constantFrom('[', ']', '{', '}', '{{', '}}', '\\', '[1]', '[Name]', '~', '#', 'x', '1')
  fc.assert(fc.property(fc.array(piece).map((parts) => parts.join('')), (text) => {
    format(text, {})
    formatRecord([text, 'a'], session)
    assert.equal(format([...text].map((one) => '[]{}'.includes(one) ? `[\\${one}]` : one).join(''), { session }), text)
  }))
})

test('hostile texts take time in proportion to their length', () => {
  for (const part of ['[', ']', '{', '{{', '[\\', '{[', '{}', '[{', '{{}}', '{[1]}', '[{{', '[1]', '{[\\}']) {
    const started = process.cpuUsage().user
    format(part.repeat(100_000), { session, field: () => 'x' })
    assert.ok(process.cpuUsage().user - started < 3_000_000, part)
  }
})
