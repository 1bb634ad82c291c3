// The Installer object of scripts that people run: files of this machine; products and registry of the root.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bytesFromHex, bytesSource, bytesToHex, isGuid, WindowsError } from '../../base/index.ts'
import {
  administerPackage, advertisePackage, applyPatches, changeSourceList, configureProduct, countFeatureUse, installPackage, InstallState, openPackageSession, openProductSession, parsePropertySettings, readFileVersion, repairProduct, rootInstallerPort, sessionPort,
  type InstallOptions, type InstallResult,
} from '../../engine/index.ts'
import type { NodePlatform } from '../../node/index.ts'
import type { FilesPort, InstallerPort } from '../../scripting/index.ts'
import { verifyCabinetSignature, verifyPackageSignature } from '../../signature/index.ts'
import { writeFile } from '../files/write-file.ts'
import { openLog } from '../install/install-log.ts'
import { told } from './host-files.ts'
import type { HostPath } from './paths.ts'
import type { ScriptRoot } from './script-root.ts'
import { withTopLevelActions } from './top-level-actions.ts'

const installerVersion = '5.0'

export function hostInstallerPort(root: ScriptRoot, hostPath: HostPath, env: Readonly<Record<string, string | undefined>>): InstallerPort {
  const port = (): InstallerPort => rootInstallerPort(root.look(), installerVersion)
  /** EnableLog: installations from then on are written there, one behind the other. */
  let log: Parameters<typeof openLog>[0] | undefined
  const change = async (install: (platform: NodePlatform, options: InstallOptions) => Promise<InstallResult>): Promise<number> => {
    const platform = root.change()
    const logFile = log === undefined ? undefined : openLog(log, platform.clock, installerVersion)
    if (log !== undefined) log = { ...log, append: true }
    try {
      return (await install(platform, logFile === undefined ? {} : { log: logFile.sink, logFile: logFile.file })).exitCode
    } finally {
      logFile?.close()
    }
  }
  const variables = new Map(Object.entries(env))
  return {
    version: '5.0.0', utcOffsetMinutes: -new Date().getTimezoneOffset(), files: hostFiles(hostPath),
    installations: {
      install: (path, settings) => change((platform, options) => installPackage(platform, { ...options, package: resolve(hostPath(path)), properties: propertiesOf(settings) })),
      configure: (code, state, settings) => change((platform, options) => configureProduct(platform, code, { ...options, properties: { ...propertiesOf(settings), ...(state === InstallState.absent ? { REMOVE: 'ALL' } : {}) } })),
      reinstall: (code, features, mode) => change((platform, options) => repairProduct(platform, code, { ...options, features, mode })),
      configureFeature: (code, feature, state) => change((platform, options) => configureProduct(platform, code, { ...options, properties: { [featureProperty(state)]: feature } })),
      applyPatches: (paths, product, settings) => change((platform, options) => applyPatches(platform, { ...options, patches: paths.map((path) => resolve(hostPath(path))), properties: propertiesOf(settings), ...(product === undefined ? {} : { product }) })),
      removePatches: (patches, code, settings) => change((platform, options) => configureProduct(platform, code, { ...options, properties: { ...propertiesOf(settings), MSIPATCHREMOVE: patches.map((one) => isGuid(one) ? one : resolve(hostPath(one))).join(';') } })),
      advertise: (path, perMachine, transforms, _language, isNewInstance) => change((platform, options) => advertisePackage(platform, {
        ...options, package: resolve(hostPath(path)), perMachine,
        properties: { ...(transforms.length === 0 ? {} : { TRANSFORMS: transforms.map((one) => one.startsWith(':') ? one : resolve(hostPath(one))).join(';') }), ...(isNewInstance ? { MSINEWINSTANCE: '1' } : {}) },
      })),
      enableLog: (mode, file) => {
        log = file === '' ? undefined : { file: hostPath(file), letters: mode.toLowerCase().replace(/[^a-z]/g, ''), append: mode.includes('+'), flush: mode.includes('!') }
      },
      changeSources: (owner, edit) => { changeSourceList(root.change(), owner, edit) },
      countUse: (code, feature) => { countFeatureUse(root.change(), code, feature) },
    },
    get products() { return port().products! },
    environment: (name) => variables.get(name) ?? '', setEnvironment: (name, value) => { variables.set(name, value) },
    registryKeyExists: (hive, key) => port().registryKeyExists!(hive, key), registryValue: (hive, key, name) => port().registryValue!(hive, key, name),
    registryValueNames: (hive, key) => port().registryValueNames!(hive, key), registrySubkeys: (hive, key) => port().registrySubkeys!(hive, key),
    openPackage: (source, safe) => {
      const platform = root.look()
      const full = (path: string): string => platform.files.fromHostPath(resolve(hostPath(path))) ?? resolve(hostPath(path))
      const path = typeof source === 'string' ? source : source.path
      const session = sessionPort(openPackageSession(platform, typeof source === 'string' ? { path: full(source) } : { database: source.database, path: path === '' ? '' : full(path) }))
      // What ignores the machine's state does not change it either; and what is of no file cannot be installed.
      if (safe || path === '') return session
      return withTopLevelActions(session, (action, properties) => change((own, options) => {
        const request = { ...options, package: full(path), properties }
        return action === 'INSTALL' ? installPackage(own, request) : action === 'ADMIN' ? administerPackage(own, request) : advertisePackage(own, request)
      }))
    },
    openProduct: (code) => withTopLevelActions(sessionPort(openProductSession(root.look(), code)), (_action, properties) => change((own, options) => configureProduct(own, code, { ...options, properties }))),
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

function hostFiles(hostPath: HostPath): FilesPort {
  const bytesOf = (path: string): Uint8Array => told(path, () => readFileSync(hostPath(path)))
  return {
    read: (path) => bytesSource(bytesOf(path)),
    // Through a file beside it: who reads the old one is not disturbed, and a full disk leaves it as it was.
    write: (path, write) => {
      const target = hostPath(path)
      const work = `${target}.new-${process.pid}`
      told(path, () => {
        try {
          writeFile(work, write)
          renameSync(work, target)
        } catch (error) {
          rmSync(work, { force: true })
          throw error
        }
      })
    },
    createFolder: (path) => { told(path, () => { if (!existsSync(hostPath(path))) mkdirSync(hostPath(path)) }) },
    join: (folder, name) => join(hostPath(folder), hostPath(name)),
    attributes: (path) => {
      const stat = statSync(hostPath(path), { throwIfNoEntry: false })
      return stat === undefined ? -1 : (stat.isDirectory() ? 0x10 : 0x20) | ((stat.mode & 0o200) === 0 ? 1 : 0)
    },
    version: (path) => {
      const info = readFileVersion(bytesSource(bytesOf(path)))
      if (info === undefined) throw new WindowsError('ERROR_INVALID_DATA', `${path}: expected version information, found none`)
      return { version: info.version.join('.'), languages: info.languages.join(',') }
    },
    hash: (path) => {
      const digest = createHash('md5').update(bytesOf(path)).digest()
      return [0, 4, 8, 12].map((at) => digest.readInt32LE(at))
    },
    signature: async (path) => {
      const source = bytesSource(bytesOf(path))
      const isCabinet = bytesToHex(source.read(0, Math.min(4, source.size))) === '4d534346'
      const report = await (isCabinet ? verifyCabinetSignature : verifyPackageSignature)(source, { now: new Date() })
      if (report?.signerCertificate === undefined) return undefined
      return { certificate: report.signerCertificate, hash: bytesFromHex(report.digest.signed)!, isIntact: report.digest.matches }
    },
  }
}
