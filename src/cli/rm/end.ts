// `msikit rm end`: ends a session of `msikit rm start`.
import { createHostRestartManager } from '../../node/index.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'rm end',
  summary: 'End a session',
  arguments: [{ name: 'KEY', about: 'Key of the session' }],
  options: {},
  examples: [['msikit rm end "$key"', 'When the applications are running again']],
  run: async (input) => {
    const session = await createHostRestartManager().resumeSession(input.positionals[0]!)
    await session.end()
    return 0
  },
})
