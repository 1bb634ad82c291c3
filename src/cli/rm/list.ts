// `msikit rm list`: who uses these files.
import { commandRunner } from '../run-command.ts'
import { cancelSignal, filesArgument, printApplications, printRemarks, resourceOptions, sessionOption, withSession } from './session.ts'

export const run = commandRunner({
  name: 'rm list',
  summary: 'Tell which applications use files',
  arguments: [filesArgument],
  options: { ...resourceOptions, session: sessionOption },
  examples: [
    ['msikit rm list ./app/server', 'Who runs, maps or has open this file'],
    ['msikit rm list ./app --json', 'The same of all files of a folder, for programs'],
  ],
  run: async (input, host) => {
    using cancel = cancelSignal()
    const list = await withSession(input, (session) => session.list({ signal: cancel.signal }))
    if (input.json) host.out.json(list)
    else {
      if (list.applications.length === 0) host.out.line('no application uses them')
      else printApplications(list.applications, host)
      printRemarks(list, host)
    }
    return 0
  },
})
