// `msikit rm run`: closes the users of files, runs a command that replaces them, starts the users again.
import { spawn } from 'node:child_process'
import { commandRunner } from '../run-command.ts'
import { CommandError, UsageError } from '../errors.ts'
import { cancelSignal, filesArgument, resourceOptions, showFailure, showProgress, withSession } from './session.ts'
import { shutdownOptions } from './shutdown.ts'

export const run = commandRunner({
  name: 'rm run',
  summary: 'Close the users of files, run a command, start them again',
  about: 'The applications are started again whether or not the command succeeds; its exit status is the result.',
  arguments: [filesArgument],
  command: 'COMMAND',
  options: { ...shutdownOptions, ...resourceOptions },
  examples: [['msikit rm run ./app/server -- cp server.new ./app/server', 'Replace a program under its running instances']],
  run: async (input, host) => {
    const [program, ...args] = input.command
    if (program === undefined) throw new UsageError('expected -- COMMAND (what replaces the files), found nothing')
    using cancel = cancelSignal()
    return withSession(input, async (session) => {
      const progress = showProgress(host, 'closing')
      try {
        await session.shutdown({ ...progress, signal: cancel.signal, force: input.has('force'), onlyRegistered: input.has('only-registered') })
      } catch (error) {
        showFailure(error, host)
        await session.restart({ unregistered: 'relaunch' }).catch(() => undefined)
        throw error
      } finally {
        progress.done()
      }
      try {
        return await runProgram(program, args)
      } finally {
        await session.restart({ unregistered: 'relaunch' })
      }
    })
  },
})

/** The exit status; 128 and the number of the signal that ended it, as shells say it. */
function runProgram(program: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: 'inherit' })
    child.once('error', (error: NodeJS.ErrnoException) => {
      reject(new CommandError(error.code === 'ENOENT' ? 'ERROR_FILE_NOT_FOUND' : 'ERROR_ACCESS_DENIED', `command ${program}: expected a program that can be run, found: ${error.message}`))
    })
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)))
  })
}
