import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { decodeUtf16, encodeUtf16 } from '../base/index.ts'
import { editXml, type XmlEdit } from './edit-xml.ts'
import { XmlEditError } from './xml-edit-error.ts'

const at = (path: string, language: 'xpath' | 'pattern' = 'xpath') => ({ element: { path, language }, vital: true })
const set = (path: string, name: string, value: string): XmlEdit => ({ ...at(path), edit: 'set-value', name, value })

function edited(text: string, ...edits: XmlEdit[]): string | undefined {
  const bytes = editXml(new TextEncoder().encode(text), edits)
  return bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}

function fails(text: string, path: string, kind: string): void {
  assert.throws(() => edited(text, set(path, 'x', '1')), (error: unknown) => error instanceof XmlEditError && error.kind === kind, `${text.slice(0, 100)} ${path}`)
}

test('all that is not changed stays: comments, space, document type, line ends, byte order mark, carriage returns', () => {
  const text = '\ufeff<?xml version="1.0" encoding="utf-8"?>\r\n<!-- one -->\r\n<!DOCTYPE a SYSTEM "a.dtd">\r\n<a>\r\n\t<b c="1"/>  <![CDATA[<x>]]>&#13;&lt;\r\n</a>\r\n<!-- two -->\r\n'
  assert.equal(edited(text, set('/a/b', 'c', '2 & "3"')), text.replace('c="1"', 'c="2 &amp; &quot;3&quot;"'))
  assert.equal(edited(text, set('/a/b', 'c', '1')), undefined, 'nothing to change')
})

test('encodings are kept: UTF-16, and code pages with references for what they lack', () => {
  const wide = editXml(encodeUtf16('\ufeff<a b="ä"/>'), [set('/a', 'b', 'ö')])
  assert.equal(decodeUtf16(wide!), '\ufeff<a b="ö"/>')
  const narrow = editXml(Uint8Array.from([...'<?xml version="1.0" encoding="windows-1252"?><a b="\xe4"/>'].map((one) => one.charCodeAt(0))), [set('/a', 'c', '\u20ac\u4e2d')])
  assert.equal(String.fromCharCode(...narrow!), '<?xml version="1.0" encoding="windows-1252"?><a b="\xe4" c="\x80&#20013;"/>')
})

test('elements are made, unless they are there, and deleted', () => {
  const make: XmlEdit = { ...at('/a'), edit: 'create-element', name: 'n', value: 'text', attributes: [{ name: 'k', value: 'v' }], unless: { path: "n[@k='v']", language: 'xpath' } }
  assert.equal(edited('<a/>', make, make), '<a><n k="v">text</n></a>')
  assert.equal(edited('<a xmlns="u" xmlns:p="w"/>', { ...at('/a', 'pattern'), edit: 'create-element', name: 'p:n', attributes: [] }), '<a xmlns="u" xmlns:p="w"><p:n/></a>')
  assert.equal(edited('<a xmlns="u"/>', { ...at('/a', 'pattern'), edit: 'create-element', name: 'n', attributes: [] }), '<a xmlns="u"><n/></a>')
  assert.equal(edited('<a><n/><m/><n x="1"/></a>', { ...at('/a'), edit: 'delete-element', name: 'n' }), '<a><n/><m/></a>')
  assert.equal(edited('<a><n/><m/><n x="1"/></a>', { ...at('/a'), edit: 'delete-element', which: { path: 'n', language: 'xpath' } }), '<a><m/></a>')
  assert.equal(edited('<a/>', { ...at('/a'), edit: 'insert-document', xml: '<?xml version="1.0"?><f><g/></f>' }), '<a><f><g/></f></a>')
})

test('text and attributes are set and deleted; of all elements or the first; patterns count from 0', () => {
  assert.equal(edited('<a><b/><b/></a>', { ...at('/a/b'), edit: 'set-value', value: 'x<', all: true }), '<a><b>x&lt;</b><b>x&lt;</b></a>')
  assert.equal(edited('<a><b/><b/></a>', { ...at('/a/b[0]', 'pattern'), edit: 'set-value', value: 'x' }), '<a><b>x</b><b/></a>')
  assert.equal(edited('<a b="1" c="2">t</a>', { ...at('/a'), edit: 'delete-value', name: 'b' }, { ...at('/a'), edit: 'delete-value' }), '<a c="2"/>')
})

test('what cannot be read, is no path, or selects nothing is said', () => {
  for (const text of ['', 'text', '<a>', '<a>&unknown;</a>', '<a/><b/>', '<a b=1/>', '<p:a/>', '<?xml version="1.0" encoding="nonsense"?><a/>']) fails(text, '/a', 'unreadable')
  for (const path of ['/b', '/a[', '', '$x', 'nosuch()', '/a | 1', 'string(/a)']) fails('<a/>', path, 'path')
  fails(`${'<a>'.repeat(3000)}${'</a>'.repeat(3000)}`, '//a[//a[//a]]', 'path')
  fails(`<a>${'<b/>'.repeat(8000)}</a>`, '//b[preceding::b]', 'path')
})
