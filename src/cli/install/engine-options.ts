// What the commands that install have in common: the root, the log, the user interface, policies.
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { isFullPath, isGuid } from '../../base/index.ts'
import type { CustomActionPolicy, InstallOptions, UiLevel } from '../../engine/index.ts'
import { createNodePlatform, hostClock, type NodePlatform } from '../../node/index.ts'
import type { Clock } from '../../platform/index.ts'
import { missingFolders, removeEmpty, takingBackFolders } from '../files/folders-made.ts'
import type { CommandInput, Host, OptionSpec } from '../program/command.ts'
import { CommandError, folderError, UsageError } from '../program/errors.ts'
import { terminalHandler, type TerminalHandler } from '../terminal/terminal-ui.ts'
import { openLog, type OpenLog } from './install-log.ts'
import { requireInstallable } from './installable.ts'
import { wineRunner } from './wine-runner.ts'

export const rootOption: OptionSpec = { value: 'DIR', about: 'Folder that is drive C of the Windows root, or a Wine prefix ($MSIKIT_ROOT; else one of your own)' }

/** LANGIDs of the languages that the installer speaks. */
const languages: Readonly<Record<string, number>> = { en: 1033, es: 3082, fr: 1036, it: 1040, pt: 1046, ru: 1049 }

export const engineOptions: Readonly<Record<string, OptionSpec>> = {
  root: rootOption,
  log: { short: 'l', value: 'FILE', about: 'Write a verbose log in the dialect of msiexec' },
  ui: { value: 'LEVEL', choices: ['none', 'basic', 'full'], about: 'none: nothing; basic: progress and questions; full: the package\'s user interface sequence too (its dialogs are not shown). Default: basic on a terminal, else none' },
  'custom-actions': { value: 'POLICY', choices: ['run', 'skip', 'fail'], about: 'Programs, scripts and DLLs of the package: run what this machine can (default), skip them, or fail' },
  'defer-to-first-boot': { about: 'Deferred programs and DLLs of Windows, self-registration and starts of services wait for the first start of the root (RunOnce)' },
  wine: { about: 'Run programs of Windows in custom actions with Wine; DLLs are not, and what programs write to the registry does not reach the root' },
  language: { value: 'LANGUAGE', choices: Object.keys(languages), about: 'Language of messages that the package does not have itself. Default: that of the product, else of the root\'s user' },
  'installer-version': { value: 'VERSION', about: 'Version of Windows Installer to be, such as 3.1; 5.0 by default' },
}

/** The root that is meant without --root: made when it is first used. */
export function rootFolder(input: CommandInput, { env }: Host): string {
  const given = input.value('root') ?? env.MSIKIT_ROOT
  if (given !== undefined && given !== '') return resolve(given)
  const data = process.platform === 'win32' ? env.LOCALAPPDATA : process.platform === 'darwin' ? join(homedir(), 'Library/Application Support') : env.XDG_DATA_HOME
  return join(data || join(homedir(), '.local/share'), 'msikit/root')
}

/** To look at: a root that is not there yet is an empty one, and is not made. */
export function openRootToRead(input: CommandInput, host: Host): NodePlatform {
  return openRoot(rootFolder(input, host), true)
}

/** With $SOURCE_DATE_EPOCH, the time that is recorded stands still there: https://reproducible-builds.org/specs/source-date-epoch/ */
function recordedClock(): Clock {
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? ''
  if (epoch === '') return hostClock
  if (!/^\d{1,11}$/.test(epoch)) throw new UsageError(`$SOURCE_DATE_EPOCH: expected seconds since 1970, found "${epoch}"`)
  return { ...hostClock, now: () => Number(epoch) * 1000 }
}

function openRoot(root: string, readOnly: boolean): NodePlatform {
  const clock = recordedClock()
  try {
    const platform = createNodePlatform({ root, readOnly, clock })
    if (!readOnly) accessSync(root, constants.W_OK)
    return platform
  } catch (error) {
    throw folderError('root', root, error, 'Name a folder that can be written to with --root DIR or $MSIKIT_ROOT.')
  }
}

/**
 * A package as the engine takes it: a Windows path of the root as it is, anything else as a path of the host.
 * @throws CommandError ERROR_INSTALL_PACKAGE_OPEN_FAILED (1619); ERROR_INSTALL_PACKAGE_INVALID (1620) for what cannot be installed
 */
export function packagePath(text: string): string {
  if (existsSync(text)) return requireInstallable(text)
  if (isFullPath(text)) return text
  throw new CommandError('ERROR_INSTALL_PACKAGE_OPEN_FAILED', `${text}: expected a package, found: no such file or folder`, 'Check the name of the file.')
}

/** A product code or name as it is, a package by its full path. A folder may be called as a product is. */
export function productArgument(text: string): string {
  if (/\.msi$/i.test(text)) return packagePath(text)
  return statSync(text, { throwIfNoEntry: false })?.isFile() === true ? requireInstallable(text) : text
}

const propertyPattern = /^([A-Za-z_%][A-Za-z0-9_.]*)=(.*)$/s

/** @throws UsageError for what is no `NAME=value`. */
function propertyArguments(words: readonly string[]): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const word of words) {
    const match = propertyPattern.exec(word)
    if (match === null) throw new UsageError(`expected PROPERTY=value, found "${word}"`)
    properties[match[1]!.toUpperCase()] = match[2]!
  }
  return properties
}

export interface EngineRun extends Disposable {
  readonly platform: NodePlatform
  readonly options: InstallOptions
  readonly log: OpenLog | undefined
  /** Shows what goes on; `undefined` when nothing is to be shown. */
  readonly handler: TerminalHandler | undefined
}

