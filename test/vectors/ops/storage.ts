// Operations on raw compound files.
import { bytesSource, concatBytes, parentPath, type ByteSource } from 'msikit/base'
import { openCompoundFile, writeCompoundFile, type Storage, type StorageContent } from 'msikit/compound-file'
import { writeSummaryInformation, type SummaryValue } from 'msikit/property-set'
import { createDirectories, readFile, writeFile } from 'msikit/platform'
import { returnCode, success } from '../api/return-code.ts'
import { hexOf, type Judged } from '../matcher.ts'
import type { Operation, Step, World } from '../world.ts'

interface RawStream {
  readonly nameUnits: readonly number[]
  readonly hex: string
}

interface RawStorage {
  readonly name: string
  readonly clsid: string
  readonly streams: readonly RawStream[]
}

const notFound = -2147287038

export const storageOperations: Readonly<Record<string, Operation>> = {
  writeTransformStorage: writeRaw,
  writePatchStorage: writeRaw,
  writeRawDatabase: writeRaw,
  writeStorage: writeRaw,
  openStorageFile: ({ path }, world) => {
    let storage: Storage | undefined
    const rc = returnCode(() => { storage = openCompoundFile(bytesSource(readFile(world.files, world.path(path)))).root })
    return { rc, handles: { storage } }
  },
  storageOpenStorage: ({ storage, name }, world) => {
    const entry = world.handle<Storage>(storage)?.find(String(name))
    return { rc: entry?.kind === 'storage' ? success : notFound, handles: { inner: entry } }
  },
  storageOpenStream: ({ storage, name }, world) => {
    const entry = world.handle<Storage>(storage)?.find(String(name))
    return { rc: entry?.kind === 'stream' ? success : notFound, handles: { stream: entry?.kind === 'stream' ? { source: entry.source, at: 0 } : undefined } }
  },
  streamRead: ({ stream, max }, world) => {
    const open = world.handle<{ source: ByteSource; at: number }>(stream)!
    const data = open.source.read(open.at, Number(max))
    open.at += data.length
    return { rc: success, read: data.length, data }
  },
  listStreams: ({ storage }, world) => ({ streams: judgedStreams(world.handle<Storage>(storage)!) }),
}

/** All streams of a storage, in any order. */
function judgedStreams(storage: Storage): Judged {
  const found = storage.entries.flatMap((entry) => entry.kind === 'stream'
    ? [`${[...entry.name].map((one) => one.charCodeAt(0)).join()}: ${hexOf(entry.source.read(0, entry.source.size))}`] : []).sort()
  return {
    disagreement: (expected) => {
      const wanted = (expected as readonly RawStream[]).map(({ nameUnits, hex }) => `${nameUnits.join()}: ${hex}`).sort()
      return wanted.join('\n') === found.join('\n') ? undefined : found
    },
  }
}

function writeRaw(step: Step, world: World): { rc: number } {
  const streams = rawEntries(step['streams'] as readonly RawStream[])
  const summary = step['summaryProperties'] as readonly (readonly [number, string, string | number])[] | undefined
  if (summary !== undefined) streams.push({ kind: 'stream', name: '\u0005SummaryInformation', source: bytesSource(summaryBytes(summary)) })
  const storages = (step['storages'] as readonly RawStorage[] | undefined ?? []).map(({ name, clsid, streams: inner }) =>
    ({ kind: 'storage' as const, name, content: { classId: clsid, entries: rawEntries(inner) } }))
  const content: StorageContent = { ...(step['clsid'] === undefined ? {} : { classId: String(step['clsid']) }), entries: [...streams, ...storages] }
  const parts: Uint8Array[] = []
  writeCompoundFile(content, { write: (chunk) => { parts.push(chunk.slice()) } })
  const path = world.path(step['path'])
  createDirectories(world.files, parentPath(path) ?? path)
  writeFile(world.files, path, concatBytes(parts))
  return { rc: success }
}

function rawEntries(streams: readonly RawStream[]): StorageContent['entries'][number][] {
  return streams.map(({ nameUnits, hex }) => ({ kind: 'stream', name: String.fromCharCode(...nameUnits), source: bytesSource(Buffer.from(hex, 'hex')) }))
}

/** As the property storage of Windows writes: UTF-16 throughout, with the code page and the locale among the properties. */
function summaryBytes(properties: readonly (readonly [number, string, string | number])[]): Uint8Array {
  const values = properties.map(([id, type, value]): [number, SummaryValue] =>
    [id, type === 'VT_LPSTR' ? { type: 'lpstr', value: String(value) } : { type: type === 'VT_I2' ? 'i2' : 'i4', value: Number(value) }])
  const locale: SummaryValue = { type: 'other', variant: 19, bytes: Uint8Array.of(9, 4, 0, 0) }
  return writeSummaryInformation({ codepage: 1200, properties: new Map([[1, { type: 'i2', value: 1200 }], ...values, [0x80000000, locale]]) })
}
