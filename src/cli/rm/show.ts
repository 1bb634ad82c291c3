// Applications as the terminal shows them.
import type { Application, ApplicationList } from '../../restart-manager/index.ts'
import { counted, tableLines } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'

const typeNames: Readonly<Record<Application['type'], string>> = {
  unknown: 'unknown', mainWindow: 'window', otherWindow: 'window', service: 'service', explorer: 'shell', console: 'program', critical: 'critical',
}

export function showList(list: ApplicationList, files: number, out: Output): void {
  if (list.applications.length === 0) out.line(list.blind.length === 0 ? `Nobody uses ${files === 1 ? 'it' : 'them'}.` : 'No user was found.')
  else for (const line of applicationLines(list.applications)) out.line(line)
  for (const { process, path, why } of list.possible) out.line(`Perhaps also process ${process.pid} uses ${showName(path)}: ${why}.`)
  for (const warning of list.warnings) out.line(`Note: ${warning}.`)
  for (const { name, why } of list.blind.filter(({ pid }) => pid === 0)) out.line(`${name}: ${why}.`)
  const unseen = list.blind.filter(({ pid }) => pid > 0)
  if (unseen.length > 0) out.line(blindLine(unseen))
}

export function applicationLines(applications: readonly Application[]): string[] {
  const rows = applications.map((application) => [
    String(application.process.pid), typeNames[application.type], application.name, filesOf(application), application.restartable ? 'yes' : 'no',
    application.notes.join('; '),
  ])
  return tableLines(['Process', 'Kind', 'Name', 'Uses', 'Restarts', 'Notes'], rows)
}

/** As many names as a line bears. */
function filesOf({ files }: Application): string {
  const shown = files.slice(0, 2).map(({ path, use }) => `${showName(path)} (${use})`)
  return files.length > 2 ? `${shown[0]} and ${files.length - 1} more` : shown.join(', ')
}

function showName(path: string | Uint8Array): string {
  return typeof path === 'string' ? path : Buffer.from(path).toString()
}

function blindLine(blind: ApplicationList['blind']): string {
  const names = blind.slice(0, 3).map(({ pid, name }) => `${name} (${pid})`).join(', ')
  const more = blind.length > 3 ? ', …' : ''
  return `${counted(blind.length, 'process', 'processes')} could not be looked into: ${names}${more}${process.geteuid?.() === 0 ? '' : '. The administrator sees more'}.`
}

/** What the JSON form prints: everything the library knows. */
export function listJson(list: ApplicationList): object {
  return {
    ...list, possible: list.possible.map(({ process, path, why }) => ({ process, path: showName(path), why })),
    applications: list.applications.map(applicationJson),
  }
}

export function applicationJson(application: Application): object {
  return { ...application, files: application.files.map(({ path, use }) => ({ path: showName(path), use })) }
}
