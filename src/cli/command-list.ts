// Every command with its one-line summary. commands/<name>.ts is loaded when it is asked for, not before.

export interface CommandEntry {
  readonly name: string
  readonly group: string
  readonly summary: string
}

const inside = 'Look inside a package'

export const commands: readonly CommandEntry[] = [
  { name: 'info', group: inside, summary: 'What it is: product, features, files, signature' },
  { name: 'tables', group: inside, summary: 'Its tables, or the rows of one' },
  { name: 'streams', group: inside, summary: 'Its streams: cabinets, icons, programs; take one out' },
  { name: 'extract', group: inside, summary: 'Its files, laid out in folders' },
]
