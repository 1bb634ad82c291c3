// Directories whose entries are about to change, held open on Linux: what is done through the handle is done to the
// directory that was found, whoever puts a link in its place meanwhile (what openat(2) is for). Elsewhere the path is
// proven just before. A directory that was moved away since is told from one that is where it was.
import { closeSync, constants, openSync, readlinkSync, realpathSync } from 'node:fs'

/** Within this time a held directory is believed to be where it was. */
const trustMs = 2
/** One that is not used any more must not keep a file system from being unmounted. */
const idleMs = 500
const mostHeld = 8

interface Held {
  readonly handle: number
  checkedMs: number
  /** Counts uses of all. */
  used: number
}

export class HeldDirectories {
  /** The handle of one that is closed may be another's at once. */
  readonly #held = new Map<string, Held>()
  #uses = 0
  #isWatched = false

  /**
   * Under which path the entries of a directory can be changed.
   * @param directory its real path
   * @returns `undefined` when another directory, or none, is there by now
   */
  hold(directory: string): string | undefined {
    const now = performance.now()
    const known = this.#held.get(directory)
    if (known !== undefined && (now - known.checkedMs < trustMs || whereIs(known.handle) === directory)) {
      if (now - known.checkedMs >= trustMs) known.checkedMs = now
      // A rename holds two: the first must not give way to the second.
      known.used = ++this.#uses
      return handlePath(known.handle)
    }
    if (known !== undefined) this.#release(directory, known)
    return process.platform === 'linux' ? this.#open(directory, now) : proven(directory)
  }

  /** A directory is about to go, or to move with all that is below. */
  forget(directory: string): void {
    for (const [path, held] of this.#held) if (path === directory || path.startsWith(`${directory}/`)) this.#release(path, held)
  }

  #open(directory: string, now: number): string | undefined {
    const handle = openDirectory(directory)
    if (handle === undefined) return undefined
    const place = whereIs(handle)
    if (place !== directory) {
      closeSync(handle)
      // Without /proc nobody can say what a handle leads to.
      return place === undefined ? proven(directory) : undefined
    }
    while (this.#held.size >= mostHeld) this.#releaseOldest()
    this.#held.set(directory, { handle, checkedMs: now, used: ++this.#uses })
    if (!this.#isWatched) this.#watch()
    return handlePath(handle)
  }

  #releaseOldest(): void {
    const [path, held] = [...this.#held].reduce((oldest, one) => one[1].used < oldest[1].used ? one : oldest)
    this.#release(path, held)
  }

  #release(directory: string, held: Held): void {
    this.#held.delete(directory)
    closeSync(held.handle)
  }

  #watch(): void {
    this.#isWatched = true
    setTimeout(() => {
      const now = performance.now()
      for (const [directory, held] of this.#held) if (now - held.checkedMs >= idleMs) this.#release(directory, held)
      this.#isWatched = false
      if (this.#held.size > 0) this.#watch()
    }, idleMs).unref()
  }
}

function handlePath(handle: number): string {
  return `/proc/self/fd/${handle}`
}

/** The real path of an open directory; `undefined` when the host does not tell. */
function whereIs(handle: number): string | undefined {
  try {
    return readlinkSync(handlePath(handle))
  } catch {
    return undefined
  }
}

/** Whoever may change a directory need not be able to read it. */
function openDirectory(directory: string): number | undefined {
  const pathOnly = 0o10000000 // O_PATH, which Node.js does not name.
  try {
    return openSync(directory, pathOnly | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  } catch {
    return undefined
  }
}

function proven(directory: string): string | undefined {
  try {
    return realpathSync.native(directory) === directory ? directory : undefined
  } catch {
    return undefined
  }
}
