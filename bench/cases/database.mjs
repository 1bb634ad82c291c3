// Databases: opening large ones, writing tables out as text archives, and building from them, against msitools.
// msiinfo, msidump and msibuild take minutes for what is large: those cases have few rounds, and ratios far from 1.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const large = 65_000
const corpusFiles = ['MergeModule1.msm', 'NUnit-2.5.2.9222.msi', 'SequenceTables.msi', 'msi_with_external_cab.msi', 'putty-0.68-installer.msi', 'shortcuts.msi', 'single-file.msi', 'ui.msi', 'vcredist.msi']

export function cases(inputs) {
  const path = inputs.bigDatabase(large)
  const putty = inputs.corpus('putty-0.68-installer.msi')
  const corpus = corpusFiles.map((name) => inputs.corpus(name))
  const missing = 'needs the corpus in $MSIKIT_SHARED'
  const peer = (program, name, command) => ({ name, skip: inputs.without(program), command })
  return [
    {
      title: `list the tables of a database with ${large} rows in each of three`, goal: '40 times msiinfo', rounds: 5,
      ours: { ...inputs.ours('tables'), command: () => [inputs.node, inputs.msikit, 'tables', path] },
      peers: [peer('msiinfo', 'msiinfo tables', () => ['msiinfo', 'tables', path])],
    },
    {
      title: `write out one table of ${large} rows`, goal: '25 times msiinfo', rounds: 5,
      ours: { ...inputs.ours('export'), command: (folder) => [inputs.node, inputs.msikit, 'export', path, 'Registry', '-o', folder] },
      peers: [peer('msiinfo', 'msiinfo export', () => ['msiinfo', 'export', path, 'Registry'])],
    },
    {
      title: `write out all tables of a database with ${large} rows in each of three`, goal: '300 times msidump', rounds: 1,
      ours: { ...inputs.ours('export'), command: (folder) => [inputs.node, inputs.msikit, 'export', path, '-o', folder] },
      peers: [peer('msidump', 'msidump -t', (folder) => inFolder(folder, path))],
    },
    {
      title: 'list the tables of a package of 64 MB', goal: 'at most 10 ms more than node -e 0',
      ours: { ...inputs.ours('tables'), command: () => [inputs.node, inputs.msikit, 'tables', inputs.packageOf(inputs.programFiles())] },
      floor: { name: 'node -e 0', command: () => [inputs.node, '-e', '0'] },
      peers: [peer('msiinfo', 'msiinfo tables', () => ['msiinfo', 'tables', inputs.packageOf(inputs.programFiles())])],
    },
    {
      title: 'write out all tables of PuTTY\'s package', goal: '2.5 times msidump', skip: putty === undefined ? missing : false,
      ours: { ...inputs.ours('export'), command: (folder) => [inputs.node, inputs.msikit, 'export', putty, '-o', folder] },
      peers: [peer('msidump', 'msidump -t', (folder) => inFolder(folder, putty))],
    },
    {
      title: `write out all tables of ${corpusFiles.length} packages, by the library`, goal: '25 times msidump on a quiet machine', rounds: 5, skip: corpus.includes(undefined) ? missing : false,
      ours: { name: 'msikit/database', command: (folder) => [inputs.node, inputs.published('dump-databases.mjs'), folder, ...corpus] },
      peers: [peer('msidump', 'msidump -t, one after the other', (folder) => ['sh', '-c', 'cd "$0" && for file; do msidump -t -d . "$file" || exit; done', folder, ...corpus])],
    },
    building(inputs, 3000, '1.2 times msibuild', 7),
    building(inputs, large, '20 times msibuild', 1),
    building(inputs, 200_000, '80 times msibuild', 1),
  ]
}

function building(inputs, rows, goal, rounds) {
  const folder = inputs.textArchives(rows)
  return {
    title: `build a database with ${rows} rows in each of three tables from text archives`, goal, rounds, warmUp: rounds > 1,
    ours: { ...inputs.ours('import'), command: (scratch) => [inputs.node, inputs.msikit, 'import', folder, '-o', join(scratch, 'built.msi')] },
    peers: [{
      name: 'msibuild -i', skip: inputs.without('msibuild'), timeoutSeconds: 3600,
      command: (scratch) => ['msibuild', join(scratch, 'built.msi'), '-i', ...readdirSync(folder).filter((name) => !name.startsWith('_')).map((name) => join(folder, name))],
    }],
  }
}

/** msidump puts binary cells into the working folder, whatever `-d` says. */
function inFolder(folder, path) {
  return ['sh', '-c', 'cd "$0" && exec msidump -t -d . "$1"', folder, path]
}
