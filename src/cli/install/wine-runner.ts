// Programs of Windows in custom actions, run by Wine for --wine. They see the files of the root, its Windows folder aside: each root
// has a small prefix of its own whose drive C leads to the root's folders, and whose Windows folder is Wine's, shared by all of them: a
// program of Windows that the root lacks is Wine's.
// The registry is the prefix's: what a program writes there does not reach the root. Libraries are not run: they need a session of
// Windows Installer, and Wine's would be another one. Exit codes are the lower 8 bits, which is all that a host tells.
import { createHash } from 'node:crypto'
import { cpSync, existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { foldCase } from '../../base/index.ts'
import type { ForeignProgram, ForeignRunner } from '../../engine/index.ts'
import type { NodePlatform } from '../../node/index.ts'
import type { ProgramResult } from '../../platform/index.ts'
import { CommandError } from '../program/errors.ts'

/** Making a prefix takes Wine some fifteen seconds on an idle machine. */
const makingMs = 300_000
const registryFiles = ['system.reg', 'user.reg', 'userdef.reg', '.update-timestamp']
/** No dialogs about missing parts, and no menus of the host's desktop. */
const quiet = { WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree=;mshtml=;winemenubuilder.exe=' }

/** @throws CommandError ERROR_NOT_FOUND when there is no Wine */
export function wineRunner(platform: NodePlatform): ForeignRunner {
  const wine = findOnPath('wine')
  if (wine === undefined) throw new CommandError('ERROR_NOT_FOUND', '--wine: expected the program wine on the path, found none', 'Install Wine, or leave out --wine.')
  let prefix: Promise<Prefix> | undefined
  return {
    name: 'Wine',
    async runProgram(program) {
      prefix ??= openPrefix(wine, platform, program.signal)
      try {
        return await run(wine, platform, await prefix, program)
      } catch (error) {
        prefix = undefined
        return { outcome: 'not-started', exitCode: 0, output: '', problem: `Wine: ${error instanceof Error ? error.message : String(error)}` }
      }
    },
    async ownProgram(windowsPath) {
      prefix ??= openPrefix(wine, platform)
      try {
        return programOfWine((await prefix).folder, windowsPath)
      } catch {
        prefix = undefined
        // Running it will say what is wrong with Wine.
        return windowsPath
      }
    },
  }
}

export function findOnPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '').map((folder) => join(folder, name)).find((path) => existsSync(path))
}

interface Prefix {
  readonly folder: string
  /** Folders of the root's drive that the prefix's drive C leads to, folded. */
  readonly linked: ReadonlySet<string>
}

async function run(wine: string, platform: NodePlatform, { folder, linked }: Prefix, { hostPath, windowsPath, args, workingDirectory, timeLimitMs, signal, letGo }: ForeignProgram): Promise<ProgramResult> {
  const [drive, first] = windowsPath.split('\\')
  const seen = drive?.toUpperCase() === 'C:' && linked.has(foldCase(first ?? ''))
  const result = await platform.processes.run({
    file: wine, args: [hostPath === undefined || seen ? windowsPath : hostPath, ...args], environment: { ...quiet, WINEPREFIX: folder }, timeLimitMs, ...(letGo === undefined ? {} : { letGo }),
    ...(workingDirectory === undefined ? {} : { workingDirectory }), ...(signal === undefined ? {} : { signal }),
  })
  const left = entries(join(folder, 'drive_c')).filter(({ isLink, name }) => !isLink && name !== 'windows').map(({ name }) => name)
  return left.length === 0 ? result : { ...result, output: `${result.output}\nNot in the root, but in the prefix that Wine ran it in (${folder}): ${left.map((name) => `C:\\${name}`).join(', ')}` }
}

/** Made once, and led to the root's folders each time. */
async function openPrefix(wine: string, platform: NodePlatform, signal?: AbortSignal): Promise<Prefix> {
  const store = join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'msikit', 'wine')
  const base = await madeBase(wine, platform, store, signal)
  const root = platform.files.hostPath('C:\\')
  if (root === undefined) throw new Error('the root has no drive C on this host')
  const folder = join(store, createHash('sha256').update(root).digest('hex').slice(0, 16))
  const drive = join(folder, 'drive_c')
  for (const path of [drive, join(folder, 'dosdevices')]) mkdirSync(path, { recursive: true })
  for (const name of registryFiles) if (!existsSync(join(folder, name)) && existsSync(join(base, name))) cpSync(join(base, name), join(folder, name))
  link('../drive_c', join(folder, 'dosdevices', 'c:'))
  link('/', join(folder, 'dosdevices', 'z:'))
  link(join(base, 'drive_c', 'windows'), join(drive, 'windows'))
  const wanted = entries(root).filter(({ name, isFolder }) => isFolder && foldCase(name) !== 'WINDOWS' && foldCase(name) !== 'CONFIG.MSI').map(({ name }) => name)
  for (const { name, isLink } of entries(drive)) if (isLink && name !== 'windows' && !wanted.includes(name)) rmSync(join(drive, name))
  for (const name of wanted) link(join(root, name), join(drive, name))
  return { folder, linked: new Set(wanted.map(foldCase)) }
}

/** A name alone, or a path in the Windows folder; without `.exe` too. Folders of 32-bit programs are taken for those of 64-bit ones: Wine may have no others. */
function programOfWine(prefix: string, windowsPath: string): string | undefined {
  const [, folder = '', name = ''] = /^(?:(.*)\\)?([^\\]*)$/.exec(foldCase(windowsPath)) ?? []
  if (folder !== '' && !/^C:\\WINDOWS(\\|$)/.test(folder)) return undefined
  for (const place of ['windows\\system32', 'windows']) {
    const found = entries(join(prefix, 'drive_c', ...place.split('\\'))).find((entry) => [name, `${name}.EXE`].includes(foldCase(entry.name)))
    if (found !== undefined && foldCase(found.name).endsWith('.EXE')) return `C:\\${place}\\${found.name}`
  }
  return undefined
}

async function madeBase(wine: string, platform: NodePlatform, store: string, signal: AbortSignal | undefined): Promise<string> {
  const base = join(store, 'base')
  if (registryFiles.every((name) => existsSync(join(base, name)))) return base
  mkdirSync(store, { recursive: true })
  const result = await platform.processes.run({ file: wine, args: ['wineboot', '--init'], environment: { ...quiet, WINEPREFIX: base }, timeLimitMs: makingMs, ...(signal === undefined ? {} : { signal }) })
  // The registry is written when the last program of the prefix has ended.
  const server = findOnPath('wineserver')
  if (server !== undefined) await platform.processes.run({ file: server, args: ['-w'], environment: { WINEPREFIX: base }, timeLimitMs: makingMs })
  if (!existsSync(join(base, 'system.reg'))) throw new Error(`the prefix ${base} could not be made: ${result.output.slice(-500)}`)
  return base
}

function entries(folder: string): { name: string; isLink: boolean; isFolder: boolean }[] {
  return readdirSync(folder, { withFileTypes: true }).map((entry) => ({ name: entry.name, isLink: entry.isSymbolicLink(), isFolder: entry.isDirectory() }))
}

/** What stands there otherwise was put there by Wine or by us. */
function link(target: string, path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  if (stat?.isSymbolicLink() === true && readlinkSync(path) === target) return
  if (stat !== undefined) rmSync(path, { recursive: true })
  symlinkSync(target, path)
}
