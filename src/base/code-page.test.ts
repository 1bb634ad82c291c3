import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { codePage, isKnownCodePage } from './code-page.ts'

for (const [id, text] of [[1252, 'Grüße €'], [932, '日本語テキスト'], [936, '简体中文'], [949, '한국어 똠방각하 갂힣 €®'], [950, '繁體中文'], [65001, 'Ω≈ç√'], [0, 'plain'],
  [866, 'Привет'], [874, 'ไทย €'], [1250, 'Žluťoučký'], [1251, 'Їжак'], [1253, 'Ελληνικά'], [1254, 'Türkçe ığ'], [1255, 'עברית'], [1256, 'العربية'],
  [1257, 'Lietuvių ž'], [1258, 'ăđơư ₫'], [10000, 'Ünï †'], [10007, 'Привет ¢¤'], [20866, 'Юникс'], [28599, 'ğ\u0085'], [28605, '€uro'], [38598, 'עברית'],
  [50220, '日本 plain 語'], [51932, '日本語ｶﾅ'], [51936, '简体中文'], [51949, '한국어'], [54936, '汉 ü ḿ 😀']] as const) {
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

const hex = (id: number, text: string): string => Array.from(codePage(id).encode(text)!, (byte) => byte.toString(16).padStart(2, '0')).join('')

test('characters with several places get the one that Windows gives them', () => {
  assert.deepEqual([hex(932, '纊'), hex(932, '㈱'), hex(932, '∵'), hex(950, '十'), hex(950, '═'), hex(936, '€'), hex(54936, '€'), hex(50221, 'あ')],
    ['fa5c', '878a', '81e6', 'a451', 'f9f9', '80', 'a2e3', '1b244224221b2842'])
  assert.deepEqual([hex(949, '갂'), hex(949, '힣'), hex(949, '가'), codePage(51949).encode('갂')], ['8141', 'c652', 'b0a1', undefined])
  assert.equal(codePage(949).decode(Uint8Array.of(0x41, 0x8c, 0x63, 0xb0, 0xa1, 0x81)), 'A똠가\ufffd')
  assert.equal(codePage(28599).decode(Uint8Array.of(0x85, 0xf0)), '\u0085ğ')
  assert.equal(codePage(950).encode('㗎'), undefined)
})

test('OEM code pages are known, both ways', () => {
  const page = codePage(850)
  assert.equal(page.decode(Uint8Array.of(0x5a, 0x81, 0xb0, 0xfe)), 'Zü░■')
  assert.deepEqual(page.encode('Zü░■'), Uint8Array.of(0x5a, 0x81, 0xb0, 0xfe))
  assert.equal(page.encode('漢'), undefined)
})
