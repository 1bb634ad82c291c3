// `msikit rm register-restart`, which is RegisterApplicationRestart for programs that are not written in TypeScript, and
// `msikit rm recover`, which starts what a session left closed whose owner died.
import { HostProcesses } from '../../node/index.ts'
import { RestartFlag, type Recoverable } from '../../restart-manager/index.ts'
import { CommandError } from '../program/errors.ts'
import { commandRunner, type CommandRunner } from '../program/run-command.ts'
import { counted } from '../terminal/columns.ts'
import { confirm } from './ask.ts'
import { flush } from './close.ts'
import { progressOn, restartManager, unregistered, unregisteredOption } from './options.ts'
import { parsePid } from './resources.ts'
import { applicationJson, applicationLines } from './show.ts'

export function registerRestart(args: readonly string[] | undefined): CommandRunner {
  return commandRunner({
    name: 'rm register-restart',
    summary: 'Ask to be started again after having been closed for an update',
    about: 'Registers the program that calls this command. It will be started by its own executable with the arguments after --,\n'
      + 'or without -- with those it has now. For a script the executable is its interpreter.',
    arguments: [],
    options: {
      process: { short: 'p', value: 'PID', about: 'Another process than the caller' },
      flag: { value: 'FLAG', many: true, choices: Object.keys(RestartFlag), about: 'When not to' },
      remove: { about: 'Take the registration back' },
    },
    rest: '[-- ARGUMENT…]',
    examples: [['msikit rm register-restart -- "$0" --resume', 'In a script: run it again by its interpreter']],
    run: async (input) => {
      const pid = input.value('process') === undefined ? process.ppid : parsePid(input.value('process')!)
      const caller = new HostProcesses().identify(pid)
      if (!caller) throw new CommandError('ERROR_NOT_FOUND', `no process has the number ${pid}`)
      const manager = restartManager()
      if (input.has('remove')) await manager.unregisterApplicationRestart(caller)
      else await manager.registerApplicationRestart({ process: caller, flags: input.values('flag') as (keyof typeof RestartFlag)[], ...(args ? { args } : {}) })
      return 0
    },
  })
}

export const recover = commandRunner({
  name: 'rm recover',
  summary: 'Start what a session left closed whose owner died',
  arguments: [{ name: 'ID', about: 'One of them; otherwise all', count: 'optional' }],
  options: {
    yes: { short: 'y', about: 'Start without asking' },
    'dry-run': { short: 'n', about: 'Show what would be started' },
    unregistered: { ...unregisteredOption, about: `${unregisteredOption.about} (relaunch)` },
  },
  examples: [['msikit rm recover --dry-run', 'What a crashed installation left closed'], ['msikit rm recover --yes', 'Start it again']],
  run: async (input, host) => {
    const manager = restartManager()
    const [id] = input.positionals
    const found = (await manager.recoverable()).filter((one) => id === undefined || one.id === id)
    if (id !== undefined && found.length === 0) throw new CommandError('ERROR_NOT_FOUND', `nothing is left to recover under "${id}"`)
    if (input.json && input.has('dry-run')) host.out.json(found.map((one) => ({ ...one, applications: one.applications.map(applicationJson) })))
    if (!input.json) show(found, host.out)
    flush(host)
    if (input.has('dry-run')) return 0
    const started = []
    const wanted = found.length > 0 && confirm('Start them again?', input.has('yes')) ? found : []
    for (const one of wanted) {
      const { applications } = await manager.recover(one.id, { unregistered: unregistered(input, 'relaunch'), ...progressOn(host, 'Starting') })
      started.push(...applications.map(applicationJson))
    }
    if (input.json) host.out.json(started)
    return 0
  },
})

function show(found: readonly Recoverable[], out: { line(text: string): void }): void {
  if (found.length === 0) out.line('Nothing was left closed.')
  for (const { id, startedMs, applications } of found) {
    out.line(`${id}: ${counted(applications.length, 'application')} closed by a session of ${new Date(startedMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`)
    for (const line of applicationLines(applications)) out.line(`  ${line}`)
  }
}
