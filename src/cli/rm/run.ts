// `msikit rm run`: closes the users of files, runs a command, starts them again. Whatever the command does, and also when it was
// not run because somebody would not be closed, what was closed is started again.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Session } from '../../restart-manager/index.ts'
import type { CommandInput, Host, CommandSpec } from '../program/command.ts'
import { UsageError } from '../program/errors.ts'
import { commandRunner, type CommandRunner } from '../program/run-command.ts'
import { counted } from '../terminal/columns.ts'
import { closeUsers, flush } from './close.ts'
import { closingOptions, progressOn, restartManager, unregistered, unregisteredOption } from './options.ts'
import { expandFiles, parsePid } from './resources.ts'

export function run(command: readonly string[]): CommandRunner {
  return commandRunner(spec(command))
}

function spec(command: readonly string[]): CommandSpec {
  return {
    name: 'rm run',
    summary: 'Close who uses files, run a command, start them again',
    about: 'The exit status is that of the command. When somebody cannot be closed the command is not run: the status is then\n'
      + '94 if nothing was closed, 95 if not everybody ended (351). 96: not everybody could be started again (352).',
    arguments: [{ name: 'FILE', about: 'Files that the command replaces, as with --files', count: 'any' }],
    options: {
      files: { short: 'f', value: 'GLOB', many: true, about: 'Files that the command replaces: names, patterns, directories' },
      process: { short: 'p', value: 'PID', many: true, about: 'Also close this process' },
      service: { short: 's', value: 'NAME', many: true, about: 'Also stop this service' },
      ...closingOptions, unregistered: { ...unregisteredOption, about: `${unregisteredOption.about} (relaunch)` },
    },
    rest: '-- COMMAND [ARGUMENT…]',
    examples: [
      ["msikit rm run --files '/opt/app/**' --yes -- rsync -a new/ /opt/app/", 'Deploy under running programs'],
      ['msikit rm run -f /opt/app/server --keep 4711 -- make install', 'All but one'],
      ['msikit rm run -f data.db --dry-run -- true', 'Who would be closed'],
    ],
    run: (input, host) => runCommand(command, input, host),
  }
}

async function runCommand(command: readonly string[], input: CommandInput, host: Host): Promise<number> {
  if (command.length === 0) throw new UsageError('expected -- and the command to run after it, found nothing')
  const files = expandFiles([...input.values('files'), ...input.positionals])
  await using session = await restartManager().startSession({ otherSessions: input.has('other-sessions') ? 'allow' : 'refuse' })
  await session.register({ files, processes: input.values('process').map(parsePid), services: input.values('service') })
  let outcome
  try {
    outcome = await closeUsers(session, input, host)
  } catch (error) {
    await startAgain(session, input, host).catch(() => {})
    throw error
  }
  if (input.has('dry-run')) return 0
  const status = await execute(command)
  const failed = outcome === undefined ? undefined : await startAgain(session, input, host).then(() => undefined, (error: unknown) => error)
  if (failed !== undefined && status === 0) throw failed
  if (failed !== undefined) host.err.line(`msikit rm run: ${failed instanceof Error ? failed.message : String(failed)}`)
  return status
}

async function startAgain(session: Session, input: CommandInput, host: Host): Promise<void> {
  const { applications } = await session.restart({
    unregistered: unregistered(input, 'relaunch'), ...(input.json ? {} : progressOn(host, 'Starting them again')),
  })
  const started = applications.filter(({ status }) => status.includes('restarted'))
  const left = applications.filter(({ status }) => status.includes('stopped') && !status.includes('restarted'))
  if (!input.json && started.length > 0) host.err.line(`Started again: ${counted(started.length, 'application')} (${started.map(({ name }) => name).join(', ')}).`)
  if (!input.json && left.length > 0) host.err.line(`Left closed: ${left.map(({ name, notes }) => [name, ...notes.slice(-1).map((note) => `(${note})`)].join(' ')).join(', ')}.`)
  flush(host)
}

/**
 * Ctrl-C reaches it from the terminal, other signals are passed on; what must be started again keeps us alive until it has ended.
 */
function execute([file, ...args]: readonly string[]): Promise<number> {
  const child = spawn(file!, args, { stdio: 'inherit' })
  const passOn = (signal: NodeJS.Signals) => { if (signal !== 'SIGINT') child.kill(signal) }
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, passOn)
  return new Promise<number>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      process.stderr.write(`msikit rm run: ${file}: ${error.code === 'ENOENT' ? 'command not found' : error.message}\n`)
      resolve(error.code === 'ENOENT' ? 127 : 126)
    })
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)))
  }).finally(() => { for (const signal of signals) process.removeListener(signal, passOn) })
}
