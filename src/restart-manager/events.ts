// What Windows' Restart Manager writes to the event log, told to whoever listens: the numbers are those of the provider
// Microsoft-Windows-RestartManager. 10008 (internal error) and 10009 (tagging of services) have no counterpart here.
import type { Application } from './types.ts'

export interface RestartManagerEvent {
  readonly id: 10000 | 10001 | 10002 | 10003 | 10004 | 10005 | 10006 | 10007 | 10010
  readonly level: 'information' | 'warning' | 'error'
  readonly text: string
}

export type EventListener = (event: RestartManagerEvent) => void

type Named = Pick<Application, 'name' | 'process'>

export const sessionEvent = {
  starting: (slot: number, startedMs: number) => information(10000, `Starting session ${slot} - ${utc(startedMs)}.`),
  ending: (slot: number, startedMs: number) => information(10001, `Ending session ${slot} started ${utc(startedMs)}.`),
  shuttingDown: ({ name }: Named) => information(10002, `Shutting down application or service '${name}'.`),
  restarting: ({ name }: Named) => information(10003, `Restarting application or service '${name}'.`),
  registering: (files: number, processes: number, services: number) =>
    information(10004, `Registering ${files} file(s), ${processes} process(es), ${services} service(s).`),
  restartOfMachine: (applications: readonly Named[]) => information(10005, `Machine restart is required.${listed(applications)}`),
  notShutDown: ({ name }: Named) => ({ id: 10006, level: 'error', text: `Application or service '${name}' could not be shut down.` }),
  notRestarted: ({ name }: Named) => ({ id: 10007, level: 'error', text: `Application or service '${name}' could not be restarted.` }),
  cannotBeRestarted: ({ name, process }: Named, why: string) =>
    ({ id: 10010, level: 'warning', text: `Application '${name}' (pid ${process.pid}) cannot be restarted - ${why}.` }),
} as const satisfies Record<string, (...args: never[]) => RestartManagerEvent>

function information<Id extends RestartManagerEvent['id']>(id: Id, text: string): RestartManagerEvent & { readonly id: Id } {
  return { id, level: 'information', text }
}

function listed(applications: readonly Named[]): string {
  return applications.length === 0 ? '' : ` Applications: ${applications.map(({ name, process }) => `${name} (pid ${process.pid})`).join(', ')}.`
}

function utc(ms: number): string {
  return new Date(ms).toISOString()
}
