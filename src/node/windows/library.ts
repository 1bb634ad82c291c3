// rstrtmgr.dll through koffi, a foreign-function library that brings its binaries: loaded on Windows only, and when first needed.
// Functions that may take long run beside the event loop. Each returns the documented code; nothing here decides anything.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { WindowsError } from '../../base/index.ts'

type ForeignFunction = ((...args: unknown[]) => unknown) & { async(...args: unknown[]): void }

/** What is used of koffi. */
export interface ForeignInterface {
  load(path: string): { func(convention: string, name: string, result: string, parameters: readonly unknown[]): ForeignFunction }
  proto(convention: string, name: string, result: string, parameters: readonly string[]): object
  pointer(type: unknown): object
  register(callback: (percent: number) => void, type: object): bigint
  unregister(callback: bigint): void
}

export interface RestartManagerLibrary {
  startSession(handle: Uint32Array, flags: number, key: Uint16Array): number
  joinSession(handle: Uint32Array, key: string): number
  endSession(handle: number): number
  registerResources(handle: number, files: readonly string[], processes: Buffer, services: readonly string[]): Promise<number>
  getList(handle: number, needed: Uint32Array, count: Uint32Array, infos: Buffer, reasons: Uint32Array): Promise<number>
  shutdown(handle: number, flags: number, onProgress?: (percent: number) => void): Promise<number>
  restart(handle: number, onProgress?: (percent: number) => void): Promise<number>
  cancel(handle: number): number
  addFilter(handle: number, target: FilterSelector, action: number): number
  removeFilter(handle: number, target: FilterSelector): number
}

/** Exactly one. */
export interface FilterSelector {
  readonly file: string | null
  readonly process: Buffer | null
  readonly service: string | null
}

export function loadKoffi(): ForeignInterface {
  // A bundle has no URL of its own; the program's path leads to the same node_modules.
  const origin = (import.meta.url as string | undefined) ?? pathToFileURL(process.argv[1] ?? process.execPath).href
  try {
    return createRequire(origin)('koffi') as ForeignInterface
  } catch (error) {
    throw new WindowsError('ERROR_NOT_SUPPORTED', 'the Restart Manager of Windows is reached through the package koffi, which is not installed', { cause: error })
  }
}

export function openLibrary(foreign: ForeignInterface, path = 'rstrtmgr.dll'): RestartManagerLibrary {
  const library = foreign.load(path)
  const status = foreign.pointer(foreign.proto('__stdcall', 'RM_WRITE_STATUS_CALLBACK', 'void', ['uint32']))
  const declare = (name: string, parameters: readonly unknown[]) => library.func('__stdcall', name, 'uint32', parameters)
  const start = declare('RmStartSession', ['void *', 'uint32', 'void *'])
  const join = declare('RmJoinSession', ['void *', 'str16'])
  const end = declare('RmEndSession', ['uint32'])
  const register = declare('RmRegisterResources', ['uint32', 'uint32', 'str16 *', 'uint32', 'void *', 'uint32', 'str16 *'])
  const list = declare('RmGetList', ['uint32', 'void *', 'void *', 'void *', 'void *'])
  const shutdown = declare('RmShutdown', ['uint32', 'uint32', status])
  const restart = declare('RmRestart', ['uint32', 'uint32', status])
  const cancel = declare('RmCancelCurrentTask', ['uint32'])
  const add = declare('RmAddFilter', ['uint32', 'str16', 'void *', 'str16', 'int32'])
  const remove = declare('RmRemoveFilter', ['uint32', 'str16', 'void *', 'str16'])
  return {
    startSession: (handle, flags, key) => start(handle, flags, key) as number,
    joinSession: (handle, key) => join(handle, key) as number,
    endSession: (handle) => end(handle) as number,
    registerResources: (handle, files, processes, services) =>
      later(register, handle, files.length, orNull(files), processes.length / 12, processes.length > 0 ? processes : null, services.length, orNull(services)),
    getList: (handle, needed, count, infos, reasons) => later(list, handle, needed, count, infos.length > 0 ? infos : null, reasons),
    shutdown: (handle, flags, onProgress) => withCallback(foreign, status, onProgress, (callback) => later(shutdown, handle, flags, callback)),
    restart: (handle, onProgress) => withCallback(foreign, status, onProgress, (callback) => later(restart, handle, 0, callback)),
    cancel: (handle) => cancel(handle) as number,
    addFilter: (handle, { file, process, service }, action) => add(handle, file, process, service, action) as number,
    removeFilter: (handle, { file, process, service }) => remove(handle, file, process, service) as number,
  }
}

function orNull<Item>(list: readonly Item[]): readonly Item[] | null {
  return list.length > 0 ? list : null
}

function later(call: ForeignFunction, ...args: unknown[]): Promise<number> {
  return new Promise((resolve, reject) => {
    call.async(...args, (error: unknown, result: number) => { if (error) reject(error as Error); else resolve(result) })
  })
}

/** The system calls back from a thread of its own, so the callback is registered for as long as the call lasts. */
async function withCallback(
  foreign: ForeignInterface, type: object, onProgress: ((percent: number) => void) | undefined, call: (callback: bigint | null) => Promise<number>,
): Promise<number> {
  if (!onProgress) return call(null)
  const callback = foreign.register((percent) => {
    try {
      onProgress(percent)
    } catch {
      // What a progress callback throws must not reach the system's code.
    }
  }, type)
  try {
    return await call(callback)
  } finally {
    foreign.unregister(callback)
  }
}
