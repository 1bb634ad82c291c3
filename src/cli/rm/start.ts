// `msikit rm start`: opens a session that lasts as long as the shell that started the command.
import { createHostRestartManager, HostProcesses } from '../../node/index.ts'
import { commandRunner } from '../run-command.ts'
import { CommandError } from '../errors.ts'
import { filesArgument, hasResources, resourceOptions, resourcesOf } from './session.ts'

export const run = commandRunner({
  name: 'rm start',
  summary: 'Open a session and print its key',
  about: 'The session lasts until `msikit rm end`, or until the process that ran this command ends: a shell or a script. Only what\n'
    + 'that process starts may list, close and restart; every process of the same user that has the key may join and register.',
  arguments: [filesArgument],
  options: { ...resourceOptions, 'other-sessions': { about: 'Applications of other users\' login sessions may be closed' } },
  examples: [['key=$(msikit rm start ./app/server)', 'Then: msikit rm shutdown --session "$key", replace, msikit rm restart --session "$key", msikit rm end "$key"']],
  run: async (input, { out }) => {
    const owner = new HostProcesses().identify(process.ppid)
    if (owner === undefined) throw new CommandError('ERROR_INVALID_HANDLE', `process ${process.ppid}: expected the process that started this command, found none`)
    const resources = resourcesOf(input, input.positionals)
    const session = await createHostRestartManager().startSession({ owner, otherSessions: input.has('other-sessions') ? 'allow' : 'refuse' })
    if (hasResources(resources)) await session.register(resources)
    if (input.json) out.json({ key: session.key })
    else out.line(session.key)
    return 0
  },
})
