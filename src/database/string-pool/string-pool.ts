// The string pool: every text of a database, once, under a number from 1 (0 is null and the empty string).
// Streams `_StringPool` (per string a length in bytes and a reference count, both 16 bits; entry 0 is the code page)
// and `_StringData` (the bytes, one after the other). Opening builds an array of offsets and nothing else; a text is
// decoded when somebody asks for it. Reference counts are not kept while a database is worked on: saving counts anew.
import {
  bytesSource, codePage, copyUint32, isKnownCodePage, littleEndianBytes, type ByteSource, type CodePage, type Findings,
} from '../../base/index.ts'
import { DatabaseError } from '../database-error.ts'
import { WasmRows, type UnchangedRows, type WasmRowsOptions } from '../table/wasm-rows.ts'
import { ByteBuilder } from './byte-builder.ts'
import { hasUnusualBytes, type EncodedTexts } from './encoded-texts.ts'
import { TextBytes } from './text-bytes.ts'
import { fewTexts, TextIndex } from './text-index.ts'

const longReferences = 0x8000
/** With more strings than this, references take three bytes. */
const shortReferenceLimit = 0xffff
/** Windows hands out numbers from 5 in a database it creates. */
const reservedIds = 4
/** About so long are texts that come one for a field. */
const bytesOfText = 16
/** From these sizes of `_StringPool` on, loading WebAssembly costs less than it saves: when a database is opened, and when it is written out. */
const [wasmOpenBytes, wasmWriteBytes] = [1 << 17, 1 << 10] as const

export class StringPool {
  #codepage: number
  /** Decoder of the loaded bytes, which a change of {@link codepage} does not touch. */
  readonly #loaded: CodePage
  readonly #bytes: TextBytes
  /** All of `#bytes` is ASCII, which most code pages have in common. */
  readonly #isAscii: boolean
  /** Some loaded text has a control character or a byte from 0x80; undefined until somebody wants to know. */
  #needsCare: boolean | undefined
  readonly #texts: (string | undefined)[] = []
  #ids: TextIndex | undefined
  /** Writes tables whose texts are those that were loaded; null: it does not. */
  #writer: WasmRows | undefined | null
  #count: number
  /** Bytes of a reference in the tables of the file that was opened. */
  readonly referenceSize: 2 | 3

  private constructor(codepage: number, loaded: CodePage, referenceSize: 2 | 3, offsets: Uint32Array, data: ByteSource, { isAscii = false, rows }: { isAscii?: boolean; rows?: WasmRows } = {}) {
    this.#codepage = codepage
    this.#loaded = loaded
    this.referenceSize = referenceSize
    this.#bytes = new TextBytes(offsets, data)
    this.#isAscii = isAscii
    this.#count = offsets.length - 1
    this.#writer = rows ?? (this.#count * 4 < wasmWriteBytes ? null : undefined)
  }

  static create(codepage: number): StringPool {
    return new StringPool(codepage, codePage(codepage), 2, new Uint32Array(1 + reservedIds), bytesSource(new Uint8Array()), { isAscii: true })
  }

  static open(pool: Uint8Array, data: ByteSource, findings: Findings): StringPool {
    if (pool.length % 4 !== 0) {
      findings.report({
        id: 'string-pool-size', structure: 'string pool', field: 'size', expected: 'a multiple of 4 bytes', found: `${pool.length} bytes`,
      })
    }
    const header = pool.length < 4 ? 0 : new DataView(pool.buffer, pool.byteOffset).getUint32(0, true)
    const codepage = header & 0x7fffffff
    const known = isKnownCodePage(codepage)
    if (!known) {
      findings.report({
        id: 'code-page-unknown', structure: 'string pool', field: 'code page', offsetBytes: 0, expected: 'a known code page', found: String(codepage),
      })
    }
    const rows = pool.length >= wasmOpenBytes ? WasmRows.load() : undefined
    const byRows = rows?.readOffsets(pool, data.size)
    const { offsets, cut } = byRows ?? readOffsets(pool, data.size)
    reportDataSize(offsets.at(-1)!, cut, data.size, findings)
    return new StringPool(codepage, codePage(known ? codepage : 0), header >>> 16 & longReferences ? 3 : 2, offsets, data, byRows && rows ? { rows } : {})
  }

