// The package of an administrative image: its cabinets are left out, since the files lie beside it uncompressed; the
// summary information says so; and properties that the administrator chose are kept for every installation from it.
// https://learn.microsoft.com/windows/win32/msi/administrative-installation, …/adminproperties
import { bytesSource, concatBytes, decodeUtf16, encodeUtf16, readAll, type ByteSource } from '../../base/index.ts'
import { openDatabase, type Database } from '../../database/index.ts'
import { formatPropertySettings, parsePropertySettings } from '../session/properties/command-line.ts'

const adminPropertiesStream = 'AdminProperties'
const wordCount = 15
const [subject, comments, revisionNumber] = [3, 6, 9]
const wordCountBits = { compressed: 2, administrativeImage: 4 } as const
/** Bit of File.Attributes. */
const compressedFile = 0x4000

/** The bytes of the package for the image. */
export function administrativeImage(source: ByteSource, properties: ReadonlyMap<string, string>): ByteSource {
  return imageOf(openDatabase(source), properties)
}

/**
 * As {@link administrativeImage}, of a package to which patches were applied: their files lie in the image now, and the
 * package has the code and the summary that they gave it.
 * https://learn.microsoft.com/windows/win32/msi/patchnewpackagecode, …/patchnewsummarycomments, …/patchnewsummarysubject
 */
export function patchedImage(patched: Database, properties: ReadonlyMap<string, string>, property: (name: string) => string): ByteSource {
  const database = openDatabase(saved(patched))
  const deltas = [...database.table('Patch')?.rows() ?? []]
  for (const row of deltas) database.table('Patch')!.delete(row)
  const { summary } = database
  const changed = new Map(summary.properties)
  for (const [id, name] of [[revisionNumber, 'PATCHNEWPACKAGECODE'], [comments, 'PATCHNEWSUMMARYCOMMENTS'], [subject, 'PATCHNEWSUMMARYSUBJECT']] as const) {
    if (property(name) !== '') changed.set(id, { type: 'lpstr', value: property(name) })
  }
  database.summary = { ...summary, properties: changed }
  return imageOf(database, properties)
}

function imageOf(database: Database, properties: ReadonlyMap<string, string>): ByteSource {
  removeCabinets(database)
  for (const row of database.table('File')?.rows() ?? []) {
    const attributes = row.integer('Attributes') ?? 0
    if ((attributes & compressedFile) !== 0) database.table('File')!.update(row, 'Attributes', attributes & ~compressedFile)
  }
  const { summary } = database
  const flags = summary.properties.get(wordCount)
  const value = ((flags?.type === 'i4' || flags?.type === 'i2' ? flags.value : 0) & ~wordCountBits.compressed) | wordCountBits.administrativeImage
  database.summary = { ...summary, properties: new Map([...summary.properties, [wordCount, { type: 'i4', value }]]) }
  if (properties.size > 0) database.setStream(adminPropertiesStream, bytesSource(encodeUtf16(`${formatPropertySettings(properties)}\0`)))
  return saved(database)
}

function saved(database: Database): ByteSource {
  const parts: Uint8Array[] = []
  database.save({ write: (chunk) => { parts.push(new Uint8Array(chunk)) } })
  return bytesSource(concatBytes(parts))
}

/** What the administrator chose when the image was made: written as on a command line, names in their own spelling. */
export function adminProperties(database: Database): Map<string, string> {
  const stream = database.stream(adminPropertiesStream)
  return stream === undefined ? new Map() : parsePropertySettings(decodeUtf16(readAll(stream)).split('\0', 1)[0]!, 'kept')
}

function removeCabinets(database: Database): void {
  for (const row of database.table('Media')?.rows() ?? []) {
    const cabinet = row.text('Cabinet')
    if (cabinet.startsWith('#')) database.setStream(cabinet.slice(1), undefined)
  }
}
