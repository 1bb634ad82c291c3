// `msikit msiexec`: msiexec's own command line. https://learn.microsoft.com/windows/win32/msi/command-line-options
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { isFullPath, isGuid } from '../../base/index.ts'
import {
  administerPackage, advertisePackage, applyPatches, configureProduct, continuationOf, installPackage, openPackage, removePatches, repairProduct, uninstallProduct,
  type InstallResult, type UiLevel,
} from '../../engine/index.ts'
import { createNodePlatform, type NodePlatform } from '../../node/index.ts'
import { defaultUi, packagePath, productArgument, requireRoot, rootFolder, startRun, type EngineRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { msiexecUsage, parseMsiexec, splitCommandLine, type MsiexecRequest } from '../install/msiexec-arguments.ts'
import type { CommandInput, CommandSpec, Host } from '../program/command.ts'
import { CommandError } from '../program/errors.ts'
import { commandHelp } from '../program/help.ts'
import { commandRunner } from '../program/run-command.ts'

const spec: CommandSpec = {
  name: 'msiexec',
  summary: 'Understand the command line of msiexec',
  about: `${msiexecUsage}

Without /q a terminal shows what goes on, and nothing is shown elsewhere. + and ! of /q speak of dialogs and buttons that a
terminal does not have. Besides, there are --root DIR, --custom-actions run|skip|fail, --wine, --defer-to-first-boot and --json,
as everywhere.`,
  arguments: [{ name: 'OPTIONS', about: 'As for msiexec on Windows; / or -, in any case', count: 'any' }],
  options: {},
  rawArguments: true,
  examples: [
    ['msikit msiexec /i putty.msi /qn /l*v install.log', 'Install silently, with a verbose log'],
    ['msikit msiexec /x {55717628-7AE6-4BCF-A046-FA2768945E76} /qb', 'Uninstall with a progress bar'],
    ['msikit msiexec --root ./image /i app.msi INSTALLDIR="C:\\App" /norestart', 'Into a root of your choice'],
  ],
  run: (input, host) => runMsiexec(takeOwnOptions(input.positionals), host),
}
export const run = commandRunner(spec)

interface OwnOptions {
  readonly words: readonly string[]
  readonly root: string | undefined
  readonly json: boolean
  readonly policy: string | undefined
  readonly deferToFirstBoot: boolean
  readonly wine: boolean
}

/** msikit's options, which msiexec does not have. */
function takeOwnOptions(words: readonly string[]): OwnOptions {
  const own = { words: [] as string[], root: undefined as string | undefined, json: false, policy: undefined as string | undefined, deferToFirstBoot: false, wine: false }
  for (let at = 0; at < words.length; at++) {
    const match = /^--(root|custom-actions|json|defer-to-first-boot|wine)(?:=(.*))?$/s.exec(words[at]!)
    if (match === null) own.words.push(words[at]!)
    else if (match[1] === 'json') own.json = true
    else if (match[1] === 'defer-to-first-boot') own.deferToFirstBoot = true
    else if (match[1] === 'wine') own.wine = true
    else own[match[1] === 'root' ? 'root' : 'policy'] = match[2] ?? words[++at]
  }
  return own
}

/** `/@ ID`: what Windows runs after a restart that ForceReboot has asked for. Further words come after those written down. */
function continued({ words, root }: OwnOptions, host: Host): readonly string[] {
  const [option, id, ...more] = words
  if (option !== '/@' && option !== '-@') return words
  if (id === undefined) throw new CommandError('ERROR_INVALID_COMMAND_LINE', `option ${option}: expected the name of an entry of RunOnceEntries, found nothing`)
  const folder = rootFolder({ positionals: words, json: false, has: () => false, value: (name) => name === 'root' ? root : undefined, values: () => [] }, host)
  const line = continuationOf(createNodePlatform({ root: folder, readOnly: true }).registry, id)
  if (line === undefined) throw new CommandError('ERROR_NOT_FOUND', `no installation waits in this root to be continued as "${id}"`)
  return [...splitCommandLine(line), ...more]
}

async function runMsiexec(own: OwnOptions, host: Host): Promise<number> {
  const { root, json, policy } = own
  const words = continued(own, host)
  const request = parseMsiexec(words)
  if (request.action === 'help') {
    host.out.line(commandHelp(spec, host.out.width))
    return 0
  }
  if (policy !== undefined && policy !== 'run' && policy !== 'skip' && policy !== 'fail') {
    throw new CommandError('ERROR_INVALID_COMMAND_LINE', `option --custom-actions: expected run, skip or fail, found "${policy}"`)
  }
  const input: CommandInput = { positionals: words, json, has: () => false, value: (name) => name === 'root' ? root : undefined, values: () => [] }
  const folder = rootFolder(input, host)
  if (request.action === 'uninstall' || request.action === 'repair' || isGuid(request.target)) requireRoot(folder, request.instance ?? (request.target || request.patches[0]!))
  const resolved = withFullPaths(request)
  using engine = startRun({
    root: folder, properties: withPatchPaths(request.properties), log: request.log, customActions: policy, deferToFirstBoot: own.deferToFirstBoot, wine: own.wine,
    ui: (request.ui?.level ?? defaultUi({ json }, host)) as UiLevel, noModalDialogs: request.ui?.endDialog === false, hideCancel: request.ui?.hideCancel === true,
  }, host)
  if (request.statusFile !== undefined) host.err.line(`note: no status file is written for /m ${request.statusFile}`)
  const [done, result] = await execute(resolved, engine)
  return reportResult('msiexec', done, result, engine, input, host)
}

async function execute(request: MsiexecRequest, { platform, options }: EngineRun): Promise<readonly [done: string, result: InstallResult]> {
  const { action, target, advertiseTo, instance, properties, patches } = request
  const product = instance ?? target
  switch (action) {
    case 'install':
      if (isGuid(product)) return ['configured', await configureProduct(platform, product, options)]
      return ['installed', await installPackage(platform, { ...options, package: target })]
    case 'uninstall':
      if (patches.length > 0 && target === '' && instance === undefined) return ['removed patches of', await removePatches(platform, { ...options, patches })]
      if (patches.length > 0) return ['removed patches of', await configureProduct(platform, product, options)]
      return ['uninstalled', await uninstallProduct(platform, product, options)]
    case 'repair': return ['repaired', await repairProduct(platform, product, { ...options, mode: properties.get('REINSTALLMODE') ?? 'omus' })]
    case 'admin': return ['made an image of', await administerPackage(platform, { ...options, package: target })]
    case 'advertise':
      checkLanguage(request, platform)
      return ['advertised', await advertisePackage(platform, { ...options, package: target, perMachine: advertiseTo === 'machine' })]
    case 'patch': return ['patched', await applyPatches(platform, { ...options, patches, ...(instance === undefined ? {} : { product: instance }) })]
    default: throw new CommandError('ERROR_CALL_NOT_IMPLEMENTED', `expected an installation, removal, repair, image or advertisement, found ${action}: libraries register themselves by their own code, which needs Windows`)
  }
}

/** `/g`: the package has the language, or none in particular. */
function checkLanguage({ target, language }: MsiexecRequest, platform: NodePlatform): void {
  if (language === undefined) return
  using source = openPackage(platform, target)
  const { languages } = source.summary
  if (languages.length === 0 || languages.includes(0) || languages.includes(language)) return
  throw new CommandError('ERROR_INSTALL_LANGUAGE_UNSUPPORTED', `${target}: expected a language of the package (${languages.join(', ')}), found /g ${language}`)
}

/** Whatever is not there is told before a root is made for it. */
function withFullPaths(request: MsiexecRequest): MsiexecRequest {
  const { action, target, patches } = request
  const takesProduct = action === 'uninstall' || action === 'repair' || isGuid(target)
  const isLibrary = action === 'register' || action === 'unregister'
  return { ...request, patches: patches.map(patchPath), target: target === '' || isLibrary ? target : takesProduct ? productArgument(target) : packagePath(target) }
}

/** Codes of patches and Windows paths as they are, files of the host by their full paths. */
function patchPath(text: string): string {
  if (existsSync(text)) return resolve(text)
  if (isFullPath(text) || isGuid(text)) return text
  throw new CommandError('ERROR_PATCH_PACKAGE_OPEN_FAILED', `${text}: expected a patch, found: no such file or folder`, 'Check the name of the file.')
}

/** The properties that say which patches come and go have full paths. */
function withPatchPaths(properties: ReadonlyMap<string, string>): Record<string, string> {
  return Object.fromEntries([...properties].map(([name, value]) => name === 'PATCH' || name === 'MSIPATCHREMOVE' ? [name, value.split(';').filter(Boolean).map(patchPath).join(';')] : [name, value]))
}
