import { strict as assert } from 'node:assert'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createDatabase } from '../database/index.ts'
import { writeFile } from './files/write-file.ts'
import { parseArguments } from './program/arguments.ts'
import type { CommandSpec } from './program/command.ts'
import { commands } from './program/command-list.ts'
import { exitStatus } from './program/exit-status.ts'
import { commandHelp } from './program/help.ts'
import { main } from './program/main.ts'
import { nearest } from './program/nearest.ts'
import { tableLines, twoColumns } from './terminal/columns.ts'
import { Output } from './terminal/output.ts'

class Captured extends Output {
  text = ''
  constructor() {
    super(-1)
  }
  override write(text: string): void {
    this.text += text
  }
  override bytes(bytes: Uint8Array): void {
    this.text += Buffer.from(bytes).toString('latin1')
  }
  override flush(): void {}
}

async function msikit(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const host = { out: new Captured(), err: new Captured(), env: {} }
  const status = await main(argv, host, ({ name }) => import(`./commands/${name}.js`))
  return { status, out: host.out.text, err: host.err.text }
}

const spec: CommandSpec = {
  name: 'copy', summary: 'Copy', arguments: [{ name: 'FILE', about: 'What to copy' }, { name: 'PROP=VALUE', about: 'Properties', count: 'any' }],
  options: { output: { short: 'o', value: 'DIR', about: 'Where to', required: true }, ui: { value: 'LEVEL', choices: ['none', 'basic'], about: 'UI' }, force: { about: 'Replace' } },
  examples: [['msikit copy a -o b', 'Copies']], run: () => 0,
}

test('options may stand anywhere, with their value apart or joined', () => {
  const input = parseArguments(spec, ['a.msi', '-o', 'x', '--ui=basic', 'P=1', '--force', '--', '--odd'])
  assert.deepEqual(input.positionals, ['a.msi', 'P=1', '--odd'])
  assert.deepEqual([input.value('output'), input.value('ui'), input.has('force'), input.json], ['x', 'basic', true, false])
})

for (const [argv, message] of [
  [[], /expected FILE \(what to copy\), found nothing/],
  [['a'], /expected -o DIR \(where to\), found nothing/],
  [['a', '-o'], /option -o: expected DIR after it, found nothing/],
  [['a', '-o', 'x', '--forse'], /unknown option --forse; did you mean --force\?/],
  [['a', '-o', 'x', '--force=1'], /takes no value/],
  [['a', '-o', 'x', '--ui', 'loud'], /expected none, basic, found "loud"/],
  [['a', '-o', 'x', '-o', 'y'], /expected once, found twice/],
  [['', '-o', 'x'], /expected FILE, found an empty word/],
  [['a', '-o', ''], /option -o: expected DIR, found an empty word/],
] as const) {
  test(`the command line [${argv.join(' ')}] is refused`, () => {
    assert.throws(() => parseArguments(spec, argv), { name: 'UsageError', message })
  })
}

test('the exit status is the Windows code modulo 256, and never 0 for a failure', () => {
  assert.deepEqual([0, 1602, 1603, 1618, 3010, 1641, 512].map(exitStatus), [0, 66, 67, 82, 194, 105, 1])
})

test('what a text has for the terminal is shown and not done, but for the styles of msikit; data for programs stay as they are', () => {
  const out = new Captured()
  out.line('\x1b[31ma\x1b[39m \x1b]0;b\x07 \u009b2J \x1b[2J \u202ec\td\r\ne\rf')
  assert.equal(out.text, '\x1b[31ma\x1b[39m \\x1b]0;b\\x07 \\x9b2J \\x1b[2J \\u202ec\td\r\ne\\x0df\n')
  out.text = ''
  out.json({ a: '\u009b\u202e' })
  assert.deepEqual(JSON.parse(out.text), { a: '\u009b\u202e' })
})

test('help keeps within the width of the terminal, and says what comes after --', () => {
  const about = 'a word or two '.repeat(20).trim()
  const help = commandHelp({ ...spec, about: `${about}\n${about}\n  as it is`, rest: '-- COMMAND', options: { ...spec.options, long: { about } } }, 70)
  assert.match(help, /\[options\] -- COMMAND\n/)
  assert.ok(help.split('\n').every((line) => line.length <= 70), help)
  assert.ok(help.replace(/\s+/g, ' ').includes(`${about} ${about} as it is`))
})

test('help shows usage, options and examples, and needs no arguments', async () => {
  assert.match(commandHelp(spec, 100), /Usage: msikit copy FILE \[PROP=VALUE…\] -o DIR \[options\]/)
  for (const { name } of commands) {
    const { status, out } = await msikit(name, '--help')
    assert.equal(status, 0)
    assert.match(out, new RegExp(`Usage: msikit ${name} [\\s\\S]*Examples:\\n  msikit ${name}`))
  }
})

test('an unknown command is a usage mistake', async () => {
  const { status, err } = await msikit('infi')
  assert.equal(status, 2)
  assert.match(err, /unknown command "infi"; did you mean info\?/)
  assert.equal((await msikit()).status, 2)
})

