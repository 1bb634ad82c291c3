// A lock between processes: a file that names its owner, put in place by link(2) so that it is never seen half written.
// A lock whose owner has died is broken by one process alone: the right to break it is itself a file that only one can make,
// named after the lock's own nonce, and should its maker die too, the next in line. Who has waited for a while puts up a sign, and
// the others let it pass: one that takes the lock again and again would otherwise hardly ever be caught without it.
import { linkSync, lstatSync, readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { WindowsError } from '../../base/index.ts'
import type { ProcessIdentity } from '../../platform/index.ts'

interface LockOwner extends ProcessIdentity {
  /** Different for every time the lock is taken. */
  readonly nonce: string
}

const longestPauseMs = 20
/** Who has waited so long asks to be the next one. */
const patientMs = 100
/** A sign is renewed by who waits; one that is older is nobody's any more. */
const signMs = 1000

export async function takeLock(
  path: string, self: ProcessIdentity, isAlive: (process: ProcessIdentity) => boolean, waitMs: number, signal?: AbortSignal,
): Promise<Disposable> {
  const owner: LockOwner = { ...self, nonce: `${self.pid}-${process.hrtime.bigint()}` }
  const start = performance.now()
  const sign = new Sign(`${path}.next`, owner)
  try {
    for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const taken = sign.isOfAnother() ? 'held' : tryPlace(path, owner, isAlive)
      if (taken !== 'held' && taken !== 'broken') return taken
      if (taken === 'broken') continue
      const waitedMs = performance.now() - start
      if (signal?.aborted) throw new WindowsError('ERROR_CANCELLED', 'waiting for the session store was cancelled')
      if (waitedMs >= waitMs) {
        const holder = readOwner(path)
        throw new WindowsError('ERROR_SEM_TIMEOUT', `the session store was locked${holder ? ` by process ${holder.pid}` : ''} for more than ${waitMs} ms`)
      }
      if (waitedMs >= patientMs) sign.putUp()
      // Others wait too: a little disorder keeps them from meeting again.
      await pause(pauseMs * (0.5 + Math.random() / 2))
    }
  } finally {
    sign.takeDown()
  }
}

/** Who is next. It is a matter of politeness: whatever becomes of it, the lock itself has one owner. */
class Sign {
  readonly #path: string
  readonly #owner: LockOwner
  #putUpMs: number | undefined

  constructor(path: string, owner: LockOwner) {
    this.#path = path
    this.#owner = owner
  }

  isOfAnother(): boolean {
    const stat = lstatSync(this.#path, { throwIfNoEntry: false })
    if (stat === undefined) return false
    if (!isFresh(stat.mtimeMs)) {
      remove(this.#path)
      return false
    }
    const next = readOwner(this.#path)
    return next !== undefined && next.nonce !== this.#owner.nonce
  }

  /** And renews it in time. */
  putUp(): void {
    if (this.#putUpMs !== undefined && performance.now() - this.#putUpMs < signMs / 3) return
    this.takeDown()
    if (place(this.#path, this.#owner)) this.#putUpMs = performance.now()
  }

  takeDown(): void {
    if (this.#putUpMs === undefined) return
    this.#putUpMs = undefined
    if (readOwner(this.#path)?.nonce === this.#owner.nonce) remove(this.#path)
  }
}

/** The clock may have been set meanwhile, either way. */
function isFresh(mtimeMs: number): boolean {
  return Math.abs(Date.now() - mtimeMs) <= signMs
}

/** Takes the lock at once; `undefined` while a living process has it. */
export function tryLock(path: string, self: ProcessIdentity, isAlive: (process: ProcessIdentity) => boolean): Disposable | undefined {
  const owner: LockOwner = { ...self, nonce: `${self.pid}-${process.hrtime.bigint()}` }
  // One that was broken may be taken by another before we come back to it, and broken again.
  for (let turn = 0; turn < 8; turn++) {
    const taken = tryPlace(path, owner, isAlive)
    if (taken === 'held') return undefined
    if (taken !== 'broken') return taken
  }
  return undefined
}

/** `broken` when a dead owner's lock stood there: it does no longer, or somebody else is about to remove it. */
function tryPlace(path: string, owner: LockOwner, isAlive: (process: ProcessIdentity) => boolean): Disposable | 'held' | 'broken' {
  // Looking first costs who waits less than trying.
  const isThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined
  if (!isThere && place(path, owner)) return { [Symbol.dispose]: () => remove(path) }
  const holder = readOwner(path)
  if (!holder || isAlive(holder)) return 'held'
  breakLock(path, holder, owner, isAlive)
  return 'broken'
}

/**
 * Removes what processes left that died while they took or broke a lock. A right to break is of no use once its lock is
 * another's; a lock itself is never removed here.
 */
export function sweepLocks(folder: string, isAlive: (pid: number) => boolean): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.next')) {
      const stat = lstatSync(join(folder, name), { throwIfNoEntry: false })
      if (stat !== undefined && !isFresh(stat.mtimeMs)) remove(join(folder, name))
      continue
    }
    const right = /^(.+?)\.break-(\d+-\d+)-\d+$/.exec(name)
    if (right && readOwner(join(folder, right[1]!))?.nonce === right[2]) continue
    const maker = right ? readOwner(join(folder, name))?.pid : Number(/\.(\d+)-\d+$/.exec(name)?.[1])
    if (maker !== undefined && maker > 0 && !isAlive(maker)) remove(join(folder, name))
  }
}

/** False when it is there already. */
function place(path: string, owner: LockOwner): boolean {
  const pending = `${path}.${owner.nonce}`
  try {
    writeFileSync(pending, JSON.stringify(owner), { mode: 0o600 })
    linkSync(pending, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new WindowsError('ERROR_WRITE_FAULT', `the session store cannot be locked: ${(error as Error).message}`, { cause: error })
  } finally {
    remove(pending)
  }
}

function breakLock(path: string, dead: LockOwner, self: LockOwner, isAlive: (process: ProcessIdentity) => boolean): void {
  const rights: string[] = []
  for (let turn = 0; ; turn++) {
    const right = `${path}.break-${dead.nonce}-${turn}`
    rights.push(right)
    if (place(right, self)) break
    const breaker = readOwner(right)
    if (breaker && isAlive(breaker)) return
    // Removed meanwhile: whoever had the right has used it.
    if (!breaker) return
  }
  // Nobody else may remove this lock now, and its owner is dead: if it still stands it is the one that was judged.
  if (readOwner(path)?.nonce === dead.nonce) remove(path)
  for (const right of rights) remove(right)
}

/** What a lock, or a file beside it, says of its owner. */
export function readOwner(path: string): LockOwner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockOwner
  } catch {
    // Gone, or of another version of this file: whoever cannot read it must not break it, unless no power has been on since.
    return isFromBefore(path) ? { pid: -1, startTime: '', nonce: `0-${statSync(path).ino}` } : undefined
  }
}

/** Locks are not synced: what a loss of power left of one may be anything. */
function isFromBefore(path: string): boolean {
  const stat = statSync(path, { throwIfNoEntry: false })
  const startedMs = Date.now() - uptime() * 1000
  return stat?.isFile() === true && stat.mtimeMs < startedMs - 1000
}

function remove(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone, which is all that was wanted.
  }
}
