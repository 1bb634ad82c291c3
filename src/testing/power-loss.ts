// A loss of power, on a machine in memory: what was written and not yet made durable may be lost, in part, out of order.
//   - Contents: of what a file got since its last sync any beginning may be there, with zeros at its end, or all of it.
//   - Names (a creation, rename or removal): each may be lost until one of the directories it is in is synced, and with it
//     whatever was done to the same names later; those of other names may be there all the same. A rename is not torn.
//     A directory whose own name is lost takes everything in it along, synced or not; one whose removal is there was empty.
//   - Attributes and times: each may be lost until the file is synced.
//   - The registry: a hive is the old one or the new one; once a flush has returned, the new one.
// Harsher than the journalling file systems of today, which lose nothing from the middle. Files that are overwritten in
// place are not modelled: nobody here does that. A directory that moves takes along what the model has in it.
import { foldCase, parentPath } from '../base/index.ts'
import { noAttributes, type DurableHives, type FileAttributes, type FileTimes, type MemoryFileSystem, type MemoryPlatform, type Platform } from '../platform/index.ts'
import { interceptPlatform, type PortCall } from './port-calls.ts'

interface Inode {
  /** Where it was at the beginning; `undefined` for a file that was made since. */
  readonly initial: string | undefined
  readonly chunks: Uint8Array[]
  size: number
  syncedSize: number
}

type Change =
  | { readonly kind: 'create'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'make directory' | 'remove directory'; readonly path: string }
  | { readonly kind: 'remove'; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'rename'; readonly from: string; readonly path: string; readonly inode: Inode }
  | { readonly kind: 'move directory'; readonly from: string; readonly path: string }
  | { readonly kind: 'attributes'; readonly path: string; readonly inode: Inode | undefined; readonly attributes: FileAttributes }
  | { readonly kind: 'times'; readonly path: string; readonly inode: Inode | undefined; readonly times: FileTimes }

interface Logged {
  readonly change: Change
  /** Changes without which this one cannot be there, by number. */
  readonly needs: readonly number[]
  durable: boolean
}

export interface VolatileMachine {
  /** What is to be run on it. */
  readonly platform: Platform
  /** Calls so far that change something or make it durable. */
  readonly calls: number
  /** The machine as it may be found when the power goes now; `kept` is how likely a change survives that nobody made durable. */
  losePower(seed: number, kept?: number): MemoryPlatform
}

/** @param atCall called before every call that changes something or makes it durable */
export function createVolatileMachine(world: MemoryPlatform, atCall: (machine: VolatileMachine, call: PortCall) => void = () => {}): VolatileMachine {
  const base = world.files.clone(() => world.clock.now())
  const log = new ChangeLog()
  let calls = 0
  let hives: { readonly before: DurableHives; readonly after: DurableHives } | undefined
  const machine: VolatileMachine = {
    get platform() { return platform },
    get calls() { return calls },
    losePower: (seed, kept = 0.5) => {
      const random = randomNumbers(seed)
      const files = base.clone(() => world.clock.now())
      log.replay(files, random, kept)
      return world.fork({ files, hives: hives === undefined ? world.durableHives : mixed(hives, random) })
    },
  }
  const platform = interceptPlatform(world, (call, proceed) => {
    if (!call.changes && !call.method.startsWith('sync')) return proceed()
    atCall(machine, call)
    calls++
    if (call.port === 'registry' && call.method === 'flush') {
      const before = new Map(world.durableHives)
      const result = proceed()
      hives = { before, after: new Map(world.durableHives) }
      atCall(machine, { ...call, method: 'flush, half way' })
      hives = undefined
      return result
    }
    const isDirectory = call.port === 'files' && world.files.stat(String(call.args[0]))?.kind === 'directory'
    const result = proceed()
    log.note(call, isDirectory)
    return result
  })
  return machine
}

/** What happened to a drive since the beginning, and what of it is durable. */
export class ChangeLog {
  readonly #changes: Logged[] = []
  /** Files that were touched, by folded path; those that were there from the start come in when first named. */
  readonly #inodes = new Map<string, Inode>()
  readonly #removed = new Set<string>()
  /** The last change of a name, by folded path. */
  readonly #lastOfName = new Map<string, number>()
  readonly #namesIn = new Map<string, Set<string>>()

