// A package with a file that programs open and a program that runs, and both at work: for tests of files in use on real processes.
import { chmodSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { PackageBuilder } from 'msikit/authoring'
import type { InstallOptions, InstallResult } from 'msikit/engine'
import { HostProcesses } from 'msikit/node'
import type { ProcessFacts, ProcessIdentity } from 'msikit/platform'
import { createRestartManager, type RestartManager } from 'msikit/restart-manager'
import { aPackage } from '../../dist/testing/index.js'
import { HostStage } from './host-stage.js'

export const onLinux = process.platform === 'linux' ? {} : { skip: 'who holds a file is found out through /proc' }
export const folder = 'C:\\Program Files (x86)\\Example'
export const policies = 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer'
export const fallback = 'Windows Installer will use the built-in FilesInUse functionality.'
export const repository = resolve(import.meta.dirname, '../..')
/** Types of messages, and answers. */
export const [user, filesInUse, rmFilesInUse] = [0x03, 0x05, 0x19] as const
export const [ok, cancel, abort, retry, ignore, no] = [1, 2, 3, 4, 5, 7] as const

/** Facts of some processes are others. */
export class PlayedProcesses extends HostProcesses {
  readonly played = new Map<number, Partial<ProcessFacts>>()

  override async describe(list: readonly ProcessIdentity[]): Promise<readonly (ProcessFacts | undefined)[]> {
    return (await super.describe(list)).map((known) => known && { ...known, ...this.played.get(known.identity.pid) })
  }
}

/** data.bin, a file that programs open, and app.exe, a program that runs. */
export function example(version = '2.0.0', { versioned = true } = {}): PackageBuilder {
  const builder = aPackage({ version })
  const place = builder.folder('ProgramFilesFolder').folder('Example')
  builder.feature('Main').file(place, 'data.bin', `data of ${version}`, versioned ? { version: `${version}.0` } : {})
  builder.feature('Program').file(place, 'app.exe', `app of ${version}`, { version: `${version}.0` })
  return builder
}

export function occupy(stage: HostStage): void {
  for (const path of ['C:\\Program Files (x86)', folder]) stage.platform.files.createDirectory(path)
  writeFileSync(dataOf(stage), 'old data')
  // Written in the moment of its making it would now and then count as changed by a user, and be kept.
  utimesSync(dataOf(stage), 1e9, 1e9)
}

export const dataOf = (stage: HostStage): string => join(stage.path(folder), 'data.bin')
const appOf = (stage: HostStage): string => join(stage.path(folder), 'app.exe')

/** Holds data.bin open; what it does with signals can be said. (One that comes just before the read is heeded just after it.) */
export function holdData(stage: HostStage, trap = ''): Promise<ProcessIdentity> {
  const program = stage.beside('holder')
  writeFileSync(program, `#!/bin/bash\n${trap}\nexec 9<"$1" 8<> <(:)\nwait $!\necho ready\nwhile :; do read -r -t 0.1 -u 8; done\n`, { mode: 0o755 })
  return stage.start(program, [dataOf(stage)])
}

/** Runs app.exe itself. */
export function runApp(stage: HostStage): Promise<ProcessIdentity> {
  writeFileSync(appOf(stage), readFileSync('/bin/bash'))
  chmodSync(appOf(stage), 0o755)
  utimesSync(appOf(stage), 1e9, 1e9)
  return stage.start(appOf(stage), ['-c', 'exec 8<> <(:); wait $!; echo ready; read -r -u 8'])
}

export async function install(stage: HostStage, options: InstallOptions = {}, change: (builder: PackageBuilder) => void = () => {}): Promise<InstallResult> {
  const builder = example()
  change(builder)
  return stage.install(stage.add(builder), options)
}

/** Its time limits are short. */
export function impatient(stage: HostStage): RestartManager {
  const manager = createRestartManager(stage.platform)
  return { ...manager, startSession: async (options) => {
    const session = await manager.startSession(options)
    const shutdown = session.shutdown.bind(session)
    session.shutdown = (more) => shutdown({ ...more, limits: { queryMs: 300, windowMs: 300, consoleMs: 300, serviceMs: 300, respawnMs: 100 } })
    return session
  } }
}

/** Without what depends on the other processes of this machine. */
export const restartManagerLines = (stage: { readonly log: readonly string[] }): string[] =>
  stage.log.filter((line) => line.startsWith('RESTART MANAGER: ') && !/processes could not be examined|Process \d+ may hold/.test(line)).map((line) => line.slice('RESTART MANAGER: '.length))
export const has = (stage: { readonly log: readonly string[] }, part: string): boolean => stage.log.some((line) => line.includes(part))
export const clientSucceeded = 'Successfully shut down all applications that held files in use.'
export const succeeded = 'Successfully shut down all applications in the service\'s session that held files in use.'