  get codepage(): number {
    return this.#codepage
  }

  /** Texts stay what they are; they are encoded anew on saving. @throws WindowsError when the code page is not known. */
  set codepage(id: number) {
    codePage(id)
    this.#codepage = id
  }

  /** The highest number in use. */
  get count(): number {
    return this.#count
  }

  /** The text of a number; '' for 0 and for numbers that the pool does not have. */
  text(id: number): string {
    return id === 0 || id > this.#count ? '' : this.#texts[id] ??= this.#decode(id)
  }

  /** The same for who asks for each of many texts once: it is not kept. @param after what comes behind the first such ASCII character, if the text has it */
  textOnce(id: number, after?: string): string {
    if (id === 0 || id > this.#count) return ''
    const bytes = this.#texts[id] === undefined ? this.#bytes.of(id) : undefined
    if (bytes !== undefined && isPlain(bytes)) return asciiText(bytes, after === undefined ? 0 : bytes.indexOf(after.charCodeAt(0)) + 1, bytes.length)
    const text = this.#texts[id] ?? this.#decode(id)
    return after === undefined ? text : text.slice(text.indexOf(after) + 1)
  }

  /** Lets the texts go that were decoded. */
  forgetTexts(): void {
    const loaded = this.#bytes.loadedCount
    if (this.#count === loaded) this.#texts.length = 0
    else this.#texts.fill(undefined, 0, loaded + 1)
  }

  /** Whether a text is these ASCII bytes, as far as that can be told without decoding it: `false` may be wrong for one that was added since. */
  isText(id: number, bytes: Uint8Array, start: number, end: number): boolean {
    return this.#bytes.has(id) && this.#bytes.equals(id, bytes, start, end)
  }

  /** For who goes through very many texts: text `id` is what `bytes` has from `offsets[id - 1]` to `offsets[id]`; nothing when it lies elsewhere. Good until a text is added. */
  get stored(): { readonly bytes: Uint8Array; readonly offsets: Uint32Array } {
    return { bytes: this.#bytes.bytes, offsets: this.#bytes.offsets }
  }

  /** The number of a text: 0 for the empty one, `undefined` when the pool does not have it. */
  find(text: string): number | undefined {
    return text === '' ? 0 : this.#index().find(text)
  }

  /** The number of a text, which is added when it is new. */
  intern(text: string): number {
    if (text === '') return 0
    const id = this.#index().add(text, this.#count + 1)
    if (id > this.#count) {
      this.#count = id
      this.#texts[id] = text
      this.#bytes.skip(1)
    }
    return id
  }

  /** {@link intern} for every `step`th of some texts, from `first`. @param ids where the numbers go */
  internEach(texts: readonly string[], first: number, step: number, ids: Uint32Array): void {
    const next = this.#index().addEach(texts, first, step, ids, this.#texts, this.#count + 1)
    if (next === undefined) for (let row = 0; row < ids.length; row++) ids[row] = this.intern(texts[first + row * step]!)
    else {
      this.#bytes.skip(next - 1 - this.#count)
      this.#count = next - 1
    }
  }

  /** Makes room for the texts of so many bytes that are about to be added. */
  reserve(bytes: number): void {
    const texts = Math.ceil(bytes / bytesOfText)
    this.#index().reserve(texts)
    this.#bytes.reserve(texts, bytes)
  }

  /** As {@link intern}, for a text of ASCII bytes without control characters. */
  internBytes(bytes: Uint8Array, start: number, end: number): number {
    if (start === end) return 0
    const id = this.#index().addBytes(bytes, start, end, this.#count + 1)
    if (id > this.#count) {
      this.#count = id
      this.#bytes.append(bytes, start, end)
    }
    return id
  }

  /** @param counts References to each number; a string without any is left out and its number stays free. */
  write(counts: Uint32Array): { pool: Uint8Array; data: Uint8Array; referenceSize: 2 | 3 } {
    let last = this.#count
    while (last > 0 && (counts[last] ?? 0) === 0) last--
    const referenceSize = last > shortReferenceLimit ? 3 : 2
    const data = new ByteBuilder()
    const lengths = this.#appendAll(counts, last, data)
    // Each entry is a length and a count, 16 bits both; a longer text has the length in an entry of its own.
    const entries = new Uint32Array(1 + last + (data.length >>> 16))
    entries[0] = this.#codepage | (referenceSize === 3 ? longReferences << 16 : 0)
    let at = 1
    for (let id = 1; id <= last; id++) {
      const length = lengths[id]!
      entries[at++] = Math.min(counts[id]!, 0xffff) << 16 | (length > 0xffff ? 0 : length)
      if (length > 0xffff) entries[at++] = length
    }
    return { pool: littleEndianBytes(entries.subarray(0, at)), data: data.bytes, referenceSize }
  }

  /** The texts in a code page. `encode` throws DatabaseError when the code page cannot hold one. */
  encoded(page: CodePage): EncodedTexts {
    const isLoaded = this.#isStoredAs(page)
    const offsets = isLoaded ? this.#bytes.offsets : new Uint32Array()
    const others = new Map<number, Uint8Array>()
    const encode = (id: number): Uint8Array => {
      const known = others.get(id)
      if (known !== undefined) return known
      const bytes = page.encode(this.text(id)) ?? this.#unencodable(id, page.id)
      others.set(id, bytes)
      return bytes
    }
    const data = isLoaded ? this.#bytes.bytes : new Uint8Array()
    return { data, offsets, needsCare: this.#needsCare ??= hasUnusualBytes(this.#bytes.bytes), encode }
  }

  /** Rows of a table that is as it was loaded, written without this pool; `undefined` when that cannot be done, or is not worth it. */
  writeUnchanged(rows: UnchangedRows, page: CodePage, options: WasmRowsOptions): { bytes: Uint8Array; hasHighBytes: boolean } | undefined {
    if (this.#writer === null || !this.#isStoredAs(page)) return undefined
    if (this.#writer === undefined) this.#writer = this.#newWriter() ?? null
    return this.#writer?.write(rows, this.#bytes.loaded, options)
  }

  #newWriter(): WasmRows | undefined {
    const writer = WasmRows.load()
    return writer?.useOffsets(this.#bytes.offsets.subarray(0, this.#bytes.loadedCount + 1)) === true ? writer : undefined
  }

  #isStoredAs(page: CodePage): boolean {
    return this.#isAscii || sameBytes(page.id, this.#loaded.id)
  }

  /** Texts that follow each other are appended at once. @returns the length of each string in bytes, by number. */
  #appendAll(counts: Uint32Array, last: number, data: ByteBuilder): Uint32Array {
    const page = codePage(this.#codepage)
    const offsets = this.#isStoredAs(page) ? this.#bytes.offsets : new Uint32Array()
    const lengths = new Uint32Array(last + 1)
    let start = 1
    while (start <= last) {
      const kind = kindOf(start, counts, offsets)
      let end = start + 1
      while (end <= last && kindOf(end, counts, offsets) === kind) end++
      if (kind === kinds.bytes) {
        data.append(this.#bytes.bytes, offsets[start - 1]!, offsets[end - 1]!)
        for (let id = start; id < end; id++) lengths[id] = offsets[id]! - offsets[id - 1]!
      } else if (kind === kinds.text) this.#appendTexts(start, end, page, data, lengths)
      start = end
    }
    return lengths
  }

  #appendTexts(start: number, end: number, page: CodePage, data: ByteBuilder, lengths: Uint32Array): void {
    const isDecoded = start > this.#bytes.loadedCount
    const texts = isDecoded ? this.#texts.slice(start, end) as string[] : Array.from({ length: end - start }, (_, index) => this.text(start + index))
    const all = texts.join('')
    const bytes = new TextEncoder().encode(all)
    // In UTF-8 only ASCII has a byte for each character, and in all code pages ASCII is the same.
    const isAscii = bytes.length === all.length
    if (isAscii) data.append(bytes)
    for (let index = 0; index < texts.length; index++) {
      const text = texts[index]!
      const own = isAscii ? undefined : page.encode(text) ?? this.#unencodable(start + index, page.id)
      if (own !== undefined) data.append(own)
      lengths[start + index] = own === undefined ? text.length : own.length
    }
  }

  #unencodable(id: number, codepage: number): never {
    const text = this.text(id)
    throw new DatabaseError(`string pool: expected text that code page ${codepage} can hold, found ${JSON.stringify(text.slice(0, 80))}`,
      'ERROR_INVALID_DATA', 2277)
  }

  #index(): TextIndex {
    if (this.#ids) return this.#ids
    const ids = new TextIndex(this.#count, {
      text: (id) => this.text(id),
      isBytes: (id, bytes, start, end) => this.#bytes.has(id) ? this.#bytes.equals(id, bytes, start, end) : this.text(id) === asciiText(bytes, start, end),
    })
    for (let id = 1; id <= this.#count; id++) {
      const bytes = this.#count > fewTexts ? this.#bytes.of(id) : undefined
      if (bytes !== undefined && isPlain(bytes)) {
        if (bytes.length > 0) ids.addBytes(bytes, 0, bytes.length, id)
      } else if (this.text(id) !== '') ids.add(this.text(id), id)
    }
    return this.#ids = ids
  }

  #decode(id: number): string {
    return this.#loaded.decode(this.#bytes.of(id))
  }
}

/** What a string is when it is saved: left out, a part of the bytes, or a text to be encoded. */
const kinds = { unused: 0, bytes: 1, text: 2 } as const

function kindOf(id: number, counts: Uint32Array, offsets: Uint32Array): number {
  if (counts[id] === 0) return kinds.unused
  return id < offsets.length && offsets[id] !== offsets[id - 1] ? kinds.bytes : kinds.text
}

/** From so many bytes on, a decoder of the host is faster than a text of its characters. */
const longText = 1024

/** None of that in bytes. */
function isPlain(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (bytes[index]! >= 0x80 || bytes[index] === 0x1b) return false
  return true
}

function asciiText(bytes: Uint8Array, start: number, end: number): string {
  const part = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
  return part.length > longText ? new TextDecoder().decode(part) : String.fromCharCode.apply(undefined, part as unknown as number[])
}

/** The neutral code page, and what stands for the system's, are read as 1252. */
function sameBytes(a: number, b: number): boolean {
  return (a <= 3 ? 1252 : a) === (b <= 3 ? 1252 : b)
}

/** An entry of length 0 with a reference count is followed by the length in 32 bits. */
function readOffsets(pool: Uint8Array, dataSize: number): { offsets: Uint32Array; cut: number } {
  const entries = new Uint32Array(pool.length >> 2)
  copyUint32(pool, entries)
  const offsets = new Uint32Array(Math.max(1, entries.length))
  let ids = 0
  let end = 0
  let cut = 0
  for (let at = 1; at < entries.length; at++) {
    const entry = entries[at]!
    let length = entry & 0xffff
    if (length === 0 && entry !== 0 && at + 1 < entries.length) length = entries[++at]!
    end += length
    if (end > dataSize) {
      if (cut === 0) cut = ids + 1
      end = dataSize
    }
    offsets[++ids] = end
  }
  return { offsets: offsets.subarray(0, ids + 1), cut }
}

/** @param end of the last text @param cut the first text that the data does not hold whole, or 0 */
function reportDataSize(end: number, cut: number, dataSize: number, findings: Findings): void {
  if (cut === 0 && end === dataSize) return
  findings.report({
    id: 'string-data-size', structure: 'string pool', field: 'string data', expected: 'as many bytes as the lengths say',
    found: cut > 0 ? `${dataSize} bytes, too few for string ${cut}` : `${dataSize - end} bytes more`,
  })
}