  note({ port, method, args, path: opened }: PortCall, isDirectory: boolean): void {
    const [first, second] = args
    const path = opened ?? String(first)
    if (port === 'writer' && first instanceof Uint8Array) this.#write(this.#inode(path), first)
    else if (port === 'writer' && method === 'sync') this.#synced(this.#inode(path))
    else if (port === 'writer' && method === 'setTimes') this.#add({ kind: 'times', path, inode: this.#inode(path), times: first as FileTimes }, [])
    else if (port === 'files') this.#noteFiles(method, path, second, isDirectory, args)
  }

  /** Makes what survives happen to a copy of what was there in the beginning. */
  replay(files: MemoryFileSystem, random: () => number, kept: number): void {
    const at = new Map<Inode, string>()
    const present = this.#survivors(random, kept)
    for (const [index, { change }] of this.#changes.entries()) if (present[index] === true) apply(change, files, at, random)
  }

  #noteFiles(method: string, path: string, second: unknown, isDirectory: boolean, args: readonly unknown[]): void {
    switch (method) {
      case 'create': {
        const inode: Inode = { initial: undefined, chunks: [], size: 0, syncedSize: 0 }
        this.#inodes.set(foldCase(path), inode)
        return this.#add({ kind: 'create', path, inode }, [path])
      }
      case 'createDirectory': return this.#add({ kind: 'make directory', path }, [path])
      case 'removeDirectory': return this.#add({ kind: 'remove directory', path }, [path])
      case 'removeFile': {
        const inode = this.#inode(path)
        this.#inodes.delete(foldCase(path))
        this.#removed.add(foldCase(path))
        return this.#add({ kind: 'remove', path, inode }, [path])
      }
      case 'rename': {
        const to = String(second)
        if (isDirectory) return this.#add({ kind: 'move directory', from: path, path: to }, [path, to])
        const inode = this.#inode(path)
        this.#inodes.delete(foldCase(path))
        this.#removed.add(foldCase(path))
        this.#inodes.set(foldCase(to), inode)
        return this.#add({ kind: 'rename', from: path, path: to, inode }, [path, to])
      }
      case 'setAttributes': return this.#add({ kind: 'attributes', path, inode: isDirectory ? undefined : this.#inode(path), attributes: second as FileAttributes }, [])
      case 'setTimes': return this.#add({ kind: 'times', path, inode: isDirectory ? undefined : this.#inode(path), times: second as FileTimes }, [])
      case 'syncFiles': for (const one of args[0] as readonly string[]) this.#fileSynced(one); return
      case 'syncDirectory': return this.#directorySynced(path)
    }
  }

  /** Where no file stands nothing is synced. */
  #fileSynced(path: string): void {
    if (this.#inodes.has(foldCase(path)) || !this.#removed.has(foldCase(path))) this.#synced(this.#inode(path))
  }

  #inode(path: string): Inode {
    const folded = foldCase(path)
    const known = this.#inodes.get(folded)
    if (known !== undefined) return known
    if (this.#removed.has(folded)) throw new Error(`${path} was removed`)
    const inode: Inode = { initial: path, chunks: [], size: 0, syncedSize: 0 }
    this.#inodes.set(folded, inode)
    return inode
  }

