// Every command with its one-line summary. commands/<name>.ts is loaded when it is asked for, not before.

export interface CommandEntry {
  readonly name: string
  readonly group: string
  readonly summary: string
  /** Commands that share most of their code share a file: dist/bin/commands/<bundle>.cjs. */
  readonly bundle?: 'engine'
}

const inside = 'Look inside a package'
const change = 'Change and compare packages'
const install = 'Install into a Windows root'

export const commands: readonly CommandEntry[] = [
  { name: 'info', group: inside, summary: 'What it is: product, features, files, signature' },
  { name: 'tables', group: inside, summary: 'Its tables, or the rows of one' },
  { name: 'query', group: inside, summary: 'Ask it with SQL, or change it' },
  { name: 'streams', group: inside, summary: 'Its streams: cabinets, icons, programs; take one out' },
  { name: 'extract', group: inside, summary: 'Its files, laid out in folders' },
  { name: 'verify', group: inside, summary: 'Who signed it, and whether it was changed since' },
  { name: 'export', group: inside, summary: 'All of it as text files that can be compared' },
  { name: 'import', group: change, summary: 'Put a package together from what `export` made' },
  { name: 'merge', group: change, summary: 'Merge modules and other databases into a package' },
  { name: 'diff', group: change, summary: 'What is different between two packages' },
  { name: 'set', group: change, summary: 'Change single values: properties, cells, summary information' },
  { name: 'stream', group: change, summary: 'Put streams in, take them out, remove them' },
  { name: 'transform', group: change, summary: 'Make, apply and show transforms' },
  { name: 'cab', group: 'Cabinets', summary: 'List, extract and create cabinets and sets of them' },
  { name: 'plan', group: install, summary: 'What an installation would do, and why; changes nothing', bundle: 'engine' },
  { name: 'install', group: install, summary: 'Install a package, or change what is installed of it', bundle: 'engine' },
  { name: 'uninstall', group: install, summary: 'Take a product out', bundle: 'engine' },
  { name: 'repair', group: install, summary: 'Bring back what is missing or damaged', bundle: 'engine' },
  { name: 'list', group: install, summary: 'Installed products, their features and components' },
  { name: 'admin', group: install, summary: 'Make an administrative image', bundle: 'engine' },
  { name: 'advertise', group: install, summary: 'Publish a product without installing it', bundle: 'engine' },
  { name: 'log', group: install, summary: 'Why an installation failed, from its log' },
  { name: 'msiexec', group: install, summary: 'All of this with the command line of msiexec', bundle: 'engine' },
  { name: 'script', group: 'Scripts', summary: 'Run a maintenance script in VBScript or JScript' },
  { name: 'rm', group: 'Running programs', summary: 'Who uses files; close them, and start them again' },
]
