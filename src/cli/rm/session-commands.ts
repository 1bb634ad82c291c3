// `msikit rm start`, `sessions`, `join`, `register`, `shutdown`, `restart`, `end`: one session over several commands. It belongs to
// the shell that started it, lives as long as that does, and is at the command of what that shell starts.
import { HostProcesses } from '../../node/index.ts'
import type { ProcessIdentity } from '../../platform/index.ts'
import { CommandError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { tableLines } from '../terminal/columns.ts'
import { closeUsers } from './close.ts'
import { closingOptions, progressOn, restartManager, unregistered, unregisteredOption } from './options.ts'
import { expandFiles, parsePid } from './resources.ts'
import { applicationJson, applicationLines } from './show.ts'

const key = { name: 'KEY', about: 'The key of the session, as `msikit rm start` printed it' }

export const start = commandRunner({
  name: 'rm start',
  summary: 'Start a session and print its key',
  about: 'The session lasts as long as the shell that this command was started from, or the process that --owner names.',
  arguments: [],
  options: { owner: { value: 'PID', about: 'The process that the session belongs to' }, 'other-sessions': closingOptions['other-sessions']! },
  examples: [['key=$(msikit rm start)', 'In a script']],
  run: async (input, { out }) => {
    const given = input.value('owner')
    const owner = given === undefined ? callingShell() : new HostProcesses().identify(parsePid(given))
    if (!owner) throw new CommandError('ERROR_NOT_FOUND', `no process has the number ${given ?? process.ppid}`)
    const session = await restartManager().startSession({ owner, otherSessions: input.has('other-sessions') ? 'allow' : 'refuse' })
    if (input.json) out.json({ key: session.key, owner })
    else out.line(session.key)
    return 0
  },
})

/** A shell forks for `$(…)`: such a copy of itself runs the same command line and is gone too soon. */
function callingShell(): ProcessIdentity | undefined {
  const processes = new HostProcesses()
  const ancestors = processes.ancestors(processes.self())
  const lines = ancestors.map(({ pid }) => processes.commandLine(pid))
  let index = 0
  while (index + 1 < ancestors.length && lines[index] !== '' && lines[index] === lines[index + 1]) index++
  return ancestors[index]
}

export const sessions = commandRunner({
  name: 'rm sessions',
  summary: 'The sessions of this user',
  arguments: [],
  options: {},
  examples: [['msikit rm sessions', 'Number, owner and age of each']],
  run: async (input, { out }) => {
    const found = await restartManager().sessions()
    if (input.json) out.json(found)
    else if (found.length === 0) out.line('There are no sessions.')
    else {
      const rows = found.map(({ slot, owner, startedMs, abandoned }) =>
        [String(slot), String(owner.pid), new Date(startedMs).toISOString().slice(0, 19).replace('T', ' '), abandoned ? 'its owner has ended' : ''])
      for (const line of tableLines(['Session', 'Owner', 'Started (UTC)', 'Notes'], rows)) out.line(line)
    }
    return 0
  },
})

const resourceOptions = {
  file: { short: 'f', value: 'FILE', many: true, about: 'A file, a pattern, or a directory for all the files in it' },
  process: { short: 'p', value: 'PID', many: true, about: 'A process' },
  service: { short: 's', value: 'NAME', many: true, about: 'A service' },
} as const

function participation(name: 'join' | 'register', summary: string) {
  return commandRunner({
    name: `rm ${name}`, summary, arguments: [key], options: resourceOptions,
    about: 'Any process of the same user that knows the key may do this, such as a custom action of an installation.',
    examples: [[`msikit rm ${name} "$key" --file /opt/app/plugin.so --service app`, 'Say what will be replaced']],
    run: async (input, { out }) => {
      const session = await restartManager().joinSession(input.positionals[0]!)
      const resources = { files: expandFiles(input.values('file')), processes: input.values('process').map(parsePid), services: input.values('service') }
      await session.register(resources)
      await session.end()
      if (input.json) out.json({ files: resources.files.length, processes: resources.processes.length, services: resources.services.length })
      return 0
    },
  })
}

export const join = participation('join', 'Join a session, to see that the key is right or to register resources')
export const register = participation('register', 'Register files, processes and services with a session')

export const shutdown = commandRunner({
  name: 'rm shutdown',
  summary: 'Close what uses the resources of a session',
  arguments: [key],
  options: closingOptions,
  examples: [['msikit rm shutdown "$key" --yes', 'In a script'], ['msikit rm shutdown "$key" --dry-run', 'Who would be closed']],
  run: async (input, host) => {
    const session = await restartManager().resumeSession(input.positionals[0]!)
    const outcome = await closeUsers(session, input, host)
    if (outcome && input.json) host.out.json(outcome.applications.map(applicationJson))
    return 0
  },
})

export const restart = commandRunner({
  name: 'rm restart',
  summary: 'Start again what a session has closed',
  arguments: [key],
  options: { unregistered: { ...unregisteredOption, about: `${unregisteredOption.about} (leave)` } },
  examples: [['msikit rm restart "$key" --unregistered relaunch', 'Everything that was closed']],
  run: async (input, host) => {
    const session = await restartManager().resumeSession(input.positionals[0]!)
    const { applications } = await session.restart({ unregistered: unregistered(input, 'leave'), ...(input.json ? {} : progressOn(host, 'Starting')) })
    if (input.json) host.out.json(applications.map(applicationJson))
    else for (const line of applicationLines(applications)) host.out.line(line)
    return 0
  },
})

export const end = commandRunner({
  name: 'rm end',
  summary: 'End a session',
  about: 'What it has closed and not started again stays closed.',
  arguments: [key],
  options: {},
  examples: [['msikit rm end "$key"', 'In a script']],
  run: async (input, { out }) => {
    await (await restartManager().resumeSession(input.positionals[0]!)).end()
    if (input.json) out.json({ ended: true })
    return 0
  },
})
