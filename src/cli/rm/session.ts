// What the subcommands of `msikit rm` share: resources from the command line, sessions, and how applications are shown.
import { readdirSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createHostRestartManager } from '../../node/index.ts'
import { RestartManagerError, type Application, type ApplicationList, type Resources, type Session } from '../../restart-manager/index.ts'
import { tableLines } from '../columns.ts'
import type { CommandInput, Host, OptionSpec } from '../command.ts'
import { UsageError } from '../errors.ts'

export const resourceOptions: Readonly<Record<string, OptionSpec>> = {
  process: { short: 'p', value: 'PID', about: 'A process that is to be closed; may be given several times', many: true },
  service: { value: 'NAME', about: 'A service that is to be stopped; may be given several times', many: true },
}
export const sessionOption: OptionSpec = { short: 's', value: 'KEY', about: 'Use the session that `msikit rm start` opened, instead of one for this command' }
export const filesArgument = { name: 'FILE', about: 'Files that are going to be replaced; a folder stands for the files in it', count: 'any' } as const

/** @param files of the command line; folders are expanded. */
export function resourcesOf(input: CommandInput, files: readonly string[]): Required<Pick<Resources, 'files' | 'processes' | 'services'>> {
  return {
    files: files.flatMap((file) => filesBelow(resolve(file))),
    processes: input.values('process').map((text) => {
      if (!/^[1-9]\d{0,9}$/.test(text)) throw new UsageError(`option --process: expected a process number, found "${text}"`)
      return Number(text)
    }),
    services: [...input.values('service')],
  }
}

export function hasResources({ files, processes, services }: ReturnType<typeof resourcesOf>): boolean {
  return files.length + processes.length + services.length > 0
}

/** Files need not exist. Links are not followed into folders. */
function filesBelow(path: string): string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** The session of --session, or one that ends with the work; resources of the command line are registered in it. */
export async function withSession<T>(input: CommandInput, work: (session: Session) => Promise<T>): Promise<T> {
  const manager = createHostRestartManager()
  const key = input.value('session')
  const resources = resourcesOf(input, input.positionals)
  if (key === undefined && !hasResources(resources)) throw new UsageError('expected FILE, --process or --service (what is used), or --session KEY, found nothing')
  const session = key === undefined ? await manager.startSession() : await manager.resumeSession(key)
  try {
    if (hasResources(resources)) await session.register(resources)
    return await work(session)
  } finally {
    if (key === undefined) await session.end()
  }
}

/** The percentage on one line of the terminal. */
export function showProgress({ err }: Host, what: string): { readonly onProgress?: (percent: number) => void; done(): void } {
  if (!process.stderr.isTTY) return { done: () => {} }
  const draw = (text: string): void => {
    err.write(`\r\x1b[K${text}`)
    err.flush()
  }
  return { onProgress: (percent) => draw(`${what} ${percent}%`), done: () => draw('') }
}

/** Ctrl-C cancels. */
export function cancelSignal(): { readonly signal: AbortSignal } & Disposable {
  const controller = new AbortController()
  const stop = (): void => { controller.abort(new Error('cancelled')) }
  process.once('SIGINT', stop)
  return { signal: controller.signal, [Symbol.dispose]: () => { process.removeListener('SIGINT', stop) } }
}

export function printApplications(applications: readonly Application[], { out }: Host): void {
  const rows = applications.map((application) => [
    String(application.process.pid), application.name, application.serviceName === '' ? application.type : `service ${application.serviceName}`,
    application.status.join(', '), application.restartedAs === undefined ? '' : `as ${application.restartedAs.pid}`,
    [...application.rebootReasons, ...(application.restartable ? ['restartable'] : [])].join(', '), application.files.map(({ path }) => shownPath(path)).join(' '),
  ])
  const header = ['Process', 'Name', 'Type', 'Status', 'Restarted', 'Remarks', 'Files']
  const used = header.map((_, column) => column < 4 || rows.some((row) => row[column] !== ''))
  const keep = (row: readonly string[]): string[] => row.filter((_, column) => used[column])
  for (const line of tableLines(keep(header), rows.map(keep))) out.line(line)
}

export function printRemarks({ rebootReasons, blind, possible, warnings }: Omit<ApplicationList, 'applications'>, { err }: Host): void {
  if (rebootReasons.length > 0) err.line(`a restart of the machine would be needed: ${rebootReasons.join(', ')}`)
  // This very process was started with the names of the files.
  for (const { process: one, path, why } of possible) if (one.pid !== process.pid) err.line(`note: process ${one.pid} may use ${shownPath(path)}: ${why}`)
  if (blind.length > 0) err.line(`note: ${blind.length} processes could not be looked into, so there may be more; root sees all of them`)
  for (const warning of warnings) err.line(`note: ${warning}`)
  err.flush()
}

function shownPath(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString('latin1')
}

/** Shows how the applications stand when closing or starting failed; the error itself goes on. */
export function showFailure(error: unknown, host: Host): void {
  if (!(error instanceof RestartManagerError) || error.applications.length === 0) return
  printApplications(error.applications, host)
  host.out.flush()
}
