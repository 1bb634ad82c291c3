// The Installer object of scripts that people run: files of this machine; products and registry of the root.
import { createHash } from 'node:crypto'
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bytesSource, isGuid, WindowsError } from '../../base/index.ts'
import {
  applyPatches, configureProduct, installPackage, InstallState, openPackageSession, openProductSession, parsePropertySettings, readFileVersion, repairProduct, rootInstallerPort, sessionPort,
  type InstallResult,
} from '../../engine/index.ts'
import type { NodePlatform } from '../../node/index.ts'
import type { FilesPort, InstallerPort } from '../../scripting/index.ts'
import { writeFile } from '../files/write-file.ts'
import { hostPath } from './paths.ts'

const installerVersion = '5.0'

/** @param openRoot the root, opened when a script asks for it: to look at, or to install into */
export function hostInstallerPort(openRoot: (toInstall: boolean) => NodePlatform, env: Readonly<Record<string, string | undefined>>): InstallerPort {
  let opened: { readonly platform: NodePlatform; readonly port: InstallerPort } | undefined
  const root = (): { readonly platform: NodePlatform; readonly port: InstallerPort } => {
    if (opened === undefined) {
      const platform = openRoot(false)
      opened = { platform, port: rootInstallerPort(platform, installerVersion) }
    }
    return opened
  }
  /** What was seen of the root before is not so any more. */
  const change = async (install: (platform: NodePlatform) => Promise<InstallResult>): Promise<number> => {
    opened = undefined
    return (await install(openRoot(true))).exitCode
  }
  const variables = new Map(Object.entries(env))
  return {
    version: '5.0.0', utcOffsetMinutes: -new Date().getTimezoneOffset(), files: hostFiles,
    installations: {
      install: (path, settings) => change((platform) => installPackage(platform, { package: resolve(hostPath(path)), properties: propertiesOf(settings) })),
      configure: (code, state, settings) => change((platform) => configureProduct(platform, code, { properties: { ...propertiesOf(settings), ...(state === InstallState.absent ? { REMOVE: 'ALL' } : {}) } })),
      reinstall: (code, features, mode) => change((platform) => repairProduct(platform, code, { features, mode })),
      configureFeature: (code, feature, state) => change((platform) => configureProduct(platform, code, { properties: { [featureProperty(state)]: feature } })),
      applyPatches: (paths, product, settings) => change((platform) => applyPatches(platform, { patches: paths.map((path) => resolve(hostPath(path))), properties: propertiesOf(settings), ...(product === undefined ? {} : { product }) })),
      removePatches: (patches, code, settings) => change((platform) => configureProduct(platform, code, { properties: { ...propertiesOf(settings), MSIPATCHREMOVE: patches.map(patchName).join(';') } })),
    },
    get products() { return root().port.products! },
    environment: (name) => variables.get(name) ?? '', setEnvironment: (name, value) => { variables.set(name, value) },
    registryKeyExists: (hive, key) => root().port.registryKeyExists!(hive, key), registryValue: (hive, key, name) => root().port.registryValue!(hive, key, name),
    registryValueNames: (hive, key) => root().port.registryValueNames!(hive, key), registrySubkeys: (hive, key) => root().port.registrySubkeys!(hive, key),
    openPackage: (source) => sessionPort(openPackageSession(root().platform, typeof source === 'string' ? { path: resolve(hostPath(source)) } : { database: source, path: '' })),
    openProduct: (code) => sessionPort(openProductSession(root().platform, code)),
  }
}

function propertiesOf(settings: string): Record<string, string> {
  return Object.fromEntries(parsePropertySettings(settings))
}

/** @throws WindowsError ERROR_INVALID_PARAMETER for a state that no feature can be asked for */
function featureProperty(state: number): string {
  switch (state) {
    case InstallState.advertised: return 'ADVERTISE'
    case InstallState.absent: return 'REMOVE'
    case InstallState.local: return 'ADDLOCAL'
    case InstallState.source: return 'ADDSOURCE'
    case InstallState.default: return 'ADDDEFAULT'
    default: throw new WindowsError('ERROR_INVALID_PARAMETER', `feature state: expected 1 to 5, found ${state}`)
  }
}

/** Patches to remove are named by code, or by the file. */
function patchName(text: string): string {
  return isGuid(text) ? text : resolve(hostPath(text))
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