  #write(inode: Inode, chunk: Uint8Array): void {
    if (inode.initial !== undefined) throw new Error(`${inode.initial} is written in place: not modelled`)
    inode.chunks.push(chunk.slice())
    inode.size += chunk.length
  }

  #synced(inode: Inode): void {
    inode.syncedSize = inode.size
    for (const logged of this.#changes) {
      const { change } = logged
      if ((change.kind === 'attributes' || change.kind === 'times') && change.inode === inode) logged.durable = true
    }
  }

  #directorySynced(directory: string): void {
    const folded = foldCase(parentPath(`${directory}\\x`)!)
    for (const name of this.#namesIn.get(folded) ?? []) this.#nameDurable(this.#lastOfName.get(name))
  }

  /** And what was done to the same names before. */
  #nameDurable(number: number | undefined): void {
    const pending = number === undefined ? [] : [number]
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      const logged = this.#changes[at]!
      if (logged.durable) continue
      logged.durable = true
      if (logged.change.kind === 'remove directory') {
        // One that is gone was empty.
        pending.push(...logged.needs)
        continue
      }
      const names = new Set(namesOf(logged.change).map(foldCase))
      pending.push(...logged.needs.filter((one) => namesOf(this.#changes[one]!.change).some((name) => names.has(foldCase(name)))))
    }
  }

  #add(change: Change, names: readonly string[]): void {
    const needs = new Set<number>()
    const need = (name: string | undefined): void => {
      const last = name === undefined ? undefined : this.#lastOfName.get(foldCase(name))
      if (last !== undefined) needs.add(last)
    }
    for (const name of names) {
      need(name)
      need(parentPath(name))
    }
    if (change.kind === 'remove directory') for (const name of this.#namesIn.get(foldCase(change.path)) ?? []) need(name)
    const number = this.#changes.push({ change, needs: [...needs], durable: false }) - 1
    for (const name of names) {
      this.#lastOfName.set(foldCase(name), number)
      const folder = foldCase(parentPath(name) ?? '')
      const inside = this.#namesIn.get(folder) ?? new Set()
      inside.add(foldCase(name))
      this.#namesIn.set(folder, inside)
    }
  }

  #survivors(random: () => number, kept: number): boolean[] {
    const present: boolean[] = []
    for (const { needs, durable } of this.#changes) present.push(needs.every((one) => present[one]) && (durable || random() < kept))
    return present
  }
}

function namesOf(change: Change): readonly string[] {
  if (change.kind === 'attributes' || change.kind === 'times') return []
  return change.kind === 'rename' || change.kind === 'move directory' ? [change.from, change.path] : [change.path]
}

function apply(change: Change, files: MemoryFileSystem, at: Map<Inode, string>, random: () => number): void {
  const place = (inode: Inode): string | undefined => at.has(inode) ? at.get(inode) : inode.initial
  switch (change.kind) {
    case 'create':
      writeSurviving(files, change.path, change.inode, random)
      at.set(change.inode, change.path)
      break
    case 'make directory': files.createDirectory(change.path); break
    case 'move directory': files.rename(change.from, change.path); break
    case 'remove directory':
      files.setAttributes(change.path, noAttributes)
      files.removeDirectory(change.path)
      break
    case 'remove':
      files.setAttributes(change.path, noAttributes)
      files.removeFile(change.path, true)
      at.set(change.inode, '')
      break
    case 'rename': {
      if (files.stat(change.path) !== undefined && foldCase(change.path) !== foldCase(change.from)) files.setAttributes(change.path, noAttributes)
      files.rename(change.from, change.path)
      at.set(change.inode, change.path)
      break
    }
    case 'attributes': case 'times': {
      const path = change.inode === undefined ? change.path : place(change.inode)
      if (path === undefined || path === '' || files.stat(path) === undefined) break
      if (change.kind === 'attributes') files.setAttributes(path, change.attributes)
      else files.setTimes(path, change.times)
    }
  }
}

/** All that was synced, and some of the rest. */
function writeSurviving(files: MemoryFileSystem, path: string, { chunks, size, syncedSize }: Inode, random: () => number): void {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  const fate = random()
  const length = fate < 0.3 ? syncedSize : fate < 0.6 ? size : syncedSize + Math.floor(random() * (size - syncedSize))
  // The length is there and its blocks are not.
  if (fate > 0.8) whole.fill(0, syncedSize + Math.floor(random() * (length - syncedSize)))
  const writer = files.create(path)
  writer.write(whole.subarray(0, length))
  writer.close()
}

function mixed({ before, after }: { readonly before: DurableHives; readonly after: DurableHives }, random: () => number): DurableHives {
  return new Map([...after].flatMap(([path, tree]) => {
    const hive = random() < 0.5 ? tree : before.get(path)
    return hive === undefined ? [] : [[path, hive] as const]
  }))
}

/** Numbers from 0 to 1, the same for the same seed. */
export function randomNumbers(seed: number): () => number {
  let state = (seed * 2654435761 >>> 0) || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
