// Runs one command: parses its arguments, shows its help, turns errors into messages and an exit status.
import { isOutputClosed } from '../terminal/output.ts'
import { parseArguments } from './arguments.ts'
import type { CommandSpec, Host } from './command.ts'
import { explainError, UsageError } from './errors.ts'
import { exitStatus, usageStatus } from './exit-status.ts'
import { commandHelp, usageLine } from './help.ts'

/** What a file in commands/ exports: takes the command line after the command's name, returns the exit status. */
export type CommandRunner = (argv: readonly string[], host: Host) => Promise<number>

export function commandRunner(spec: CommandSpec): CommandRunner {
  return async (argv, host) => {
    try {
      return await runCommand(spec, argv, host)
    } catch (error) {
      if (isOutputClosed(error)) return 0
      return report(spec, error, spec.noJson !== true && argv.includes('--json'), host)
    }
  }
}

async function runCommand(spec: CommandSpec, argv: readonly string[], host: Host): Promise<number> {
  const input = spec.rawArguments === true ? rawInput(argv) : parseArguments(spec, argv)
  if (input.has('help')) {
    host.out.line(commandHelp(spec, host.out.width))
    host.out.flush()
    return 0
  }
  const code = await spec.run(input, host)
  try {
    host.out.flush()
  } catch (error) {
    if (!isOutputClosed(error)) throw error
  }
  return exitStatus(code)
}

function rawInput(argv: readonly string[]): ReturnType<typeof parseArguments> {
  const help = argv.length === 1 && (argv[0] === '--help' || argv[0] === '-h')
  return { positionals: argv, has: (name) => name === 'help' && help, value: () => undefined, values: () => [], json: false }
}

function report(spec: CommandSpec, error: unknown, json: boolean, { out, err }: Host): number {
  if (error instanceof UsageError) {
    err.line(`${err.style('red', `msikit ${spec.name}:`)} ${error.message}\nUsage: ${usageLine(spec)}\n\`msikit ${spec.name} --help\` tells more.`)
    err.flush()
    return usageStatus
  }
  const explained = explainError(error)
  if (explained === undefined) throw error
  err.line(`${err.style('red', `msikit ${spec.name}:`)} ${explained.message} (${explained.code}, ${explained.errno})`)
  if (explained.advice !== undefined) err.line(explained.advice)
  err.flush()
  if (json && !out.hasJson) out.json({ error: explained })
  out.flush()
  return exitStatus(explained.errno)
}
