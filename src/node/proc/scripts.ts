// Scripts: an interpreter that has read its script holds it no longer, neither open nor mapped. That it was started with a
// file is a hint, told as possible. Of each executable it is found out once whether it is an interpreter.
import { resolve } from 'node:path'
import { isInterpreter } from '../../platform/index.ts'
import { linkTarget, statOf, type ProcReader } from './read.ts'
import type { View } from './sighting.ts'
import type { Targets } from './targets.ts'

/** Of a command line; scripts come early in it. */
const examinedArguments = 16

export class ScriptFinder {
  readonly #targets: Targets
  readonly #reader: ProcReader
  readonly #known = new Map<string, boolean>()

  constructor(targets: Targets, reader: ProcReader) {
    this.#targets = targets
    this.#reader = reader
  }

  look(view: View, executable: { device: number; inode: number }): void {
    if (this.#targets.numbers.scripts.size === 0 || !this.#isInterpreter(view, executable)) return
    const commandLine = this.#reader.text(`/proc/${view.pid}/cmdline`)
    for (const argument of commandLine?.split('\0').slice(1, examinedArguments) ?? []) {
      if (this.#targets.numbers.scripts.has(argument.slice(argument.lastIndexOf('/') + 1))) this.#compare(view, argument)
    }
  }

  #isInterpreter(view: View, { device, inode }: { device: number; inode: number }): boolean {
    const key = `${device}:${inode}`
    let known = this.#known.get(key)
    if (known === undefined) {
      const path = linkTarget(`/proc/${view.pid}/exe`) ?? ''
      known = isInterpreter(path.slice(path.lastIndexOf('/') + 1))
      this.#known.set(key, known)
    }
    return known
  }

  #compare(view: View, argument: string): void {
    const directory = linkTarget(`/proc/${view.pid}/cwd`)
    if (directory === undefined || directory === 'denied') return
    const path = resolve(directory, argument)
    if (view.mounts.leadsToRemote(path)) return
    const stat = statOf(`/proc/${view.pid}/root${path}`)
    if (typeof stat === 'string') return
    for (let target = this.#targets.withInode(stat.ino); target; target = target.next) {
      if (target.device === stat.dev) view.unsure.set(target.file, { use: 'script', why: 'an interpreter was started with it' })
    }
  }
}
