// Mounts whose server may never answer (NFS, FUSE and the like): asking such a file system for a file can block for good,
// so what lies on one is found out from names, which are resolved without asking it. proc_pid_mountinfo(5)
import { lstatSync, readlinkSync } from 'node:fs'
import { linkTarget, type ProcReader } from './read.ts'

/** Of types with a server behind them, be it a process or another machine. */
const remoteTypes = /^(?:nfs\d?|cifs|smb\d?|smbfs|fuse(?:blk)?(?:\..*)?|9p|ceph|afs|ncpfs|glusterfs|lustre|gpfs|virtiofs|davfs|coda|orangefs|pvfs2)$/

export interface Mount {
  readonly point: string
  readonly isRemote: boolean
}

/** The mounts of a namespace; a point mounted over counts as what it shows now. */
export class MountTable {
  readonly #mounts: ReadonlyMap<string, Mount>
  /** Of folders where they lead, `undefined` to a remote file system; many files lie in one folder. */
  readonly #folders = new Map<string, string | undefined>()
  /** Whether names may lead to a remote file system. */
  readonly hasRemote: boolean
  /** Whether open files may lie on one. What autofs mounts waits for its server when it is named; it holds no files, and what is open of it answers. */
  readonly hasRemoteFiles: boolean

  constructor(text: string) {
    const mounts = new Map<string, Mount>()
    let hasRemoteFiles = false
    for (const line of text.split('\n')) {
      const fields = line.split(' ')
      const separator = fields.indexOf('-', 6)
      if (separator < 0) continue
      const point = unescape(fields[4]!)
      const type = fields[separator + 1] ?? ''
      const holdsRemoteFiles = remoteTypes.test(type)
      hasRemoteFiles ||= holdsRemoteFiles
      mounts.set(point, { point, isRemote: holdsRemoteFiles || type === 'autofs' })
    }
    this.#mounts = mounts
    this.hasRemoteFiles = hasRemoteFiles
    this.hasRemote = [...mounts.values()].some(({ isRemote }) => isRemote)
  }

  /** Whether the longest mount point above a path, resolved or not, has a server behind it. */
  isRemote(path: string): boolean {
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const mount = this.#mounts.get(path.slice(0, end))
      if (mount) return mount.isRemote
    }
    return this.#mounts.get('/')?.isRemote ?? false
  }

  /** The same for a path that may lead through symbolic links; nothing is asked of a remote file system. */
  leadsToRemote(path: string): boolean {
    if (!this.hasRemote) return false
    const end = path.lastIndexOf('/')
    const folder = path.slice(0, Math.max(end, 0))
    if (!this.#folders.has(folder)) this.#folders.set(folder, this.#resolve('', folder.split('/')))
    const start = this.#folders.get(folder)
    return start === undefined || this.#resolve(start, [path.slice(end + 1)]) === undefined
  }

  /** @returns where names lead from a resolved folder, `undefined` when to a remote file system */
  #resolve(folder: string, names: readonly string[]): string | undefined {
    let pending = names.filter(Boolean)
    let resolved = folder
    for (let links = 0; pending.length > 0; ) {
      const [segment, ...rest] = pending
      if (segment === '..') resolved = resolved.slice(0, Math.max(resolved.lastIndexOf('/'), 0))
      const next = segment === '..' || segment === '.' ? resolved : `${resolved}/${segment}`
      if (next !== '' && this.isRemote(next)) return undefined
      const target = segment === '..' || segment === '.' ? undefined : symbolicLink(next)
      if (target === undefined) {
        resolved = next
        pending = rest
        continue
      }
      if (++links > 40) return resolved
      if (target.startsWith('/')) resolved = ''
      pending = [...target.split('/').filter(Boolean), ...rest]
    }
    return resolved
  }
}

function symbolicLink(path: string): string | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined
  } catch {
    // Not to be seen: a name like any other.
    return undefined
  }
}

function unescape(field: string): string {
  return field.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

/** Reads each namespace's table once. */
export class MountTables {
  /** The caller's. */
  readonly own: MountTable
  readonly #reader: ProcReader
  readonly #tables = new Map<string, MountTable>()

  constructor(reader: ProcReader) {
    this.#reader = reader
    this.own = new MountTable(reader.text('/proc/self/mountinfo', true) ?? '')
    const namespace = namespaceOf('self')
    if (namespace !== undefined) this.#tables.set(namespace, this.own)
  }

  /** The table that paths of this process resolve in; the caller's own where it cannot be known. */
  of(pid: number): MountTable {
    const namespace = namespaceOf(pid)
    // Whose namespace cannot be told may be in another one: its table must not be taken for ours.
    if (namespace === undefined) return this.own
    const known = this.#tables.get(namespace)
    if (known) return known
    const text = this.#reader.text(`/proc/${pid}/mountinfo`, true)
    if (text === undefined) return this.own
    const table = new MountTable(text)
    // A process with a root of its own is told of the mounts below that only, which are not all of the namespace.
    if (linkTarget(`/proc/${pid}/root`) === '/') this.#tables.set(namespace, table)
    return table
  }
}

function namespaceOf(pid: number | 'self'): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`)
  } catch {
    // Gone, or another user's: the caller takes its own namespace for it.
    return undefined
  }
}
