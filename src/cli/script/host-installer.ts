// The Installer object of scripts that people run: files of this machine; products and registry of the root.
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bytesSource, WindowsError } from '../../base/index.ts'
import { openPackageSession, openProductSession, readFileVersion, rootInstallerPort, sessionPort } from '../../engine/index.ts'
import type { NodePlatform } from '../../node/index.ts'
import type { FilesPort, InstallerPort } from '../../scripting/index.ts'
import { writeFile } from '../write-file.ts'
import { hostPath } from './paths.ts'

const installerVersion = '5.0'

/** @param openRoot the root to look at, opened when a script asks for it */
export function hostInstallerPort(openRoot: () => NodePlatform, env: Readonly<Record<string, string | undefined>>): InstallerPort {
  let opened: { readonly platform: NodePlatform; readonly port: InstallerPort } | undefined
  const root = (): { readonly platform: NodePlatform; readonly port: InstallerPort } => {
    if (opened === undefined) {
      const platform = openRoot()
      opened = { platform, port: rootInstallerPort(platform, installerVersion) }
    }
    return opened
  }
  const variables = new Map(Object.entries(env))
  return {
    version: '5.0.0', utcOffsetMinutes: -new Date().getTimezoneOffset(), files: hostFiles,
    get products() { return root().port.products! },
    environment: (name) => variables.get(name) ?? '', setEnvironment: (name, value) => { variables.set(name, value) },
    registryKeyExists: (hive, key) => root().port.registryKeyExists!(hive, key), registryValue: (hive, key, name) => root().port.registryValue!(hive, key, name),
    registryValueNames: (hive, key) => root().port.registryValueNames!(hive, key), registrySubkeys: (hive, key) => root().port.registrySubkeys!(hive, key),
    openPackage: (source) => sessionPort(openPackageSession(root().platform, typeof source === 'string' ? { path: resolve(hostPath(source)) } : { database: source, path: '' })),
    openProduct: (code) => sessionPort(openProductSession(root().platform, code)),
  }
}

const hostFiles: FilesPort = {
  read: (path) => bytesSource(readFileSync(hostPath(path))),
  // Through a file beside it: who reads the old one is not disturbed, and a full disk leaves it as it was.
  write: (path, write) => {
    const target = hostPath(path)
    const work = `${target}.new-${process.pid}`
    try {
      writeFile(work, write)
      renameSync(work, target)
    } catch (error) {
      rmSync(work, { force: true })
      throw error
    }
  },
  join: (folder, name) => join(hostPath(folder), hostPath(name)),
  attributes: (path) => {
    const stat = statSync(hostPath(path), { throwIfNoEntry: false })
    return stat === undefined ? -1 : (stat.isDirectory() ? 0x10 : 0x20) | ((stat.mode & 0o200) === 0 ? 1 : 0)
  },
  version: (path) => {
    const info = readFileVersion(bytesSource(readFileSync(hostPath(path))))
    if (info === undefined) throw new WindowsError('ERROR_INVALID_DATA', `${path}: expected version information, found none`)
    return { version: info.version.join('.'), languages: info.languages.join(',') }
  },
  hash: (path) => {
    const digest = createHash('md5').update(readFileSync(hostPath(path))).digest()
    return [0, 4, 8, 12].map((at) => digest.readInt32LE(at))
  },
}
