// Options that several `msikit rm` commands have, and the Restart Manager they work with.
import { basename } from 'node:path'
import { createHostRestartManager } from '../../node/index.ts'
import type { Application, ApplicationList, RestartManager, Session, TimeLimits } from '../../restart-manager/index.ts'
import type { CommandInput, Host, OptionSpec } from '../program/command.ts'
import { UsageError } from '../program/errors.ts'

export const closingOptions: Readonly<Record<string, OptionSpec>> = {
  yes: { short: 'y', about: 'Close without asking' },
  'dry-run': { short: 'n', about: 'Show who would be closed, and change nothing' },
  keep: { value: 'NAME|PID', many: true, about: 'Do not close this one' },
  force: { about: 'Kill what does not end in time' },
  'only-registered': { about: 'Close nothing unless everything has registered for a restart' },
  timeout: { value: 'SECONDS', about: 'How long programs are given to end (30)' },
  'other-sessions': { about: "Close programs of other users' logins too" },
}

export const unregisteredOption: OptionSpec = { value: 'WHAT', choices: ['relaunch', 'leave'], about: 'What becomes of programs that have not registered for a restart' }

export function restartManager(): RestartManager {
  return createHostRestartManager()
}

export function unregistered(input: CommandInput, otherwise: 'relaunch' | 'leave'): 'relaunch' | 'leave' {
  return (input.value('unregistered') ?? otherwise) as 'relaunch' | 'leave'
}

export function timeLimits(input: CommandInput): Partial<TimeLimits> {
  const text = input.value('timeout')
  if (text === undefined) return {}
  const seconds = Number(text)
  if (!(seconds >= 0) || text.trim() === '') throw new UsageError(`option --timeout: expected a number of seconds, found "${text}"`)
  const ms = seconds * 1000
  return { windowMs: ms, consoleMs: ms, serviceMs: ms }
}

/** Exempts what --keep names, and lists again if that changed anything. */
export async function keep(session: Session, list: ApplicationList, names: readonly string[]): Promise<ApplicationList> {
  const kept = new Set<Application>()
  for (const name of names) {
    const matching = list.applications.filter((application) => isCalled(application, name))
    if (matching.length === 0) throw new UsageError(`option --keep: nobody in the list is called "${name}"`)
    for (const application of matching) kept.add(application)
  }
  for (const { serviceName, process } of kept) await session.addFilter(serviceName === '' ? { process } : { service: serviceName }, 'noShutdown')
  return kept.size === 0 ? list : session.list()
}

/** Whoever asks is told of the others: this process is gone when the answer is read. */
export function withoutSelf(list: ApplicationList): ApplicationList {
  const others = list.applications.filter(({ process: { pid } }) => pid !== process.pid)
  return { ...list, applications: others, rebootReasons: [...new Set(others.flatMap(({ rebootReasons }) => rebootReasons))] }
}

function isCalled({ name, executable, serviceName, processes }: Application, wanted: string): boolean {
  if (/^\d+$/.test(wanted)) return processes.some(({ pid }) => pid === Number(wanted))
  return [name, executable, executable === undefined ? undefined : basename(executable), serviceName, serviceName.replace(/\.service$/, '')].includes(wanted)
}

/** Of a terminal alone: elsewhere it would be noise. */
export function progressOn(host: Host, what: string): { onProgress?: (percent: number) => void } {
  if (!process.stderr.isTTY) return {}
  return {
    onProgress(percent) {
      const filled = Math.round(percent / 5)
      host.err.write(`\r${what} [${'#'.repeat(filled)}${' '.repeat(20 - filled)}] ${percent}%${percent === 100 ? '\n' : ''}`)
      host.err.flush()
    },
  }
}
