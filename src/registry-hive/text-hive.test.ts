import { strict as assert } from 'node:assert'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { bytesFromHex, encodeUtf16 } from '../base/index.ts'
import { createTextHive, parseTextHive } from './text-hive.ts'
import { parseValue, valueLines } from './text-hive-syntax.ts'

// What Wine 8.0 wrote for values whose bytes are known.
const asWineWrites: readonly [line: string, type: number, hexDigits: string][] = [
  ['"n"=""', 1, '0000'],
  ['"n"="a\\\\b\\"c"', 1, '61005c006200220063000000'],
  ['"n"="A\\0B"', 1, '4100000042000000'],
  ['"n"="\\t\\n\\r\\1\\37\x7f\\x80\\x00e9A\\xe9z\\x4e2d1"', 1, '09000a000d0001001f007f008000e9004100e9007a002d4e31000000'],
  ['"n"="\\0011\\29\\a\\b\\v\\f\\e"', 1, '0100310002003900070008000b000c001b000000'],
  ['"n"="\\xd83d\\xde00"', 1, '3dd800de0000'],
  ['"n"=str(2):"%X%"', 2, '2500580025000000'],
  ['"n"=str(7):"a\\0b\\0"', 7, '61000000620000000000'],
  ['"n"=hex(7):', 7, ''],
  ['"n"=str(7):"\\0"', 7, '00000000'],
  ['"n"=hex(1):41,00,00', 1, '410000'],
  ['"n"=dword:0000abcd', 4, 'cdab0000'],
  ['"n"=hex(4):01,02', 4, '0102'],
  ['"n"=hex(b):01,02,03,04,05,06,07,08', 11, '0102030405060708'],
  ['"n"=hex(12345):01,02', 0x12345, '0102'],
  ['"n"=hex:', 3, ''],
  ['"n"=hex(0):01', 0, '01'],
]

test('values are read and written as Wine does it', () => {
  for (const [line, type, digits] of asWineWrites) {
    const value = { name: 'n', type, data: bytesFromHex(digits)! }
    assert.deepEqual(parseValue(line), value, line)
    assert.equal(valueLines(value), line)
  }
  assert.equal(valueLines({ name: '', type: 1, data: encodeUtf16('x\0') }), '@="x"')
})

test('long binary values are broken where Wine breaks them', () => {
  const bytes = Uint8Array.from({ length: 64 }, (_, index) => index)
  assert.deepEqual(valueLines({ name: 'bin', type: 3, data: bytes }).split('\n').map((line) => line.length), [80, 78, 49])
  assert.equal(valueLines({ name: `avery${'very'.repeat(16)}longname`, type: 3, data: bytes.subarray(0, 3) }).split('\n').length, 2)
})

const sample = `WINE REGISTRY Version 2
;; All keys relative to REGISTRY\\\\Machine

#arch=win64

[Software\\\\Exp] 1795249134
#time=1dd7990f2689382
@="default"
"_"="u"
"bin"=hex:00,01,02,03,04,05,06,07,08,09,0a,0b,0c,0d,0e,0f,10,11,12,13,14,15,16,\\
  17,18
"b_"="1"
"odd one"= "not as Wine writes it"

[Software\\\\Exp\\\\_under] 1795249134
#time=1dd7990f2688bf8
#link

[Software\\\\Exp\\\\Br\\[ack\\]et "q"] 1795249134
#time=1dd7990f268884c
#class="Klasse \\xfc"

[Software\\\\Exp\\\\\\xfcnb] 1795249134
#time=1dd7990f2689382
`

test('a hive that nobody changed is written as it was', () => {
  const hive = parseTextHive(sample.replace('= "not', '="not'))
  assert.equal(hive.toText(), sample.replace('= "not', '="not'))
  assert.equal(hive.base, 'REGISTRY\\Machine')
  assert.equal(hive.architecture, 'win64')
  const exp = hive.root.subkey('software')!.subkey('EXP')!
  assert.deepEqual(exp.subkeys().map((key) => key.name), ['Br[ack]et "q"', '_under', 'ünb'])
  assert.equal(exp.subkey('_UNDER')!.isLink, true)
  assert.equal(exp.subkey('Br[ack]et "q"')!.className, 'Klasse ü')
  assert.equal(exp.value('bin')!.data.length, 25)
})

test('a change rewrites the block of its key alone', () => {
  const hive = parseTextHive(sample)
  assert.deepEqual(hive.findings.map((finding) => finding.id), ['text-value'])
  const now = 0x1dd7990f2689382n
  const exp = hive.root.subkey('Software')!.subkey('Exp')!
  exp.subkey('ünb')!.setValue('new', 4, Uint8Array.of(1, 0, 0, 0), now)
  exp.subkey('ünb')!.createSubkey('[x]', now)
  const before = sample.split('\n\n')
  const after = hive.toText().split('\n\n')
  assert.deepEqual(after.slice(0, 5), before.slice(0, 5))
  assert.equal(after[5], '[Software\\\\Exp\\\\\\xfcnb] 1795249134\n#time=1dd7990f2689382\n"new"=dword:00000001')
  assert.equal(after[6], '[Software\\\\Exp\\\\\\xfcnb\\\\\\[x\\]] 1795249134\n#time=1dd7990f2689382\n')
})

test('a key with neither values nor attributes has a block only when nothing is below it', () => {
  const hive = createTextHive('REGISTRY\\User\\S-1-5-21-0-0-0-1000', 'win64')
  hive.root.createSubkey('a', 0n).createSubkey('b', 0n)
  assert.deepEqual(hive.toText().match(/^\[.*\]/gm), ['[a\\\\b]'])
  assert.deepEqual(parseTextHive(hive.toText()).base, 'REGISTRY\\User\\S-1-5-21-0-0-0-1000')
})

test('any name and text come back', () => {
  const units = fc.array(fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff })), { maxLength: 20 }).map((all) => String.fromCharCode(...all))
  fc.assert(fc.property(units, units, (name, text) => {
    const value = { name, type: 1, data: encodeUtf16(`${text}\0`) }
    assert.deepEqual(parseValue(valueLines(value)), value)
  }), { numRuns: 500, seed: 3 })
})

test('what is no text hive is refused, and what cannot be read is a finding', () => {
  assert.throws(() => parseTextHive('REGEDIT4'), { code: 'ERROR_INVALID_DATA' })
  const hive = parseTextHive('WINE REGISTRY Version 2\n[unclosed\n"x"="y"\n[ok] 1\n"x\n"y"=zzz\n"z"="fine"\n')
  assert.deepEqual(hive.findings.map((finding) => finding.id), ['text-key-heading', 'text-value', 'text-value'])
  assert.equal(hive.root.subkey('ok')!.valueCount, 1)
})

const prefix = process.env['MSIKIT_WINE_PREFIX']
const noPrefix = prefix === undefined || !existsSync(join(prefix, 'system.reg')) ? 'MSIKIT_WINE_PREFIX names no Wine prefix' : false
test('the registry of a real prefix is written byte for byte as Wine wrote it, even when every key is written anew', { skip: noPrefix }, () => {
  for (const name of ['system.reg', 'user.reg', 'userdef.reg']) {
    const text = readFileSync(join(prefix!, name), 'latin1')
    const hive = parseTextHive(text, { strict: true })
    assert.equal(hive.toText(), text)
    const pending = [hive.root]
    for (let key = pending.pop(); key !== undefined; key = pending.pop()) {
      key.revision++
      pending.push(...key.subkeys())
    }
    assert.equal(hive.toText(), text)
  }
})
