// `msikit rm register` and `msikit rm join`: take part in a session that another process opened.
import { createHostRestartManager } from '../../node/index.ts'
import { commandRunner, type CommandRunner } from '../run-command.ts'
import { counted } from '../columns.ts'
import { UsageError } from '../errors.ts'
import { filesArgument, hasResources, resourceOptions, resourcesOf } from './session.ts'

const about = 'For custom actions and helpers of an installation: the key is what the property MsiRestartManagerSessionKey has.\n'
  + 'A session that was joined can be added to and left, nothing else.'

function joining(name: 'join' | 'register', summary: string, required: boolean): CommandRunner {
  return commandRunner({
    name: `rm ${name}`, summary, about,
    arguments: [{ name: 'KEY', about: 'Key of the session: 32 hexadecimal digits' }, filesArgument],
    options: resourceOptions,
    examples: [[`msikit rm ${name} "$key" ./app/plugin.so --process 4711`, 'Add a file and a process']],
    run: async (input, { out }) => {
      const [key, ...files] = input.positionals
      const resources = resourcesOf(input, files)
      if (required && !hasResources(resources)) throw new UsageError('expected FILE, --process or --service (what is used), found nothing')
      const session = await createHostRestartManager().joinSession(key!)
      try {
        if (hasResources(resources)) await session.register(resources)
      } finally {
        await session.end()
      }
      const counts = { files: resources.files.length, processes: resources.processes.length, services: resources.services.length }
      if (input.json) out.json({ key, ...counts })
      else out.line(`registered ${[counted(counts.files, 'file'), counted(counts.processes, 'process', 'processes'), counted(counts.services, 'service')].join(', ')}`)
      return 0
    },
  })
}

export const runJoin = joining('join', 'Join a session, and register resources in it', false)
export const runRegister = joining('register', 'Register resources in a session', true)
