// The identity of a package: its summary information, and the package code that follows from its content.
import { createHashes, filetimeFromUnixMs, type ByteSource } from '../base/index.ts'
import { SummaryProperty, type SummaryInformation, type SummaryValue } from '../property-set/index.ts'
import type { Draft } from './draft.ts'
import type { SourceLayout } from './media.ts'
import { guidOfDigest } from './name-guid.ts'
import type { Product } from './product.ts'

/** Packages that differ get different package codes: a digest over rows, cells' streams, cabinets and files. */
export function contentGuid(draft: Draft, layout: SourceLayout, streams: ReadonlyMap<string, ByteSource>): string {
  const hash = createHashes().sha256()
  const addSource = (source: ByteSource): void => {
    const pieceBytes = 1 << 20
    for (let offset = 0; offset < source.size; offset += pieceBytes) hash.update(source.read(offset, pieceBytes))
  }
  const addText = (text: string): void => hash.update(new TextEncoder().encode(`${text}\n`))
  for (const { name, columns, rows } of draft.tables) {
    addText(JSON.stringify([name, columns.map((column) => [column.name, column.type])]))
    for (const row of rows) {
      addText(JSON.stringify(row.map((cell) => cell !== null && typeof cell === 'object' ? cell.size : cell)))
      for (const cell of row) if (cell !== null && typeof cell === 'object') addSource(cell)
    }
  }
  for (const sources of [layout.embedded, layout.cabinets, layout.sourceFiles, streams]) {
    for (const [name, source] of sources) {
      addText(JSON.stringify([name, source.size]))
      addSource(source)
    }
  }
  return guidOfDigest(hash.digest())
}

/** https://learn.microsoft.com/windows/win32/msi/summary-property-descriptions */
export function summaryOf(product: Product, packageCode: string, isCompressed: boolean): SummaryInformation {
  const wordCount = { compressed: 2, noElevation: 8 } as const
  const readOnlyRecommended = 2
  const time: SummaryValue = { type: 'filetime', value: filetimeFromUnixMs(product.buildTimeMs) }
  return {
    codepage: product.codepage,
    properties: new Map<number, SummaryValue>([
      [SummaryProperty.title, text('Installation Database')],
      [SummaryProperty.subject, text(product.name)],
      [SummaryProperty.author, text(product.manufacturer)],
      [SummaryProperty.keywords, text(product.keywords)],
      [SummaryProperty.comments, text(product.comments)],
      [SummaryProperty.template, text(`${product.platform};${product.language}`)],
      [SummaryProperty.revision, text(packageCode)],
      [SummaryProperty.created, time],
      [SummaryProperty.saved, time],
      [SummaryProperty.pageCount, integer(product.installerVersion)],
      [SummaryProperty.wordCount, integer((isCompressed ? wordCount.compressed : 0) | (product.scope === 'user' ? wordCount.noElevation : 0))],
      [SummaryProperty.application, text('msikit')],
      [SummaryProperty.security, integer(readOnlyRecommended)],
    ]),
  }
}

function text(value: string): SummaryValue {
  return { type: 'lpstr', value }
}

function integer(value: number): SummaryValue {
  return { type: 'i4', value }
}
