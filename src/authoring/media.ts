// Source media: which files are in which cabinet, and in what order. The order of File.Sequence is the cabinet's.
// https://learn.microsoft.com/windows/win32/msi/media-table
import { bytesSource, concatBytes, createHashes, WindowsError, type ByteSource } from '../base/index.ts'
import { writeCabinet, type DeflateBlock } from '../cabinet/index.ts'
import { fileAttributes, type DraftFile, type PackageParts } from './component.ts'

export interface MediaOptions {
  /** Name of the cabinet; null for files that lie uncompressed beside the package. */
  readonly cabinet: string | null
  /** Whether the cabinet is a stream of the package; true when absent. */
  readonly embedded?: boolean
  /** `mszip` when absent. */
  readonly compression?: 'none' | 'mszip'
  readonly diskPrompt?: string
  readonly volumeLabel?: string
}

/** One disk of the source; its number is its place in the Media table. */
export class Media {
  readonly diskId: number
  readonly options: MediaOptions

  /** Use {@link PackageBuilder.media}. */
  constructor(diskId: number, options: MediaOptions) {
    this.diskId = diskId
    this.options = options
  }
}

export interface SourceLayout {
  /** Cabinets that are streams of the package, by name. */
  readonly embedded: ReadonlyMap<string, ByteSource>
  /** Cabinets that lie beside the package. */
  readonly cabinets: ReadonlyMap<string, ByteSource>
  /** Uncompressed files, by their path from the package's folder. */
  readonly sourceFiles: ReadonlyMap<string, ByteSource>
  /** Whether files are in cabinets unless they say otherwise: a bit of the summary information's word count. */
  readonly isCompressed: boolean
}

const attribute = { noncompressed: 0x2000, compressed: 0x4000 } as const

/** Numbers the files, adds the rows of File, Media and MsiFileHash, and makes the cabinets. */
export function layOutMedia({ draft, files, product }: PackageParts, media: readonly Media[], deflate?: DeflateBlock): SourceLayout {
  const layout = { embedded: new Map<string, ByteSource>(), cabinets: new Map<string, ByteSource>(), sourceFiles: new Map<string, ByteSource>(), isCompressed: media[0]!.options.cabinet !== null }
  let sequence = 0
  for (const disk of media) {
    const { cabinet, embedded = true, compression = 'mszip', diskPrompt, volumeLabel } = disk.options
    const onDisk = files.filter((file) => (file.options.media ?? media[0]) === disk)
    const differs = (cabinet !== null) === layout.isCompressed ? 0 : cabinet === null ? attribute.noncompressed : attribute.compressed
    for (const file of onDisk) {
      draft.add('File', fileRow(file, ++sequence, differs))
      if (file.options.version === undefined) addHash(file)
    }
    if (onDisk.length === 0) continue
    draft.add('Media', {
      DiskId: disk.diskId, LastSequence: sequence, DiskPrompt: diskPrompt, VolumeLabel: volumeLabel,
      Cabinet: cabinet === null ? null : embedded ? `#${cabinet}` : cabinet,
    })
    // In a compressed package the source has no folders: such files lie beside the package.
    if (cabinet === null) for (const { folder, name, source } of onDisk) addSourceFile(layout.isCompressed ? name : folder.sourcePath + name, source)
    else layout[embedded ? 'embedded' : 'cabinets'].set(cabinet, makeCabinet(onDisk, compression, product.buildTimeMs, deflate))
  }
  return layout

  function addSourceFile(path: string, source: ByteSource): void {
    if (layout.sourceFiles.has(path)) throw new WindowsError('ERROR_INVALID_PARAMETER', `source file ${path}: expected one of that name beside a compressed package, found two`)
    layout.sourceFiles.set(path, source)
  }

  function addHash(file: DraftFile): void {
    const parts = fileHash(file.source)
    // One part in four billion files is what the column reads as null: such a file goes without.
    if (parts.every((part) => part !== -0x8000_0000)) {
      draft.add('MsiFileHash', { File_: file.key, Options: 0, HashPart1: parts[0]!, HashPart2: parts[1]!, HashPart3: parts[2]!, HashPart4: parts[3]! })
    }
  }
}

function fileRow(file: DraftFile, sequence: number, attributes: number): Record<string, string | number | undefined> {
  return {
    File: file.key, Component_: file.component, FileName: file.folder.names.filename(file.name), FileSize: file.source.size,
    Version: file.options.version, Language: file.options.language, Attributes: fileAttributes(file.options) | attributes, Sequence: sequence,
  }
}

function makeCabinet(files: readonly DraftFile[], compression: 'none' | 'mszip', buildTimeMs: number, deflate: DeflateBlock | undefined): ByteSource {
  const chunks: Uint8Array[] = []
  writeCabinet(files.map(({ key, source, options }) => ({
    name: key, source, modifiedMs: options.modifiedMs ?? buildTimeMs,
    attributes: { archive: true, readOnly: options.readOnly === true, hidden: options.hidden === true, system: options.system === true },
  })), { write: (chunk) => chunks.push(Uint8Array.from(chunk)) }, { compression, ...(deflate !== undefined && { deflate }) })
  return bytesSource(concatBytes(chunks))
}

const pieceBytes = 1 << 20

/** The four parts of MsiFileHash: an MD5 as little-endian numbers; all zero for an empty file. */
export function fileHash(source: ByteSource): number[] {
  if (source.size === 0) return [0, 0, 0, 0]
  const hash = createHashes().md5()
  for (let offset = 0; offset < source.size; offset += pieceBytes) hash.update(source.read(offset, pieceBytes))
  const digest = hash.digest()
  const view = new DataView(digest.buffer, digest.byteOffset, digest.length)
  return [0, 4, 8, 12].map((offset) => view.getInt32(offset, true))
}
