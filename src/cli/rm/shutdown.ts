// `msikit rm shutdown`: closes the applications that use files.
import type { OptionSpec } from '../command.ts'
import { commandRunner } from '../run-command.ts'
import { cancelSignal, filesArgument, printApplications, resourceOptions, sessionOption, showFailure, showProgress, withSession } from './session.ts'

export const shutdownOptions: Readonly<Record<string, OptionSpec>> = {
  force: { short: 'f', about: 'Kill what does not react in time' },
  'only-registered': { about: 'Close nothing unless everything can be started again' },
}

export const run = commandRunner({
  name: 'rm shutdown',
  summary: 'Close the applications that use files',
  about: 'Applications are asked to close, as the desktop does when the user logs off, and get time for it. With --session,\n'
    + '`msikit rm restart --session KEY` starts them again; without, they stay closed.',
  arguments: [filesArgument],
  options: { ...shutdownOptions, ...resourceOptions, session: sessionOption },
  examples: [
    ['msikit rm shutdown ./app/server', 'Ask the users of the file to close'],
    ['msikit rm shutdown --session "$key" --force', 'Within a session, for a restart later'],
  ],
  run: async (input, host) => {
    using cancel = cancelSignal()
    const progress = showProgress(host, 'closing')
    try {
      const { applications, warnings } = await withSession(input, (session) => session.shutdown({
        ...progress, signal: cancel.signal, force: input.has('force'), onlyRegistered: input.has('only-registered'),
      }))
      if (input.json) host.out.json({ applications, warnings })
      else printApplications(applications, host)
      return 0
    } catch (error) {
      if (!input.json) showFailure(error, host)
      throw error
    } finally {
      progress.done()
    }
  },
})
