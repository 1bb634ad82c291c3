// A command that is a group of commands: `msikit transform create …`.
import { twoColumns } from '../terminal/columns.ts'
import type { Host } from './command.ts'
import { usageStatus } from './exit-status.ts'
import { nearest } from './nearest.ts'
import type { CommandRunner } from './run-command.ts'

export interface CommandGroup {
  readonly name: string
  readonly summary: string
  readonly commands: Readonly<Record<string, { readonly about: string; readonly run: CommandRunner }>>
  readonly examples: readonly (readonly [line: string, about: string])[]
}

export function groupRunner(group: CommandGroup): CommandRunner {
  const { name: groupName, commands } = group
  return async ([name, ...rest], host) => {
    if (name === undefined || name === '--help' || name === '-h') return showHelp(group, name === undefined, host)
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (command) return command.run(rest, host)
    const close = nearest(name, Object.keys(commands))
    host.err.line(`msikit ${groupName}: unknown command "${name}"${close === undefined ? '' : `; did you mean ${close}?`}\n\`msikit ${groupName} --help\` lists the commands.`)
    host.err.flush()
    return usageStatus
  }
}

function showHelp({ name, summary, commands, examples }: CommandGroup, asMistake: boolean, host: Host): number {
  const output = asMistake ? host.err : host.out
  output.line([
    `${summary}\n`, `Usage: msikit ${name} <command> [options]\n`, 'Commands:', `${twoColumns(Object.entries(commands).map(([one, { about }]) => [one, about]))}\n`,
    'Examples:', `${examples.map(([line, about]) => `  ${line}\n      ${about}`).join('\n')}\n`, `\`msikit ${name} <command> --help\` tells all about one.`,
  ].join('\n'))
  output.flush()
  return asMistake ? usageStatus : 0
}
