import { strict as assert } from 'node:assert'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesSource, equalBytes, Findings, FormatError, readAll, WindowsError } from '../base/index.ts'
import { openCompoundFile } from '../compound-file/index.ts'
import { readSummaryInformation, SummaryEditor, summaryInteger, SummaryProperty, summaryText, writeSummaryInformation, type SummaryInformation, type SummaryValue } from './index.ts'

const lpstr = (value: string): SummaryValue => ({ type: 'lpstr', value })
const shared = process.env['MSIKIT_SHARED'] ?? resolve(import.meta.dirname, '../../../shared')

test('a summary information has the bytes that MS-OLEPS gives it', () => {
  const bytes = writeSummaryInformation({ codepage: 1252, properties: new Map([[SummaryProperty.title, lpstr('Déjà')], [SummaryProperty.pageCount, { type: 'i4', value: 200 }]]) })
  assert.equal(Buffer.from(bytes).toString('hex'), [
    'feff0000', '05000200', '00'.repeat(16), '01000000', 'e0859ff2f94f6810ab9108002b27b3d9', '30000000',
    '40000000', '03000000', '0100000020000000', '0200000028000000', '0e00000038000000',
    '02000000e4040000', '1e000000050000004 4e96ae000000000'.replace(' ', ''), '03000000c8000000',
  ].join(''))
})

test('a code page above 32767 comes back unsigned', () => {
  const summary = readSummaryInformation(writeSummaryInformation({ codepage: 65001, properties: new Map([[2, lpstr('日本')]]) }))
  assert.equal(summary.codepage, 65001)
  assert.deepEqual(summary.properties.get(1), { type: 'i2', value: 65001 - 65536 })
  assert.equal(summaryText(summary, 2), '日本')
})

test('a dictionary is kept, whatever the number of its entries looks like', () => {
  const entries = Uint8Array.of(9, 0, 0, 0, 2, 0, 0, 0, 0x61, 0, 0, 0, 8, 0, 0, 0, 2, 0, 0, 0, 0x62, 0, 0, 0)
  const summary: SummaryInformation = { codepage: 1252, properties: new Map([[0, { type: 'other', variant: 2, bytes: entries }], [2, lpstr('title')]]) }
  assert.deepEqual(readSummaryInformation(writeSummaryInformation(summary)).properties.get(0), { type: 'other', variant: 2, bytes: entries })
})

test('text that the code page cannot hold is refused', () => {
  assert.throws(() => writeSummaryInformation({ codepage: 1252, properties: new Map([[2, lpstr('日本')]]) }), /property 2: expected characters of code page 1252, found "日本"/)
  assert.throws(() => writeSummaryInformation({ codepage: 0, properties: new Map([[14, { type: 'i4', value: 2 ** 31 }]]) }), FormatError)
})

const values: fc.Arbitrary<SummaryValue> = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '€', ' ', '\n', '{'), maxLength: 40 }).map(lpstr),
  fc.integer({ min: -32768, max: 32767 }).map((value): SummaryValue => ({ type: 'i2', value })),
  fc.integer().map((value): SummaryValue => ({ type: 'i4', value })),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value): SummaryValue => ({ type: 'filetime', value })),
  fc.uint8Array({ maxLength: 5 }).map((bytes): SummaryValue => ({ type: 'other', variant: 71, bytes: Uint8Array.from({ length: bytes.length * 4 }, (_, index) => bytes[index >> 2]!) })),
)
const summaries = fc.record({ codepage: fc.constantFrom(1252, 65001, 1200), properties: fc.dictionary(fc.integer({ min: 2, max: 30 }).map(String), values, { noNullPrototype: true }) })
  .map(({ codepage, properties }): SummaryInformation => ({ codepage, properties: new Map(Object.entries(properties).map(([id, value]) => [Number(id), value])) }))

test('whatever is written is read again, without findings', () => {
  fc.assert(fc.property(summaries, (summary) => {
    const bytes = writeSummaryInformation(summary)
    const again = readSummaryInformation(bytes, new Findings(true))
    const properties = new Map(again.properties)
    properties.delete(1)
    assert.deepEqual({ codepage: again.codepage, properties: new Map([...properties].sort()) }, { ...summary, properties: new Map([...summary.properties].sort()) })
    assert(equalBytes(writeSummaryInformation(again), bytes))
  }))
})

