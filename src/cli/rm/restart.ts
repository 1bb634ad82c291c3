// `msikit rm restart`: starts again what a session closed.
import { createHostRestartManager } from '../../node/index.ts'
import { commandRunner } from '../run-command.ts'
import { UsageError } from '../errors.ts'
import { cancelSignal, printApplications, sessionOption, showFailure, showProgress } from './session.ts'

export const run = commandRunner({
  name: 'rm restart',
  summary: 'Start again what a session closed',
  about: 'Services, and applications that registered for a restart, start again; with --all the others too. --recover does it for\n'
    + 'a session whose owner died: `msikit rm sessions` shows its number.',
  arguments: [],
  options: {
    session: sessionOption,
    recover: { value: 'ID', about: 'A dead session that left applications closed' },
    all: { about: 'Also applications that did not register for a restart' },
  },
  examples: [['msikit rm restart --session "$key"', 'After the files were replaced']],
  run: async (input, host) => {
    const manager = createHostRestartManager()
    const [key, id] = [input.value('session'), input.value('recover')]
    if ((key === undefined) === (id === undefined)) throw new UsageError('expected --session KEY or --recover ID, one of them')
    using cancel = cancelSignal()
    const progress = showProgress(host, 'starting')
    const options = { ...progress, signal: cancel.signal, unregistered: input.has('all') ? 'relaunch' : 'leave' } as const
    try {
      const outcome = id === undefined ? await (await manager.resumeSession(key!)).restart(options) : await manager.recover(id, options)
      if (input.json) host.out.json(outcome)
      else printApplications(outcome.applications, host)
      return 0
    } catch (error) {
      if (!input.json) showFailure(error, host)
      throw error
    } finally {
      progress.done()
    }
  },
})
