// `msikit <command> …`: picks the command and hands it the rest. Loads nothing else.
import { twoColumns } from '../terminal/columns.ts'
import type { Host } from './command.ts'
import { commands, type CommandEntry } from './command-list.ts'
import { usageStatus } from './exit-status.ts'
import type { CommandModule } from './load-bundle.ts'
import { nearest } from './nearest.ts'

/** Put in by scripts/bundle.mjs. */
declare const MSIKIT_VERSION: string | undefined

/**
 * @param load gives the module of a command that is in the list.
 * @returns the exit status.
 */
export async function main(argv: readonly string[], host: Host, load: (command: CommandEntry) => CommandModule | Promise<CommandModule>): Promise<number> {
  const [name, ...rest] = argv
  if (name === 'help' && rest[0] !== undefined) return main([...rest, '--help'], host, load)
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') return showHelp(name === undefined, host)
  if (name === '--version' || name === '-V' || name === '-v') {
    host.out.line(typeof MSIKIT_VERSION === 'string' ? MSIKIT_VERSION : 'not bundled')
    host.out.flush()
    return 0
  }
  const command = commands.find((one) => one.name === name)
  if (command === undefined) return unknownCommand(name, host)
  const { run } = await load(command)
  return run(rest, host)
}

function showHelp(asMistake: boolean, { out, err }: Host): number {
  const text = ['Windows Installer and Restart Manager for every operating system\n', 'Usage: msikit <command> [options]\n']
  const width = Math.max(...commands.map(({ name }) => name.length))
  for (const group of new Set(commands.map((one) => one.group))) {
    const members = commands.filter((one) => one.group === group)
    text.push(`${group}:`, `${twoColumns(members.map(({ name, summary }) => [name.padEnd(width), summary]))}\n`)
  }
  text.push('`msikit <command> --help` tells all about a command.')
  const output = asMistake ? err : out
  output.line(text.join('\n'))
  output.flush()
  return asMistake ? usageStatus : 0
}

function unknownCommand(name: string, { err }: Host): number {
  const close = nearest(name, commands.map((one) => one.name))
  err.line(`msikit: unknown command "${name}"${close === undefined ? '' : `; did you mean ${close}?`}\n\`msikit --help\` lists the commands.`)
  err.flush()
  return usageStatus
}
