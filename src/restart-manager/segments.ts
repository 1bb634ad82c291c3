// Registered resources as they are stored: one segment per kind and register call, entries separated by NUL.
// A file name that is not valid UTF-8 comes back as bytes.
import { concatBytes } from '../base/index.ts'
import type { HostPath, ProcessIdentity } from '../platform/index.ts'

export interface ResourceSet {
  readonly files: readonly HostPath[]
  readonly processes: readonly ProcessIdentity[]
  readonly services: readonly string[]
}

export const resourceKinds = ['files', 'processes', 'services'] as const
export type ResourceKind = typeof resourceKinds[number]

const segmentNames = { files: 'RegFiles', processes: 'RegProcs', services: 'RegSvcs' }

export function segmentName(kind: ResourceKind, index: number): string {
  return `${segmentNames[kind]}${String(index).padStart(4, '0')}`
}

export function encodeSegment(resources: ResourceSet, kind: ResourceKind): Uint8Array {
  if (kind === 'processes') return joinEntries(resources.processes.map(({ pid, startTime }) => `${pid}:${startTime}`))
  return joinEntries(resources[kind])
}

/** Appends to the lists of `into`. */
export function decodeSegment(bytes: Uint8Array, kind: ResourceKind, into: { files: HostPath[]; processes: ProcessIdentity[]; services: string[] }): void {
  for (const entry of splitEntries(bytes)) {
    if (kind === 'files') into.files.push(entry)
    else if (typeof entry !== 'string') continue
    else if (kind === 'services') into.services.push(entry)
    else into.processes.push(parseIdentity(entry))
  }
}

function parseIdentity(entry: string): ProcessIdentity {
  const colon = entry.indexOf(':')
  return { pid: Number(entry.slice(0, colon)), startTime: entry.slice(colon + 1) }
}

function joinEntries(entries: readonly HostPath[]): Uint8Array {
  const encoder = new TextEncoder()
  if (entries.every((entry) => typeof entry === 'string')) return encoder.encode(entries.map((entry) => `${entry}\0`).join(''))
  return concatBytes(entries.flatMap((entry) => [typeof entry === 'string' ? encoder.encode(entry) : entry, Uint8Array.of(0)]))
}

function splitEntries(bytes: Uint8Array): HostPath[] {
  try {
    const entries = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes).split('\0')
    entries.pop()
    return entries
  } catch {
    // Some name is not UTF-8: each is read by itself.
    return splitBytes(bytes)
  }
}

function splitBytes(bytes: Uint8Array): HostPath[] {
  const entries: HostPath[] = []
  for (let start = 0, end = bytes.indexOf(0); end >= 0; start = end + 1, end = bytes.indexOf(0, start)) {
    const entry = bytes.slice(start, end)
    try {
      entries.push(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(entry))
    } catch {
      // The bytes are the name.
      entries.push(entry)
    }
  }
  return entries
}
