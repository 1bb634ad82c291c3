// Every command with its one-line summary and where it is loaded from. Nothing is loaded before it is asked for.
import type { CommandRunner } from './run-command.ts'

export interface CommandEntry {
  readonly name: string
  readonly group: string
  readonly summary: string
  load(): Promise<{ readonly run: CommandRunner }>
}

const inside = 'Look inside a package'

export const commands: readonly CommandEntry[] = [
  { name: 'info', group: inside, summary: 'What it is: product, features, files, signature', load: () => import('./commands/info.ts') },
  { name: 'tables', group: inside, summary: 'Its tables, or the rows of one', load: () => import('./commands/tables.ts') },
  { name: 'streams', group: inside, summary: 'Its streams: cabinets, icons, programs; take one out', load: () => import('./commands/streams.ts') },
  { name: 'extract', group: inside, summary: 'Its files, laid out in folders', load: () => import('./commands/extract.ts') },
]