test('a file that is no package is told with what was expected and found', async () => {
  const missing = await msikit('info', 'no-such-file.msi')
  assert.equal(missing.status, 1619 & 0xff)
  assert.match(missing.err, /no-such-file.msi: expected a package, found: no such file/)
  const wrong = await msikit('tables', import.meta.filename, '--json')
  assert.equal(wrong.status, 1620 & 0xff)
  assert.match(wrong.err, /signature at byte 0: expected D0 CF/)
  assert.equal(JSON.parse(wrong.out).error.errno, 1620)
})

test('tables, streams and info look into a package', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-cli-'))
  try {
    const path = join(folder, 'a.msi')
    const database = createDatabase()
    database.createTable({ name: 'Property', columns: [{ name: 'Property', type: 'string', width: 72, key: true }, { name: 'Value', type: 'string', localizable: true }] })
      .insert(['ProductName', 'Example'])
    database.setStream('a.cab', { size: 3, read: (offset, length) => Uint8Array.of(65, 66, 67).subarray(offset, offset + length) })
    writeFile(path, (sink) => database.save(sink))
    assert.deepEqual(JSON.parse((await msikit('tables', path, 'Property', '--json')).out), [{ Property: 'ProductName', Value: 'Example' }])
    assert.match((await msikit('tables', path, 'Propertx')).err, /Did you mean Property\?/)
    assert.match((await msikit('info', path)).out, /Product +Example/)
    assert.equal((await msikit('streams', path, 'a.cab')).out, 'ABC')
    const out = join(folder, 'out.cab')
    assert.equal((await msikit('streams', path, 'a.cab', '-o', out)).status, 0)
    assert.ok(existsSync(out))
    assert.match((await msikit('query', path, 'SELECT `Value` FROM `Property` WHERE `Property` = ?', '-p', 'ProductName')).out, /Value\n-+\nExample/)
    const changed = join(folder, 'b.msi')
    const update = "UPDATE `Property` SET `Value` = 'Changed'"
    assert.match((await msikit('query', path, update)).err, /expected -o NEW \(a new file\) or --save/)
    assert.equal((await msikit('query', path, update, '-o', changed)).status, 0)
    assert.match((await msikit('info', changed)).out, /Product +Changed/)
    assert.equal((await msikit('query', changed, "DELETE FROM `Property`", '--save')).status, 0)
    assert.deepEqual(JSON.parse((await msikit('tables', changed, 'Property', '--json')).out), [])
    assert.match((await msikit('query', path, 'SELECT nonsense')).err, /ERROR_BAD_QUERY_SYNTAX, 1615/)
    assert.equal((await msikit('export', path, '-o', join(folder, 'export'))).status, 0)
    assert.equal(readFileSync(join(folder, 'export/Property.idt'), 'utf8'), 'Property\tValue\r\ns72\tl0\r\nProperty\tProperty\r\nProductName\tExample\r\n')
    assert.equal(readFileSync(join(folder, 'export/_Streams/a.cab'), 'utf8'), 'ABC')
    writeFileSync(path, '')
    assert.equal((await msikit('info', path)).status, 84)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('an engine command tells what is wrong before it touches the root', async () => {
  const root = join(tmpdir(), `msikit-cli-root-${process.pid}`)
  for (const [argv, status, message] of [
    [['install', 'nothing.msi', '--root', root], 1619, /nothing.msi: expected a package, found: no such file/],
    [['install', import.meta.filename, 'NOVALUE', '--root', root], 2, /expected PROPERTY=value, found "NOVALUE"/],
    [['install', import.meta.filename, '--ui', 'loud'], 2, /expected none, basic, full, found "loud"/],
    [['repair', 'x', '--mode', 'z'], 2, /expected letters of pocedaumsv/],
    [['msiexec', '/qn'], 1639, /expected one of/],
    [['msiexec', '/y', 'a.dll', '--root', root], 120, /found register: libraries register themselves/],
  ] as const) {
    const result = await msikit(...argv)
    assert.equal(result.status, status & 0xff, result.err)
    assert.match(result.err, message)
  }
  rmSync(root, { recursive: true, force: true })
})

test('cells with line breaks stay on their line, and only short cells widen a column', () => {
  assert.deepEqual(tableLines(['A', 'B'], [['x\ny', '1'], ['z'.repeat(60), '2']]), ['A     B', '----  -', 'x\\ny  1', `${'z'.repeat(60)}  2`])
})

test('a suggestion is close to the word', () => {
  assert.equal(nearest('tabels', ['tables', 'streams']), 'tables')
  assert.equal(nearest('x', ['a']), undefined)
})

test('columns line up with wide characters and with marks that take no column', () => {
  const lines = tableLines(['Name', 'Size'], [['日本語.txt', '1'], ['e\u{301}clair', '2'], ['plain', '3'], ['ｱ', '4']])
  assert.deepEqual(lines, ['Name        Size', '----------  ----', '日本語.txt  1', 'e\u{301}clair      2', 'plain       3', 'ｱ           4'])
  assert.equal(twoColumns([['日本', 'x'], ['abc', 'y']]), '  日本  x\n  abc   y')
})
