// `msikit rm …`: the Restart Manager on its own.
import { twoColumns } from '../columns.ts'
import type { Host } from '../command.ts'
import { usageStatus } from '../exit-status.ts'
import { nearest } from '../nearest.ts'
import { run as end } from '../rm/end.ts'
import { run as list } from '../rm/list.ts'
import { runJoin, runRegister } from '../rm/register.ts'
import { run as restart } from '../rm/restart.ts'
import { run as runBetween } from '../rm/run.ts'
import { run as sessions } from '../rm/sessions.ts'
import { run as shutdown } from '../rm/shutdown.ts'
import { run as start } from '../rm/start.ts'
import type { CommandRunner } from '../run-command.ts'

const subcommands: Readonly<Record<string, readonly [runner: CommandRunner, summary: string]>> = {
  list: [list, 'Tell which applications use files'],
  run: [runBetween, 'Close them, run a command, start them again'],
  start: [start, 'Open a session and print its key'],
  join: [runJoin, 'Join a session, and register resources in it'],
  register: [runRegister, 'Register resources in a session'],
  shutdown: [shutdown, 'Close the applications that use files'],
  restart: [restart, 'Start again what a session closed'],
  end: [end, 'End a session'],
  sessions: [sessions, 'List the open sessions'],
}

export const run: CommandRunner = async (argv, host) => {
  const [name, ...rest] = argv
  if (name === undefined || name === '--help' || name === '-h') return help(name === undefined, host)
  if (Object.hasOwn(subcommands, name)) return subcommands[name]![0](rest, host)
  const close = nearest(name, Object.keys(subcommands))
  host.err.line(`msikit rm: unknown command "${name}"${close === undefined ? '' : `; did you mean ${close}?`}\n\`msikit rm --help\` lists the commands.`)
  host.err.flush()
  return usageStatus
}

function help(asMistake: boolean, { out, err }: Host): number {
  const output = asMistake ? err : out
  output.line([
    'Restart Manager: replace files under running programs\n',
    'Usage: msikit rm <command> [options]\n',
    'Finds the applications that use files, closes them in an orderly way, and starts them again when the files were replaced.\n',
    twoColumns(Object.entries(subcommands).map(([name, [, summary]]) => [name, summary] as const)),
    '\nExamples:',
    '  msikit rm list ./app/server\n      Who uses the file',
    '  msikit rm run ./app/server -- cp server.new ./app/server\n      Replace it under its running instances',
    '\n`msikit rm <command> --help` tells all about a command.',
  ].join('\n'))
  output.flush()
  return asMistake ? usageStatus : 0
}
