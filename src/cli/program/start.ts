// Runs a command as the program: on the descriptors and the environment of the process.
import { isOutputClosed, Output } from '../terminal/output.ts'
import type { CommandRunner } from './run-command.ts'

/** @returns the exit status, also when there is a mistake in the command itself */
export async function start(run: CommandRunner, argv: readonly string[], descriptors: readonly [out: number, err: number] = [1, 2]): Promise<number> {
  const [out, err] = [new Output(descriptors[0], process.env), new Output(descriptors[1], process.env)]
  try {
    return await run(argv, { out, err, env: process.env })
  } catch (error) {
    if (isOutputClosed(error)) return 0
    const story = error instanceof Error ? error.stack ?? error.message : String(error)
    err.line(`msikit: a mistake in msikit itself; please report it with the command line and this:\n${story}`)
    err.flush()
    return 1
  }
}
