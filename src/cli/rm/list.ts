// `msikit rm list`: who uses these files.
import { existsSync } from 'node:fs'
import { commandRunner } from '../program/run-command.ts'
import { restartManager, withoutSelf } from './options.ts'
import { expandFiles } from './resources.ts'
import { listJson, showList } from './show.ts'

export const list = commandRunner({
  name: 'rm list',
  summary: 'Who uses these files now',
  about: 'Finds the processes that have the files open, mapped or running, whatever name they opened them by, and says\n'
    + 'what kind of application each one is and whether it could be closed and started again. Changes nothing.',
  arguments: [{ name: 'FILE', about: 'A file, a pattern, or a directory for all the files in it', count: 'many' }],
  options: { stale: { about: 'Instead: who still uses what formerly stood there and has been replaced or deleted' } },
  examples: [
    ['msikit rm list /usr/lib/libssl.so.3', 'Who would have to be restarted for an update'],
    ["msikit rm list --stale '/usr/lib/**/*.so*'", 'Who still runs the old libraries after one'],
    ['msikit rm list app/ --json', 'For a program to read'],
  ],
  run: async (input, { out, err }) => {
    const files = expandFiles(input.positionals)
    const missing = input.has('stale') ? [] : files.filter((file) => !existsSync(file))
    if (missing.length > 0) {
      err.line(`Note: there is no ${missing[0]}${missing.length > 1 ? `, nor ${missing.length - 1} others` : ''}. \`--stale\` finds who still uses what stood there.`)
      err.flush()
    }
    const found = withoutSelf(await restartManager().inspect({ files }, { stale: input.has('stale') }))
    if (input.json) out.json(listJson(found))
    else showList(found, files.length, out)
    return 0
  },
})
