// Writes one cabinet. Everything before the data is known beforehand except for their size: it is patched in afterwards
// when the sink allows it, or the compressed data are collected first.
import { FormatError, type ByteSink } from '../../base/index.ts'
import { dataChecksum } from '../checksum.ts'
import { compressionType, type EncoderOptions } from '../codec/folder-encoder.ts'
import { cabinetHeader, dataEntry, fileEntry, folderEntry, headerFlags, maximumBlockBytes, type FolderEntry } from '../structures.ts'
import { entryBytes, type CabinetPlan } from './cabinet-plan.ts'
import type { Steps } from './encode-steps.ts'
import { folderBytes, writeReserve } from './reserve.ts'
import type { CabinetReserve, PatchableSink, WrittenCabinet } from './write-options.ts'

interface SingleOptions extends EncoderOptions {
  readonly setId?: number
  readonly reserve?: CabinetReserve
}

export function* writeSingle(plan: CabinetPlan, sink: ByteSink, options: SingleOptions): Steps<WrittenCabinet> {
  const { reserve } = options
  const names = plan.files.map((file) => file.input.name)
  const reserved = writeReserve(reserve)
  const filesOffset = cabinetHeader.size + reserved.length + plan.folderStarts.length * folderBytes(reserve)
  const dataOffset = plan.files.reduce((sum, file) => sum + entryBytes(file), filesOffset)
  const patchable = isPatchable(sink) ? sink : undefined
  const chunks: Uint8Array[] = []
  patchable?.write(new Uint8Array(filesOffset))
  if (patchable !== undefined) writeFiles(plan, patchable)
  const target: ByteSink = patchable ?? { write: (chunk) => { chunks.push(new Uint8Array(chunk)) } }
  const { folders, end } = yield* writeFolders(plan, target, options, dataOffset)
  if (end > 0xffffffff) {
    throw new FormatError({ structure: 'cabinet', field: 'size', expected: 'less than 4 GiB', found: `${end}` }, 'ERROR_INVALID_PARAMETER')
  }
  const head = writeHead(plan, folders, filesOffset, end, options)
  if (patchable !== undefined) patchable.patch(0, head)
  else {
    sink.write(head)
    writeFiles(plan, sink)
    for (const chunk of chunks) sink.write(chunk)
  }
  return { name: '', sizeBytes: end, files: names }
}

function isPatchable(sink: ByteSink): sink is PatchableSink {
  return 'patch' in sink && typeof sink.patch === 'function'
}

function writeHead(plan: CabinetPlan, folders: readonly FolderEntry[], filesOffset: number, cabinetBytes: number, { setId = 0, reserve }: SingleOptions): Uint8Array {
  const reserved = writeReserve(reserve)
  const head = new Uint8Array(filesOffset)
  head.set(cabinetHeader.write({ cabinetBytes, filesOffset, minorVersion: 3, majorVersion: 1, folderCount: folders.length,
    fileCount: plan.files.length, flags: reserve === undefined ? 0 : headerFlags.reservePresent, setId, index: 0 }))
  head.set(reserved, cabinetHeader.size)
  for (const [index, folder] of folders.entries()) head.set(folderEntry.write(folder), cabinetHeader.size + reserved.length + index * folderBytes(reserve))
  return head
}

function writeFiles(plan: CabinetPlan, sink: ByteSink): void {
  for (const [folder, first] of plan.folderStarts.entries()) {
    const last = plan.folderStarts[folder + 1] ?? plan.files.length
    const start = plan.startOf(first)
    for (const file of plan.files.slice(first, last)) {
      sink.write(fileEntry.write({ size: file.end - file.start, folderOffset: file.start - start, folder, date: file.date, time: file.time,
        attributes: file.attributes }, file.name))
    }
  }
}

function* writeFolders(plan: CabinetPlan, sink: ByteSink, options: SingleOptions, offset: number): Steps<{ folders: FolderEntry[]; end: number }> {
  const folders: FolderEntry[] = []
  for (const [index, first] of plan.folderStarts.entries()) {
    const end = plan.startOf(plan.folderStarts[index + 1] ?? plan.files.length)
    const dataOffset = offset
    let file = first
    let blockCount = 0
    for (let position = plan.startOf(first); position < end; blockCount++) {
      while (plan.files[file]!.end <= position) file++
      const blockEnd = Math.min(position + maximumBlockBytes, end)
      const data = yield { isFirst: blockCount === 0, file, position, end: blockEnd, folderEnd: end }
      offset += writeBlock(sink, data, blockEnd - position, options.reserve?.dataBytes)
      position = blockEnd
    }
    folders.push({ dataOffset, blockCount, compression: compressionType(options) })
  }
  return { folders, end: offset }
}

/** Returns the number of bytes written. */
export function writeBlock(sink: ByteSink, data: Uint8Array, uncompressedBytes: number, reserveBytes = 0): number {
  const checksum = dataChecksum(data, data.length, uncompressedBytes)
  sink.write(dataEntry.write({ checksum, compressedBytes: data.length, uncompressedBytes }))
  if (reserveBytes > 0) sink.write(new Uint8Array(reserveBytes))
  sink.write(data)
  return dataEntry.size + reserveBytes + data.length
}
