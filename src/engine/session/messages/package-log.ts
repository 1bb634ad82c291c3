// The log that nobody asked for on the command line: the package does (MsiLogging), or the machine (the policy Logging). It is MSI*.LOG in the
// Temp folder of the root, in UTF-16 as Windows writes it. What cannot be written ends the log, never the installation.
// https://learn.microsoft.com/windows/win32/msi/normal-logging, …/msilogging, …/logging, …/disableloggingfrompackage; docs/decisions/0085-logs-in-the-root.md
import { encodeUtf16, joinPath, WindowsError } from '../../../base/index.ts'
import { createDirectories, type FileWriter, type Platform, type Registry } from '../../../platform/index.ts'
import type { Package } from '../../package/package.ts'
import { systemFolders } from '../folders/folders.ts'
import { hasRestartManager, type InstallerVersion } from '../properties/installer-version.ts'
import { readPolicies } from '../properties/policies.ts'
import { logFooter, logHeader, type LogSink } from './log.ts'

/** What a mode without any letter of its own stands for. */
const defaultLetters = 'iwearmo'
/** Characters between two writes, unless each line is to be written at once (`!`). */
const pendingLimit = 1 << 15
const namesTried = 4096

export interface PackageLog extends Disposable {
  /** Windows path: the value of MsiLogFileLocation. */
  readonly path: string
  readonly sink: LogSink
}

/** @returns `undefined` when neither the package nor the machine wants a log, or there is no writing one. */
export function openPackageLog(platform: Platform, source: Package, installerVersion: InstallerVersion): PackageLog | undefined {
  const mode = wantedMode(platform.registry, source, installerVersion)
  if (mode === '') return undefined
  try {
    const path = freePath(platform, source)
    return path === undefined ? undefined : new LogInRoot(platform, path, mode, `${installerVersion.major}.${installerVersion.minor}`)
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    platform.trace('engine', () => `no log: ${error.message}`)
    return undefined
  }
}

/** The letters of the mode; `''` for no log. `+` and `*` are not among them. */
function wantedMode(registry: Registry, { properties }: Package, installerVersion: InstallerVersion): string {
  const policies = readPolicies(registry, installerVersion, () => {})
  const isHeard = hasRestartManager(installerVersion) && !policies.disableLoggingFromPackage
  const asked = (isHeard && properties.get('MsiLogging')) || policies.logging
  if (asked === '') return ''
  const letters = asked.toLowerCase().replaceAll(/[^iwearucmopvx!]/g, '')
  return letters.replace('!', '') === '' ? defaultLetters + letters : letters
}

/** MSI, five digits that follow from the package, and the next ones that are free: the same package in the same root has the same name. */
function freePath({ files, machine }: Platform, { summary, productCode }: Package): string | undefined {
  const folder = systemFolders(machine, { perMachine: true, programsPerUser: false }).get('TempFolder')!
  createDirectories(files, folder.replace(/\\$/, ''))
  const first = Number.parseInt((summary.packageCode || productCode).slice(1, 6), 16) || 0
  return Array.from({ length: namesTried }, (_, index) => joinPath(folder, `MSI${((first + index) & 0xf_ffff).toString(16).padStart(5, '0')}.LOG`))
    .find((path) => files.stat(path) === undefined)
}

class LogInRoot implements PackageLog {
  readonly path: string
  readonly #platform: Platform
  readonly #mode: string
  #file: FileWriter | undefined
  #pending = '\ufeff'

  constructor(platform: Platform, path: string, mode: string, installerVersion: string) {
    this.path = path
    this.#platform = platform
    this.#mode = mode
    this.#file = platform.files.create(path)
    this.#add(logHeader(platform.clock, { verbose: mode.includes('v'), installerVersion, callingProcess: 'msikit' }))
  }

  readonly sink: LogSink = (line, letter) => {
    if (this.#mode.includes(letter)) this.#add(line)
  }

  [Symbol.dispose](): void {
    this.#add(logFooter(this.#platform.clock, { verbose: this.#mode.includes('v') }))
    this.#guard((file) => {
      this.#write(file)
      file.close()
    })
    this.#file = undefined
  }

  #add(line: string): void {
    if (this.#file === undefined) return
    this.#pending += `${line.replaceAll(/\r?\n/g, '\r\n')}\r\n`
    if (this.#pending.length >= pendingLimit || this.#mode.includes('!')) this.#guard((file) => { this.#write(file) })
  }

  #write(file: FileWriter): void {
    const text = this.#pending
    this.#pending = ''
    file.write(encodeUtf16(text))
  }

  /** The disk may be full: what is installed matters more than its log. */
  #guard(action: (file: FileWriter) => void): void {
    const file = this.#file
    if (file === undefined) return
    try {
      action(file)
    } catch (error) {
      if (!(error instanceof WindowsError)) throw error
      this.#file = undefined
      this.#platform.trace('engine', () => `log ${this.path} ends: ${error.message}`)
      closeQuietly(file)
    }
  }
}

function closeQuietly(file: FileWriter): void {
  try {
    file.close()
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
  }
}
