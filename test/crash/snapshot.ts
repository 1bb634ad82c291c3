// Everything of a root that an installation may change, as one comparable value.
import { walk, readFile, type Platform } from 'msikit/platform'
import { bytesToHex } from 'msikit/base'

export interface SnapshotOptions {
  /** Before its first journal record is written, a killed process has made a folder and removed nothing. */
  readonly ignoreRootTimes?: boolean
  /** Every drive when absent. */
  readonly drives?: readonly string[]
  /** Paths that do not count, such as the files of the registry, whose content is compared key by key. */
  readonly ignore?: (path: string) => boolean
}

export function snapshot({ files, registry }: Platform, { ignoreRootTimes = false, ignore = () => false, drives = files.drives() }: SnapshotOptions = {}): Record<string, string> {
  const state: Record<string, string> = {}
  for (const drive of drives) {
    for (const path of [drive, ...walk(files, drive)]) {
      if (ignore(path)) continue
      const { kind, modifiedMs, attributes } = files.stat(path)!
      const times = path === drive && ignoreRootTimes ? '' : modifiedMs
      const flags = Object.entries(attributes).filter(([, set]) => set).map(([name]) => name).join(' ')
      state[path] = `${kind} ${times} ${flags} ${kind === 'file' ? bytesToHex(readFile(files, path)) : ''}`
    }
  }
  const visit = (key: string): void => {
    state[`${key}\\`] = 'key'
    for (const name of registry.valueNames(key)) {
      const value = registry.value(key, name)
      state[`${key} : ${name}`] = JSON.stringify(value, (_key, one: unknown) => typeof one === 'bigint' ? `${one}n` : one)
    }
    for (const name of registry.subkeys(key)) visit(`${key}\\${name}`)
  }
  for (const root of ['HKLM\\SOFTWARE', 'HKLM\\SYSTEM', 'HKU']) visit(root)
  return Object.fromEntries(Object.entries(state).sort(([a], [b]) => a < b ? -1 : 1))
}
