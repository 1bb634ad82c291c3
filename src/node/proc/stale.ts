// Who still uses what formerly stood at a path: the kernel names a file that was replaced or deleted by its old path, with
// ` (deleted)` after it. A file really called so is told apart by standing there with the same inode.
import { realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FileUse, FileUser, HostPath } from '../../platform/index.ts'
import { forEachMappedFile, mappedPath } from './maps.ts'
import { MountTables, type MountTable } from './mounts.ts'
import { hasEnded, ProcessClock } from './process-stat.ts'
import { linkTarget, names, ProcReader, processNumbers, statOf } from './read.ts'

const mark = ' (deleted)'

export function findStaleUsers(files: readonly HostPath[]): FileUser[] {
  const reader = new ProcReader()
  const mounts = new MountTables(reader)
  const paths = new Map<string, number[]>()
  for (const [file, given] of files.entries()) {
    const path = canonical(typeof given === 'string' ? given : Buffer.from(given).toString(), mounts.own)
    paths.set(path, [...paths.get(path) ?? [], file])
  }
  const clock = new ProcessClock(reader)
  return processNumbers().flatMap((pid) => staleUses(pid, paths, reader, clock, mounts))
}

function staleUses(pid: number, paths: ReadonlyMap<string, readonly number[]>, reader: ProcReader, clock: ProcessClock, mounts: MountTables): FileUser[] {
  const before = clock.identify(pid)
  if (!before) return []
  const found = new Map<number, FileUse>()
  const look = (name: string, device: number, inode: number, use: FileUse) => {
    const path = name.endsWith(mark) && !standsThere(name, device, inode) ? name.slice(0, -mark.length) : name
    const wanted = paths.get(path)
    if (!wanted || standsThere(path, device, inode)) return
    for (const file of wanted) if (found.get(file) !== 'executable') found.set(file, use)
  }
  const folder = `/proc/${pid}`
  const lookAt = (link: string, use: FileUse) => {
    const target = linkTarget(link)
    if (target === undefined || !target.startsWith('/') || !paths.has(target.endsWith(mark) ? target.slice(0, -mark.length) : target)) return
    if (mounts.of(pid).isRemote(target)) return
    const stat = statOf(link)
    if (typeof stat !== 'string') look(target, stat.dev, stat.ino, use)
  }
  lookAt(`${folder}/exe`, 'executable')
  const descriptors = names(`${folder}/fd`)
  if (typeof descriptors !== 'string') for (const number of descriptors) lookAt(`${folder}/fd/${number}`, 'open')
  const maps = reader.read(`${folder}/maps`)
  if (typeof maps !== 'string') {
    const bytes = Buffer.from(maps)
    forEachMappedFile(bytes, (entry) => {
      const name = mappedPath(bytes, entry)
      if (name.endsWith(mark)) look(name, entry.device, entry.inode, 'mapped')
    })
  }
  const stat = clock.stat(pid)
  if (!stat || hasEnded(stat) || clock.identity(stat).startTime !== before.startTime) return []
  return [...found].map(([file, use]) => ({ process: before, file, use, stale: true }))
}

function standsThere(path: string, device: number, inode: number): boolean {
  const stat = statOf(path)
  return typeof stat !== 'string' && stat.ino === inode && stat.dev === device
}

/** As the kernel names it: the folder's links resolved, the name itself kept. */
function canonical(path: string, mounts: MountTable): string {
  if (mounts.leadsToRemote(dirname(path))) return path
  try {
    return join(realpathSync(dirname(path)), basename(path))
  } catch {
    // The folder has gone: the name is all there is.
    return path
  }
}
