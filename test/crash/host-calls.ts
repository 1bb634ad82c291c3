// What this process asks of the host's file system below one folder, told to the model of a loss of power: which names and
// contents come, go and are synced, in their order. For tests of what the layer on Node.js does: hives, locks and notes
// of attributes included. The folder is drive C of the model. Modes and owners are left out; a second name of a file is
// a copy of it, as whoever makes one here never writes to either.
import fs, { existsSync, readFileSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { basename, dirname, join, relative, sep } from 'node:path'
import { MemoryFileSystem, writeFile } from 'msikit/platform'
import { ChangeLog, randomNumbers } from '../../dist/testing/index.js'

export interface HostCalls extends Disposable {
  /** Calls so far that change something or make it durable. */
  readonly calls: number
  /** The folder as it may be found when the power goes now. */
  losePower(seed: number, kept: number): MemoryFileSystem
}

type Sync = 'openSync' | 'closeSync' | 'writeSync' | 'writeFileSync' | 'fsync' | 'fsyncSync' | 'futimesSync' | 'renameSync' | 'unlinkSync' | 'rmSync' | 'mkdirSync' | 'rmdirSync' | 'linkSync' | 'copyFileSync' | 'utimesSync' | 'lutimesSync'

/** @param atCall called before each of them */
export function watchHostCalls(folder: string, atCall: (calls: HostCalls, what: string) => void): HostCalls {
  const base = memoryOf(folder)
  const log = new ChangeLog()
  const files = new Map<number, string>()
  let calls = 0
  const real = fs as unknown as Record<Sync, (...args: unknown[]) => unknown>
  const originals = new Map<Sync, (...args: unknown[]) => unknown>()
  const note = (port: 'files' | 'writer', method: string, path: string, args: readonly unknown[] = [path], isDirectory = false): void => {
    log.note({ port, method, args, changes: true, ...(port === 'writer' ? { path } : {}) }, isDirectory)
  }
  /** Before a call that counts. */
  const counted = (what: string): void => {
    atCall(machine, what)
    calls++
  }
  const around = (name: Sync, wrap: (proceed: (...args: unknown[]) => unknown, args: unknown[]) => unknown): void => {
    const original = real[name]
    originals.set(name, original)
    real[name] = (...args: unknown[]) => wrap((...some) => Reflect.apply(original, fs, some), args)
  }
  /** Nothing in the folder: not counted, not noted. */
  const changing = (name: Sync, told: (args: unknown[], path: string) => (() => void) | undefined): void => {
    around(name, (proceed, args) => {
      const path = windowsPath(folder, String(args[0]))
      const noteIt = path === undefined ? undefined : told(args, path)
      if (noteIt === undefined) return proceed(...args)
      counted(`${name} ${path}`)
      const result = proceed(...args)
      noteIt()
      return result
    })
  }
  const created = (path: string, bytes?: Uint8Array): void => {
    note('files', 'create', path)
    if (bytes !== undefined) note('writer', 'write', path, [bytes])
  }
  around('openSync', (proceed, args) => {
    const path = windowsPath(folder, String(args[0]))
    const flags = args[1] as string | number | undefined
    const makes = typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : flags?.startsWith('w') === true
    const isNew = path !== undefined && makes && there(args[0]) === undefined
    if (isNew) counted(`openSync ${path}`)
    const handle = proceed(...args) as number
    if (path !== undefined) files.set(handle, path)
    if (isNew) created(path)
    return handle
  })
  around('closeSync', (proceed, args) => {
    files.delete(args[0] as number)
    return proceed(...args)
  })
  around('writeSync', (proceed, args) => {
    const path = files.get(args[0] as number)
    if (path === undefined) return proceed(...args)
    counted(`writeSync ${path}`)
    const chunk = typeof args[1] === 'string' ? new TextEncoder().encode(args[1]) : args[1] as Uint8Array
    const offset = (args[2] as number | undefined) ?? 0
    const written = proceed(...args) as number
    note('writer', 'write', path, [chunk.subarray(offset, offset + written)])
    return written
  })
  const synced = (path: string): void => {
    if (there(hostPath(folder, path))?.isDirectory() === true) note('files', 'syncDirectory', path)
    else note('writer', 'sync', path)
  }
  around('fsyncSync', (proceed, args) => {
    const path = files.get(args[0] as number)
    if (path === undefined) return proceed(...args)
    counted(`fsyncSync ${path}`)
    const result = proceed(...args)
    synced(path)
    return result
  })
  changing('writeFileSync', ([path, content], at) => there(path) === undefined ? () => { created(at, typeof content === 'string' ? new TextEncoder().encode(content) : content as Uint8Array) } : undefined)
  changing('renameSync', ([from, to], at) => {
    const target = windowsPath(folder, String(to))!
    const isDirectory = there(from)!.isDirectory()
    return () => { note('files', 'rename', at, [at, target], isDirectory) }
  })
  changing('unlinkSync', (_args, at) => () => { note('files', 'removeFile', at) })
  changing('rmSync', ([path], at) => there(path) === undefined ? undefined : () => { note('files', 'removeFile', at) })
  changing('mkdirSync', (_args, at) => () => { note('files', 'createDirectory', at) })
  changing('rmdirSync', (_args, at) => () => { note('files', 'removeDirectory', at) })
  for (const name of ['linkSync', 'copyFileSync'] as const) {
    changing(name, ([from, to], at) => {
      const target = windowsPath(folder, String(to))!
      const [bytes, modifiedMs] = [new Uint8Array(readFileSync(String(from))), microseconds(String(from)) / 1000]
      void at
      return () => {
        created(target, bytes)
        note('files', 'setTimes', target, [target, { modifiedMs }])
        // The content of the first name is durable, and so is that of the second.
        if (name === 'linkSync') note('writer', 'sync', target)
      }
    })
  }
  for (const name of ['utimesSync', 'lutimesSync'] as const) {
    changing(name, ([path, , seconds], at) => {
      if (there(path)?.isFile() !== true) return undefined
      return () => { note('files', 'setTimes', at, [at, { modifiedMs: Number(seconds) * 1000 }]) }
    })
  }
  around('futimesSync', (proceed, args) => {
    const path = files.get(args[0] as number)
    if (path === undefined) return proceed(...args)
    counted(`futimesSync ${path}`)
    proceed(...args)
    note('writer', 'setTimes', path, [{ modifiedMs: Number(args[2]) * 1000 }])
    return undefined
  })
  around('fsync', (proceed, args) => {
    const [handle, done] = args as [number, (error: Error | null) => void]
    const path = files.get(handle)
    if (path === undefined) return proceed(...args)
    counted(`fsync ${path}`)
    proceed(handle, (error: Error | null) => {
      if (error === null) synced(path)
      done(error)
    })
    return undefined
  })
  syncBuiltinESMExports()
  const machine: HostCalls = {
    get calls() { return calls },
    losePower: (seed, kept) => {
      const left = base.clone(() => 0)
      log.replay(left, randomNumbers(seed), kept)
      return left
    },
    [Symbol.dispose]: () => {
      for (const [name, original] of originals) real[name] = original
      syncBuiltinESMExports()
    },
  }
  return machine
}

function there(path: unknown): fs.Stats | undefined {
  return fs.lstatSync(String(path), { throwIfNoEntry: false })
}

/** By handles of folders too. `undefined` for what lies elsewhere. */
function windowsPath(folder: string, path: string): string | undefined {
  const held = /^(\/proc\/self\/fd\/\d+)(?:\/(.*))?$/.exec(path)
  if (held === null && !existsSync(dirname(path))) return undefined
  const full = held === null ? join(realpathSync(dirname(path)), basename(path)) : join(readlinkSync(held[1]!), held[2] ?? '')
  const way = relative(folder, full)
  return way.startsWith('..') ? undefined : `C:\\${way.replaceAll(sep, '\\')}`
}

function hostPath(folder: string, path: string): string {
  return join(folder, ...path.slice(3).split('\\'))
}

/** Cut, as digests and the host do. */
function microseconds(path: string): number {
  return Number(statSync(path, { bigint: true }).mtimeNs / 1000n)
}

/** What stands in a folder, as a drive in memory. */
export function memoryOf(folder: string): MemoryFileSystem {
  const files = new MemoryFileSystem({ 'C:': {} }, () => 0)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).sort((a, b) => join(a.parentPath, a.name) < join(b.parentPath, b.name) ? -1 : 1)) {
    const from = join(entry.parentPath, entry.name)
    const to = `C:\\${relative(folder, from).replaceAll(sep, '\\')}`
    if (entry.isDirectory()) files.createDirectory(to)
    else {
      writeFile(files, to, new Uint8Array(readFileSync(from)))
      files.setTimes(to, { modifiedMs: microseconds(from) / 1000 })
    }
  }
  return files
}
