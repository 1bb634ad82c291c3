// `msikit rm`: the Restart Manager on the command line. Each of its commands is declared in ../rm/.
import type { Host } from '../program/command.ts'
import { usageStatus } from '../program/exit-status.ts'
import { nearest } from '../program/nearest.ts'
import type { CommandRunner } from '../program/run-command.ts'
import { recover, registerRestart } from '../rm/after.ts'
import { list } from '../rm/list.ts'
import { run as runBetween } from '../rm/run.ts'
import { end, join, register, restart, sessions, shutdown, start } from '../rm/session-commands.ts'
import { twoColumns } from '../terminal/columns.ts'

const commands: Readonly<Record<string, { readonly about: string; readonly run: CommandRunner }>> = {
  list: { about: 'Who uses these files now, or still runs the replaced ones', run: list },
  run: { about: 'Close who uses files, run a command, start them again', run: (argv, host) => withTail(argv, (head, tail) => runBetween(tail ?? [])(head, host)) },
  recover: { about: 'What a crashed installation left closed; start it again', run: recover },
  start: { about: 'Start a session and print its key', run: start },
  sessions: { about: 'The sessions of this user', run: sessions },
  join: { about: 'Join a session', run: join },
  register: { about: 'Register files, processes and services with a session', run: register },
  shutdown: { about: 'Close what uses the resources of a session', run: shutdown },
  restart: { about: 'Start again what a session has closed', run: restart },
  end: { about: 'End a session', run: end },
  'register-restart': { about: 'Ask to be started again after an update', run: (argv, host) => withTail(argv, (head, tail) => registerRestart(tail)(head, host)) },
}

export const run: CommandRunner = async ([name, ...rest], host) => {
  if (name === undefined || name === '--help' || name === '-h') return showHelp(name === undefined, host)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command) return command.run(rest, host)
  const close = nearest(name, Object.keys(commands))
  host.err.line(`msikit rm: unknown command "${name}"${close === undefined ? '' : `; did you mean ${close}?`}\n\`msikit rm --help\` lists the commands.`)
  host.err.flush()
  return usageStatus
}

/** What follows `--` is not this program's to parse. */
function withTail(argv: readonly string[], action: (head: readonly string[], tail: readonly string[] | undefined) => Promise<number>): Promise<number> {
  const split = argv.indexOf('--')
  return split < 0 ? action(argv, undefined) : action(argv.slice(0, split), argv.slice(split + 1))
}

function showHelp(asMistake: boolean, host: Host): number {
  const output = asMistake ? host.err : host.out
  output.line([
    'Restart Manager: who uses files, closing them and starting them again\n', 'Usage: msikit rm <command> [options]\n', 'Commands:',
    `${twoColumns(Object.entries(commands).map(([name, { about }]) => [name, about]))}\n`, 'Examples:',
    '  msikit rm list /usr/lib/libssl.so.3\n      Who would have to be restarted for an update',
    "  msikit rm run --files '/opt/app/**' -- rsync -a new/ /opt/app/\n      Deploy under running programs\n", '`msikit rm <command> --help` tells all about one.',
  ].join('\n'))
  output.flush()
  return asMistake ? usageStatus : 0
}