export interface EngineRunSettings {
  readonly root: string
  /** Nothing is written but the log. */
  readonly readOnly?: boolean
  readonly properties: Readonly<Record<string, string>>
  readonly ui: UiLevel
  readonly noModalDialogs?: boolean
  readonly hideCancel?: boolean
  readonly log?: { readonly file: string; readonly letters: string; readonly append: boolean; readonly flush: boolean } | undefined
  readonly customActions?: CustomActionPolicy | undefined
  readonly deferToFirstBoot?: boolean
  readonly wine?: boolean
  readonly installerVersion?: string | undefined
  /** LANGID */
  readonly language?: number | undefined
}

/** Somebody who watches wants to see something. */
export function defaultUi({ json }: Pick<CommandInput, 'json'>, { err }: Host): UiLevel {
  return err.isTerminal && !json ? 'basic' : 'none'
}

const cancellingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Opens root and log; Ctrl-C cancels, which rolls back. A second one ends the process: the next start takes the rest back. */
export function startRun(settings: EngineRunSettings, host: Host): EngineRun {
  const foldersToMake = missingFolders(settings.root)
  const { platform, log } = takingBackFolders(settings.root, () => ({
    platform: openRoot(settings.root, settings.readOnly ?? false),
    log: settings.log === undefined ? undefined : openLog(settings.log, hostClock, settings.installerVersion ?? '5.0'),
  }))
  const handler = settings.ui === 'none' ? undefined : terminalHandler(host)
  const cancel = new AbortController()
  const stop = (): void => {
    for (const signal of cancellingSignals) process.removeListener(signal, stop)
    cancel.abort(new Error('cancelled'))
    if (host.err.isTerminal) (handler?.say ?? ((text) => { host.err.line(text); host.err.flush() }))('Cancelling: what was done is taken back.')
  }
  for (const signal of cancellingSignals) process.once(signal, stop)
  return {
    platform, log, handler,
    options: {
      properties: settings.properties, ui: settings.ui, signal: cancel.signal, noModalDialogs: settings.noModalDialogs ?? false, hideCancel: settings.hideCancel ?? false,
      ...(log === undefined ? {} : { log: log.sink, logFile: resolve(log.file) }), ...(handler === undefined ? {} : { onMessage: handler.onMessage }),
      ...(settings.customActions === undefined ? {} : { customActions: settings.customActions }),
      ...(settings.deferToFirstBoot === true ? { deferToFirstBoot: true } : {}),
      ...(settings.wine === true ? { foreignRunner: wineRunner(platform) } : {}),
      ...(settings.language === undefined ? {} : { language: settings.language }),
      ...(settings.installerVersion === undefined ? {} : { installerVersion: settings.installerVersion }),
    },
    [Symbol.dispose]: () => {
      handler?.end()
      const missing = log?.close()
      if (missing !== undefined) {
        host.err.line(`note: the log ${log!.file} is not complete: ${missing}`)
        host.err.flush()
      }
      for (const signal of cancellingSignals) process.removeListener(signal, stop)
      // An installation that failed leaves no root where none was.
      removeEmpty(foldersToMake)
    },
  }
}

/**
 * What is not installed cannot be changed: a root that is not there is not made to find that out.
 * @throws CommandError ERROR_UNKNOWN_PRODUCT (1605)
 */
export function requireRoot(root: string, product: string): void {
  if (existsSync(root)) return
  productArgument(product)
  throw new CommandError('ERROR_UNKNOWN_PRODUCT', `${product}: expected one that is installed, found none: there is no root ${root} yet`,
    '`msikit list` shows which products are installed in the root; --root DIR or $MSIKIT_ROOT names another one.')
}

export interface CommandRun extends EngineRun {
  /** What the command is about, its first argument, as the engine takes it: a package or a product. The others are properties. */
  readonly subject: string
  /** Packages beside it. */
  readonly further: readonly string[]
}

export interface CommandRunSettings {
  /** Nothing is written but the log. */
  readonly readOnly?: boolean
  /** What the first argument is: a package, a product that is installed (see {@link requireRoot}), or either. */
  readonly about?: 'package' | 'product' | 'either'
  /** Further packages may follow the first one. */
  readonly several?: boolean
}

/** {@link startRun} with the arguments and options that every command has. A root is made only when there is something to put into it. */
export function startCommandRun(input: CommandInput, host: Host, { readOnly = false, about = 'package', several = false }: CommandRunSettings = {}): CommandRun {
  const [first = '', ...rest] = input.positionals
  const isPackage = (word: string): boolean => several && !propertyPattern.test(word) && (/\.msi$/i.test(word) || existsSync(word))
  const words = rest.filter((word) => !isPackage(word))
  const properties = propertyArguments(words)
  const log = input.value('log')
  const version = input.value('installer-version')
  if (version !== undefined && !/^\d{1,2}(?:\.\d{1,2})?$/.test(version)) throw new UsageError(`option --installer-version: expected a number such as 5.0 or 3.1, found "${version}"`)
  const root = rootFolder(input, host)
  if (about === 'product') requireRoot(root, first)
  const subject = about === 'product' ? productArgument(first) : about === 'either' && isGuid(first) ? first : packagePath(first)
  const further = rest.filter((word) => isPackage(word)).map((word) => packagePath(word))
  const run = startRun({
    root, readOnly, properties, ui: input.value('ui') as UiLevel | undefined ?? defaultUi(input, host),
    log: log === undefined ? undefined : { file: log, letters: 'iwearucmopvx', append: false, flush: false },
    customActions: input.value('custom-actions') as CustomActionPolicy | undefined, deferToFirstBoot: input.has('defer-to-first-boot'), wine: input.has('wine'), installerVersion: version, language: languages[input.value('language') ?? ''],
  }, host)
  return { ...run, subject, further }
}
