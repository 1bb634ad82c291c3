// A command that is a family of commands: `msikit cab list`. Each of them declares itself as a command of its own.
import { twoColumns } from '../terminal/columns.ts'
import type { Host } from './command.ts'
import { usageStatus } from './exit-status.ts'
import { nearest } from './nearest.ts'
import type { CommandRunner } from './run-command.ts'

export interface CommandFamily {
  readonly name: string
  /** Its first line of help. */
  readonly about: string
  readonly commands: Readonly<Record<string, { readonly about: string; readonly run: CommandRunner }>>
  readonly examples: readonly (readonly [line: string, about: string])[]
}

export function familyRunner(family: CommandFamily): CommandRunner {
  return async ([name, ...rest], host) => {
    if (name === undefined || name === '--help' || name === '-h') return showHelp(family, name === undefined, host)
    const command = Object.hasOwn(family.commands, name) ? family.commands[name] : undefined
    if (command !== undefined) return command.run(rest, host)
    const close = nearest(name, Object.keys(family.commands))
    host.err.line(`msikit ${family.name}: unknown command "${name}"${close === undefined ? '' : `; did you mean ${close}?`}\n\`msikit ${family.name} --help\` lists the commands.`)
    host.err.flush()
    return usageStatus
  }
}

function showHelp({ name, about, commands, examples }: CommandFamily, asMistake: boolean, host: Host): number {
  const output = asMistake ? host.err : host.out
  output.line([
    `${about}\n`, `Usage: msikit ${name} <command> [options]\n`, 'Commands:',
    `${twoColumns(Object.entries(commands).map(([command, one]) => [command, one.about]))}\n`, 'Examples:',
    ...examples.map(([line, what]) => `  ${line}\n      ${what}`), `\n\`msikit ${name} <command> --help\` tells all about one.`,
  ].join('\n'))
  output.flush()
  return asMistake ? usageStatus : 0
}
