// `msikit rm sessions`: the open sessions of the user, and what dead ones left closed.
import { createHostRestartManager } from '../../node/index.ts'
import { counted, tableLines } from '../columns.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'rm sessions',
  summary: 'List the open sessions of this user',
  about: 'Keys are not shown: who has one may join. Sessions whose owner died and that left applications closed are listed with\n'
    + 'the ID for `msikit rm restart --recover ID`.',
  arguments: [],
  options: {},
  examples: [['msikit rm sessions', 'Owner and start of each']],
  run: async (input, { out }) => {
    const manager = createHostRestartManager()
    const [sessions, left] = [await manager.sessions(), await manager.recoverable()]
    if (input.json) {
      out.json({ sessions, recoverable: left })
      return 0
    }
    if (sessions.length === 0) out.line('no session is open')
    else for (const line of tableLines(['Slot', 'Owner', 'Started', 'State'], sessions.map((one) => [String(one.slot), String(one.owner.pid), time(one.startedMs), one.abandoned ? 'abandoned' : 'open']))) out.line(line)
    for (const one of left) out.line(`left closed: ${counted(one.applications.length, 'application')} by ${one.id} of ${time(one.startedMs)}`)
    return 0
  },
})

function time(ms: number): string {
  return new Date(ms).toISOString()
}
