// What was seen of a process that uses a file looked for, or that could not be seen: plain data, which one thread can give another.
import type { BlindProcess, FileUse, ProcessIdentity } from '../../platform/index.ts'
import type { MountTable } from './mounts.ts'

/** A process of which something is to be told. */
export interface Sighting {
  readonly pid: number
  /** Absent where no use is told. */
  readonly identity: ProcessIdentity | undefined
  /** The strongest use of each file. */
  readonly uses: ReadonlyMap<number, FileUse>
  readonly unsure: ReadonlyMap<number, UnsureUse>
  readonly blind: BlindProcess | undefined
  readonly remote: readonly RemoteLink[]
}

export interface UnsureUse {
  readonly use: FileUse
  readonly why: string
}

/** A link to a file system that is asked by a process of its own. */
export interface RemoteLink {
  readonly path: string
  readonly use: FileUse
}

/** What has been seen so far of one process. */
export class View {
  readonly pid: number
  readonly mounts: MountTable
  readonly uses = new Map<number, FileUse>()
  readonly unsure = new Map<number, UnsureUse>()
  readonly remote: RemoteLink[] = []
  blindness = ''

  constructor(pid: number, mounts: MountTable) {
    this.pid = pid
    this.mounts = mounts
  }

  get tellsUses(): boolean {
    return this.uses.size > 0 || this.unsure.size > 0
  }

  use(file: number, use: FileUse): void {
    const known = this.uses.get(file)
    if (known === undefined || (known === 'open' && use === 'mapped')) this.uses.set(file, use)
  }
}
