import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { codePage, isKnownCodePage } from './code-page.ts'

for (const [id, text] of [[1252, 'Grüße €'], [932, '日本語テキスト'], [936, '简体中文'], [949, '한국어'], [950, '繁體中文'], [65001, 'Ω≈ç√'], [0, 'plain']] as const) {
  test(`code page ${id} decodes what it encodes`, () => {
    const page = codePage(id)
    assert.equal(page.decode(page.encode(text)!), text)
  })
}

test('a character without a place in the code page is not replaced in silence', () => {
  assert.equal(codePage(1252).encode('日'), undefined)
})

test('an unknown code page is named in the error', () => {
  assert.equal(isKnownCodePage(4711), false)
  assert.throws(() => codePage(4711), { code: 'ERROR_INVALID_PARAMETER', message: /4711/ })
})

test('OEM code pages are known, both ways', () => {
  const page = codePage(850)
  assert.equal(page.decode(Uint8Array.of(0x5a, 0x81, 0xb0, 0xfe)), 'Zü░■')
  assert.deepEqual(page.encode('Zü░■'), Uint8Array.of(0x5a, 0x81, 0xb0, 0xfe))
  assert.equal(page.encode('漢'), undefined)
})
