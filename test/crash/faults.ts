// A platform that fails at its n-th call: the call throws, the disk is full from then on, or the process is killed.
import { WindowsError } from 'msikit/base'
import type { FileSystem, FileWriter, MemoryPlatform, Platform, Registry } from 'msikit/platform'

export type FaultMode =
  | 'throws'
  | 'disk full'
  /** Nothing of the call happens, nor of any later one. */
  | 'killed before'
  /** The call happens, and nothing after it. */
  | 'killed after'
  /** Half of what is written arrives. */
  | 'torn write'

export const faultModes: readonly FaultMode[] = ['throws', 'disk full', 'killed before', 'killed after', 'torn write']

export interface FaultyPlatform {
  readonly platform: Platform
  /** Calls so far that could have failed. */
  readonly calls: () => number
  readonly isDead: () => boolean
}

class Killed extends Error {
  override readonly name = 'Killed'
}

const spaceTaking = new Set(['create', 'createDirectory', 'write', 'createKey', 'setValue', 'flush'])

export function faultyPlatform(base: MemoryPlatform, failingCall: number, mode: FaultMode): FaultyPlatform {
  let calls = 0
  let dead = false
  let full = false
  const alive = (): void => {
    if (dead) throw new Killed('the process is dead')
  }
  const call = <T>(name: string, work: () => T, half?: () => void): T => {
    alive()
    const here = calls++ === failingCall
    if (full && spaceTaking.has(name)) throw new WindowsError('ERROR_DISK_FULL', `${name}: there is not enough space on the disk`)
    if (!here) return work()
    switch (mode) {
      case 'throws': throw new WindowsError('ERROR_ACCESS_DENIED', `${name}: access is denied`)
      case 'disk full':
        full = true
        if (!spaceTaking.has(name)) return work()
        throw new WindowsError('ERROR_DISK_FULL', `${name}: there is not enough space on the disk`)
      case 'killed before': break
      case 'killed after':
        work()
        break
      case 'torn write': half?.()
    }
    dead = true
    throw new Killed(`killed at call ${failingCall}, ${name}`)
  }
  const { files: inner, registry: keys } = base
  const writer = (file: FileWriter): FileWriter => ({
    write: (chunk) => call('write', () => file.write(chunk), () => file.write(chunk.subarray(0, chunk.length >> 1))),
    sync: () => call('sync', () => file.sync()),
    close: () => { file.close() },
  })
  const files: FileSystem = {
    stat: (path) => read(() => inner.stat(path)),
    list: (path) => call('list', () => inner.list(path)),
    spelling: (path) => read(() => inner.spelling(path)),
    open: (path) => call('open', () => inner.open(path)),
    create: (path) => call('create', () => writer(inner.create(path))),
    createDirectory: (path) => call('createDirectory', () => inner.createDirectory(path)),
    removeFile: (path) => call('removeFile', () => inner.removeFile(path)),
    removeDirectory: (path) => call('removeDirectory', () => inner.removeDirectory(path)),
    rename: (from, to) => call('rename', () => inner.rename(from, to)),
    setAttributes: (path, attributes) => call('setAttributes', () => inner.setAttributes(path, attributes)),
    setTimes: (path, times) => call('setTimes', () => inner.setTimes(path, times)),
    syncDirectory: (path) => call('syncDirectory', () => inner.syncDirectory(path)),
    freeBytes: (path) => inner.freeBytes(path),
    drives: () => read(() => inner.drives()),
    hostPath: (path) => read(() => inner.hostPath(path)),
    fromHostPath: (path) => inner.fromHostPath(path),
  }
  const registry: Registry = {
    keyExists: (key) => read(() => keys.keyExists(key)),
    subkeys: (key) => read(() => keys.subkeys(key)),
    valueNames: (key) => read(() => keys.valueNames(key)),
    value: (key, name) => read(() => keys.value(key, name)),
    createKey: (key) => call('createKey', () => keys.createKey(key)),
    setValue: (key, name, value) => call('setValue', () => keys.setValue(key, name, value)),
    deleteValue: (key, name) => call('deleteValue', () => keys.deleteValue(key, name)),
    deleteKey: (key) => call('deleteKey', () => keys.deleteKey(key)),
    flush: () => call('flush', () => keys.flush()),
  }
  function read<T>(work: () => T): T {
    alive()
    return work()
  }
  return { platform: { ...base, files, registry }, calls: () => calls, isDead: () => dead }
}
