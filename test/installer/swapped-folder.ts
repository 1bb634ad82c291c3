// An installation on disk in whose middle a folder of the root becomes a link that leads out of it: before a chosen
// change a folder on the way to it is moved, and a link to a folder outside takes its place.
import { chmodSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { configureProduct, installPackage } from 'msikit/engine'
import type { Platform } from 'msikit/platform'
import { aPackage, interceptPlatform } from '../../dist/testing/index.js'
import { folderDigest } from '../folder-digest.ts'
import { HostStage } from './host-stage.ts'

export interface Swap {
  readonly command: 'install' | 'repair' | 'uninstall'
  /** The change before which it happens, from 0. */
  readonly change: number
  /** How many folders above what is changed. */
  readonly above: number
  /** The link leads to another folder outside, or to the folder itself, which is outside now. */
  readonly to: 'another' | 'itself'
}

export interface SwapResult {
  /** False when there are not so many changes, or not so many folders. */
  readonly happened: boolean
  readonly exitCode: number
  /** How many changes it made or tried. */
  readonly changes: number
  /** What lies outside, when the swap had happened and at the end. */
  readonly before: Map<string, string>
  readonly after: Map<string, string>
}

function examplePackage(): ReturnType<typeof aPackage> {
  const builder = aPackage()
  const at = builder.folder('ProgramFilesFolder\\Example')
  const main = builder.feature('Main')
  main.file(at, 'data.txt', 'data', { key: 'data' }).registry('HKLM', 'Software\\Example', 'Name', 'value')
    .row('IniFile', { IniFile: 'i', FileName: 'example.ini', DirProperty: null, Section: 's', Key: 'k', Value: 'v', Action: 0 })
    .row('DuplicateFile', { FileKey: 'd', File_: 'data', DestName: 'copy.txt', DestFolder: null })
    .row('RemoveFile', { FileKey: 'r', FileName: 'old.txt', DirProperty: 'WindowsFolder', InstallMode: 3 })
    .shortcut(builder.folder('ProgramMenuFolder'), 'Example')
  main.file(at.folder('sub'), 'more.txt', 'more', { key: 'more', readOnly: true })
  return builder
}

/** Folders of the same names as in the root, with files that an installation might take for its own. */
function makeOutside(outside: string): void {
  for (const folder of ['.', 'sub', 'Example/sub', 'config', 'System32/config', 'Installer', 'Config.Msi', 'Microsoft/Windows/Start Menu/Programs', 'user']) mkdirSync(join(outside, folder), { recursive: true })
  for (const name of ['data.txt', 'copy.txt', 'old.txt', 'example.ini', 'sub/more.txt', 'more.txt', 'Example/data.txt', 'Example/sub/more.txt', 'SOFTWARE', 'config/SOFTWARE', 'NTUSER.DAT', 'user/NTUSER.DAT']) {
    writeFileSync(join(outside, name), `theirs: ${name}`)
    if (name.endsWith('more.txt')) chmodSync(join(outside, name), 0o444)
  }
}

export async function swapInTheMiddle({ command, change, above, to }: Swap): Promise<SwapResult> {
  using stage = new HostStage()
  const outside = join(stage.folder, 'outside')
  makeOutside(outside)
  mkdirSync(join(stage.root, 'Windows'), { recursive: true })
  writeFileSync(join(stage.root, 'Windows', 'old.txt'), 'old')
  const path = stage.add(examplePackage())
  const product = command === 'install' ? '' : (await stage.install(path)).productCode
  let count = 0
  let before: Map<string, string> | undefined
  const swap = (windowsPath: string): void => {
    let folder = stage.platform.files.hostPath(windowsPath) ?? stage.root
    for (let level = 0; level <= above; level++) folder = dirname(folder)
    if (!existsSync(folder) || relative(stage.root, folder).startsWith('..') || folder === stage.root) return
    const moved = to === 'itself' ? join(outside, 'moved') : join(stage.root, 'moved')
    renameSync(folder, moved)
    symlinkSync(to === 'itself' ? moved : outside, folder)
    // For two milliseconds a held folder is believed to be where it was.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 3)
    before = folderDigest(outside)
  }
  const platform: Platform = interceptPlatform(stage.platform, (call, proceed) => {
    if (call.changes && call.port === 'files' && count++ === change) swap(String(call.args[0]))
    return proceed()
  })
  const { exitCode } = command === 'install' ? await installPackage(platform, { package: path, durability: 'process-end' })
    : await configureProduct(platform, product, { durability: 'process-end', ...(command === 'repair' ? { properties: { REINSTALL: 'ALL', REINSTALLMODE: 'amus' } } : { properties: { REMOVE: 'ALL' } }) })
  const after = folderDigest(outside)
  return { happened: before !== undefined, exitCode, changes: count, before: before ?? after, after }
}
