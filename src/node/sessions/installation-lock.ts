// Who installs into a root: `msikit.lock` in the root itself, so that no directory has to be made for it. Whether its
// owner lives is asked of this machine's processes. An owner in another container or on another machine cannot be asked
// for: it renews the time of its lock, and is dead when it has not for long. docs/decisions/0077-installation-lock.md
import { readdirSync, readFileSync, readlinkSync, statSync, unlinkSync, utimesSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { WindowsError } from '../../base/index.ts'
import type { ProcessIdentity } from '../../platform/index.ts'
import { hostError, hostErrorCode } from '../files/host-errors.ts'
import { readOwner, tryLock } from './session-lock.ts'

const renewMs = 15_000
/** A host may be busy; none for eight renewals. */
const leaseMs = 8 * renewMs

/** Where a process's number means something. */
interface Place {
  readonly machine: string
  /** The boot; empty when the host does not tell. */
  readonly boot: string
  /** Its namespace of processes; empty when the host has no such thing. */
  readonly processes: string
}

interface Owner extends ProcessIdentity {
  readonly place: Place
}

/** `undefined` while a living process has it. The lock of a dead one is broken. */
export function lockRoot(folder: string, self: ProcessIdentity, isRunning: (process: ProcessIdentity) => boolean): Disposable | undefined {
  const path = join(folder, 'msikit.lock')
  const here = thisPlace()
  const isAlive = (holder: ProcessIdentity): boolean => {
    const there = placeOf(holder)
    if (there === undefined || (there.boot === here.boot && there.processes === here.processes)) return isRunning(holder)
    if (there.machine === here.machine && there.boot !== here.boot) return false
    return wasRenewed(path)
  }
  const before = folderTimes(folder)
  const lock = tryLocking(path, { ...self, place: here }, isAlive, folder)
  if (lock === undefined) return undefined
  sweep(folder, isAlive)
  const locked = folderTimes(folder)
  const renewal = setInterval(() => { renew(path) }, renewMs).unref()
  return {
    [Symbol.dispose]: () => {
      clearInterval(renewal)
      // In the root nothing came, went or was renamed but the lock, or all of it was taken back.
      const isAsLocked = before !== undefined && folderTimes(folder)?.modified === locked?.modified
      lock[Symbol.dispose]()
      if (isAsLocked) quietly(() => { utimesSync(folder, before.accessed, before.modified) })
    },
  }
}

/** What processes left that were killed while they took or broke the lock. */
function sweep(folder: string, isAlive: (process: ProcessIdentity) => boolean): void {
  for (const name of readdirSync(folder)) {
    const maker = /^msikit\.lock\.(?:break-\d+-\d+-\d+|(\d+)-\d+)$/.exec(name)
    if (maker === null) continue
    const owner = readOwner(join(folder, name))
    const isStale = owner === undefined ? !exists(Number(maker[1] ?? 0)) : !isAlive(owner)
    if (isStale) quietly(() => { unlinkSync(join(folder, name)) })
  }
}

/** Of a file that its maker had not yet written there is but the number in its name. */
function exists(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return hostErrorCode(error) === 'EPERM'
  }
}

/** Seconds, to the microsecond that can be set. */
function settable(ms: number): number {
  return (Math.round(ms * 1000) + 0.5) / 1_000_000
}

function folderTimes(folder: string): { readonly accessed: number; readonly modified: number } | undefined {
  const stat = statSync(folder, { throwIfNoEntry: false })
  return stat === undefined ? undefined : { accessed: settable(stat.atimeMs), modified: settable(stat.mtimeMs) }
}

function tryLocking(path: string, self: Owner, isAlive: (process: ProcessIdentity) => boolean, folder: string): Disposable | undefined {
  try {
    return tryLock(path, self, isAlive)
  } catch (error) {
    throw hostError('lock', folder, error instanceof WindowsError ? error.cause : error)
  }
}

function thisPlace(): Place {
  return {
    machine: hostname(),
    boot: told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()),
    processes: told(() => readlinkSync('/proc/self/ns/pid')),
  }
}

function told(ask: () => string): string {
  if (process.platform !== 'linux') return ''
  try {
    return ask()
  } catch (error) {
    if (hostErrorCode(error) === undefined) throw error
    return ''
  }
}

/** Locks of other versions do not say. */
function placeOf(holder: ProcessIdentity & { readonly place?: Partial<Place> }): Place | undefined {
  const { machine, boot, processes } = holder.place ?? {}
  return machine === undefined || boot === undefined || processes === undefined ? undefined : { machine, boot, processes }
}

function wasRenewed(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  return stat !== undefined && Date.now() - stat.mtimeMs < leaseMs
}

function renew(path: string): void {
  const now = new Date()
  quietly(() => { utimesSync(path, now, now) })
}

/** The root may have gone; whoever works in it is told by what it does. */
function quietly(work: () => void): void {
  try {
    work()
  } catch (error) {
    if (hostErrorCode(error) === undefined) throw error
  }
}
