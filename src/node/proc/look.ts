// What one process uses of the files looked for: its executable, its descriptors and its mappings, compared by device and inode.
// Asked synchronously: /proc answers from memory, and promises would cost more than the kernel does. What cannot be told apart is
// unsure, what cannot be seen makes the process blind, and what lies on a file system that may not answer is left to be asked later.
import type { FileUse } from '../../platform/index.ts'
import { forEachMappedFile, mappedPath, mappedRange } from './maps.ts'
import { MountTables } from './mounts.ts'
import { hasEnded, ProcessClock } from './process-stat.ts'
import { linkTarget, names, ProcReader, statOf } from './read.ts'
import { ScriptFinder } from './scripts.ts'
import { View, type Sighting } from './sighting.ts'
import { isSame, mayDiffer, type Target, type Targets } from './targets.ts'

export interface LookOptions {
  /** Also the descriptor tables of single threads. */
  readonly deep: boolean
  /** When the scan began, in clock ticks since the start of the machine: a process older than that has had its number all along. */
  readonly startedTicks: number
}

type Executable = { device: number; inode: number } | 'gone' | 'denied' | 'withheld' | 'remote'

const protectedProcess = 'it belongs to another user or is protected'

export class Looker {
  readonly #targets: Targets
  readonly #options: LookOptions
  readonly #reader: ProcReader
  readonly #mounts: MountTables
  readonly #clock: ProcessClock
  readonly #scripts: ScriptFinder

  constructor(targets: Targets, options: LookOptions, reader = new ProcReader(), mounts = new MountTables(reader)) {
    this.#targets = targets
    this.#options = options
    this.#reader = reader
    this.#mounts = mounts
    this.#clock = new ProcessClock(reader)
    this.#scripts = new ScriptFinder(targets, reader)
  }

  look(pid: number): Sighting | undefined {
    let view = this.#view(pid)
    if (!view.tellsUses && view.blindness === '' && view.remote.length === 0) return undefined
    const stat = this.#clock.stat(pid)
    if (!stat || hasEnded(stat)) return undefined
    let isHeld = true
    if (view.tellsUses && Number(stat.startTicks) >= this.#options.startedTicks) {
      // Its number may have been another process's when that was looked at.
      view = this.#view(pid)
      isHeld = this.#clock.stat(pid)?.startTicks === stat.startTicks
    }
    return {
      pid, identity: view.tellsUses && isHeld ? this.#clock.identity(stat) : undefined, uses: view.uses, unsure: view.unsure,
      blind: view.blindness === '' ? undefined : { pid, name: stat.commandName, why: view.blindness }, remote: view.remote,
    }
  }

  /** Mappings come last: a library is opened, mapped and closed, and must not be missed between two looks. */
  #view(pid: number): View {
    const view = new View(pid, this.#mounts.of(pid))
    const own = `/proc/${pid}`
    const executable = this.#executable(view, own)
    const base = executable === 'gone' ? this.#livingThread(pid) : executable === 'withheld' ? undefined : own
    if (base === undefined) return view
    this.#descriptors(view, base)
    if (this.#options.deep) this.#descriptorsOfThreads(view, own)
    this.#mappings(view, base)
    if (view.uses.size === 0 && typeof executable === 'object') this.#scripts.look(view, executable)
    return view
  }

  /** The first thread has ended and others go on: only they can still be looked into. */
  #livingThread(pid: number): string | undefined {
    const stat = this.#clock.stat(pid)
    if (stat?.state !== 'Z' || hasEnded(stat)) return undefined
    const threads = names(`/proc/${pid}/task`)
    const thread = typeof threads === 'string' ? undefined : threads.find((candidate) => Number(candidate) !== pid)
    return thread === undefined ? undefined : `/proc/${pid}/task/${thread}`
  }

  #executable(view: View, base: string): Executable {
    const path = `${base}/exe`
    if (this.#isElsewhere(view, path, 'executable')) return 'remote'
    const stat = statOf(path)
    if (stat === 'denied') view.blindness = protectedProcess
    // The link's own answer is the process's: a file system may withhold its file, and the rest of the process be seen.
    if (stat === 'denied' && linkTarget(path) === 'denied') return 'withheld'
    if (typeof stat === 'string') return stat
    this.#match(view, path, stat.dev, stat.ino, 'executable')
    return { device: stat.dev, inode: stat.ino }
  }

  #descriptors(view: View, base: string): void {
    const numbers = names(`${base}/fd`)
    if (typeof numbers === 'string') {
      if (numbers === 'denied') view.blindness = protectedProcess
      return
    }
    const folder = `${base}/fd/`
    for (let index = 0; index < numbers.length; index++) {
      const path = folder + numbers[index]!
      if (this.#isElsewhere(view, path, 'open')) continue
      const stat = statOf(path)
      if (stat === 'denied') view.blindness ||= 'its open files are protected'
      else if (stat !== 'gone') this.#match(view, path, stat.dev, stat.ino, 'open')
    }
  }

  #descriptorsOfThreads(view: View, base: string): void {
    const threads = names(`${base}/task`)
    if (typeof threads === 'string') return
    for (const thread of threads) if (Number(thread) !== view.pid) this.#descriptors(view, `${base}/task/${thread}`)
  }

  /** Whether a link leads to a file system that is not to be asked here; if a target may be there, it is asked later. */
  #isElsewhere(view: View, path: string, use: FileUse): boolean {
    if (!view.mounts.hasRemoteFiles) return false
    const target = linkTarget(path)
    if (target === undefined || target === 'denied') return false
    if (!target.startsWith('/')) return true
    if (!view.mounts.isRemote(target)) return false
    if (this.#targets.numbers.remote !== 'none') view.remote.push({ path, use })
    return true
  }

  #match(view: View, path: string, device: number, inode: number, use: FileUse): void {
    for (let target = this.#targets.withInode(inode); target; target = target.next) {
      if (target.device === device && isSame(target, path)) view.use(target.file, use)
    }
  }

  #mappings(view: View, base: string): void {
    const bytes = this.#reader.read(`${base}/maps`)
    if (typeof bytes === 'string') {
      if (bytes === 'denied') view.blindness ||= 'its mapped files are protected'
      return
    }
    forEachMappedFile(bytes, (entry) => {
      for (let target = this.#targets.withInode(entry.inode); target; target = target.next) {
        if (target.device === entry.device && Number.isSafeInteger(entry.inode)) view.use(target.file, 'mapped')
        else if (target.device === entry.device || mayDiffer(target.device, entry.device)) {
          this.#confirm(view, target, mappedRange(bytes, entry), mappedPath(bytes, entry))
        }
      }
    })
  }

  /** The kernel's own link to the mapping decides; else the name in the process's view; else it stays possible. */
  #confirm(view: View, target: Target, range: string, path: string): void {
    if (view.mounts.isRemote(path)) return
    for (const candidate of [`/proc/${view.pid}/map_files/${range}`, `/proc/${view.pid}/root${path}`]) {
      const stat = statOf(candidate)
      if (typeof stat === 'string') continue
      if (stat.dev === target.device && stat.ino === target.inode) {
        if (isSame(target, candidate)) view.use(target.file, 'mapped')
        return
      }
      // A name may have been given to another file since; the mapping itself may not.
      if (candidate.includes('/map_files/')) return
    }
    view.unsure.set(target.file, { use: 'mapped', why: 'a mapping has its inode number on a device that could not be compared' })
  }
}
