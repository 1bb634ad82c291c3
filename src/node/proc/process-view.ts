// What a scan has seen of one process.
import type { FileUse } from '../../platform/index.ts'
import type { MountTable } from './mounts.ts'

export class ProcessView {
  readonly pid: number
  readonly mounts: MountTable
  /** The strongest use of each file. */
  readonly uses = new Map<number, FileUse>()
  readonly unsure = new Map<number, { use: FileUse; why: string }>()
  blindness = ''

  constructor(pid: number, mounts: MountTable) {
    this.pid = pid
    this.mounts = mounts
  }

  use(file: number, use: FileUse): void {
    const known = this.uses.get(file)
    if (known === undefined || (known === 'open' && use === 'mapped')) this.uses.set(file, use)
  }

  clear(): void {
    this.uses.clear()
    this.unsure.clear()
    this.blindness = ''
  }
}