test('damaged bytes are read in part or refused with a format error', () => {
  const bytes = writeSummaryInformation({ codepage: 1252, properties: new Map([[2, lpstr('title')], [12, { type: 'filetime', value: 5n }], [14, { type: 'i4', value: 200 }]]) })
  fc.assert(fc.property(fc.array(fc.tuple(fc.nat(bytes.length / 4 - 1), fc.oneof(fc.nat(80), fc.integer())), { minLength: 1, maxLength: 4 }), fc.nat(bytes.length), (changes, cut) => {
    const damaged = bytes.slice()
    for (const [at, value] of changes) new DataView(damaged.buffer).setInt32(at * 4, value, true)
    for (const input of [damaged, damaged.subarray(0, cut)]) {
      try {
        readSummaryInformation(input)
      } catch (error) {
        assert(error instanceof FormatError, `${error}`)
      }
    }
  }), { numRuns: 1_000 })
})

test('an unknown code page is a finding', () => {
  const bytes = writeSummaryInformation({ codepage: 1252, properties: new Map([[2, lpstr('x')]]) })
  new DataView(bytes.buffer).setUint16(48 + 24 + 4, 4711, true)
  const findings = new Findings()
  assert.equal(readSummaryInformation(bytes, findings).codepage, 0)
  assert.deepEqual(findings.list.map((one) => one.id), ['summary-codepage'])
})

test('real packages have a summary information that is read without findings', { skip: existsSync(join(shared, 'corpus')) ? false : 'the corpus is not here' }, () => {
  const files = readdirSync(join(shared, 'corpus')).filter((one) => one.endsWith('.msi'))
  for (const name of files) {
    const stream = openCompoundFile(bytesSource(readFileSync(join(shared, 'corpus', name)))).root.find('\u0005SummaryInformation')
    assert(stream?.kind === 'stream')
    const summary = readSummaryInformation(readAll(stream.source), new Findings(true))
    assert.match(summaryText(summary, SummaryProperty.template), /^(Intel|x64)?;\d+$/, name)
    assert(summaryInteger(summary, SummaryProperty.pageCount)! >= 100, name)
  }
  assert(files.length > 3)
})

interface Step { op: string; sumInfo?: string | null; out?: { sumInfo?: string }; updateCount?: number; property?: number; type?: number; intValue?: number; fileTime?: string | null; value?: string | null; omit?: string[]; expect: { rc?: number; count?: number; type?: number } }
const typeNames: Record<number, 'i2' | 'i4' | 'lpstr' | 'filetime'> = { 2: 'i2', 3: 'i4', 30: 'lpstr', 64: 'filetime' }

function codeOf(act: () => void): number {
  try {
    act()
    return 0
  } catch (error) {
    if (error instanceof WindowsError) return error.errno
    throw error
  }
}

test('the editor answers as MsiSummaryInfo functions do', { skip: existsSync(join(shared, 'vectors')) ? false : 'the vectors are not here' }, () => {
  const { scenarios } = JSON.parse(readFileSync(join(shared, 'vectors/suminfo.json'), 'utf8')) as { scenarios: { id: string; steps: Step[] }[] }
  let stored: SummaryInformation = { codepage: 0, properties: new Map() }
  const editors = new Map<string, SummaryEditor>()
  let checked = 0
  for (const step of scenarios.find((one) => one.id === 'suminfo/suminfo')!.steps) {
    if (step.out?.sumInfo !== undefined) editors.set(step.out.sumInfo, new SummaryEditor(stored, step.updateCount!))
    const editor = editors.get(step.sumInfo ?? '')
    if (editor === undefined) continue
    const what = JSON.stringify(step)
    if (step.op === 'MsiSummaryInfoGetPropertyCount' && step.expect.count !== undefined) assert.equal(editor.propertyCount, step.expect.count)
    else if (step.op === 'MsiSummaryInfoPersist') assert.equal(codeOf(() => { stored = readSummaryInformation(writeSummaryInformation(editor.result())) }), step.expect.rc, what)
    else if (step.op === 'MsiSummaryInfoSetProperty') {
      const type = typeNames[step.type!]
      // A null text or time is refused by the marshalling of the call, after the type is checked.
      if (step.expect.rc === 87) continue
      const value: SummaryValue = type === 'lpstr' ? lpstr(step.value ?? '') : type === 'filetime' ? { type, value: 1n }
        : type === undefined ? { type: 'other', variant: step.type!, bytes: new Uint8Array(0) } : { type, value: step.intValue! }
      assert.equal(codeOf(() => { editor.set(step.property!, value) }), step.expect.rc, what)
    } else if (step.op === 'MsiSummaryInfoGetProperty' && step.expect.rc !== 234) {
      assert.equal(codeOf(() => { editor.get(step.property!) }), step.expect.rc, what)
    } else continue
    checked++
  }
  assert(checked > 30, `${checked}`)
})
