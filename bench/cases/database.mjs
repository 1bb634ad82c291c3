// Databases: opening large ones, and writing tables out as text archives, against msiinfo and msidump.

const rows = 20000

export function cases(inputs) {
  const path = inputs.bigDatabase(rows)
  const putty = inputs.corpus('putty-0.68-installer.msi')
  return [
    {
      title: `list the tables of a database with ${rows} rows in each of three tables`, goal: '40 times msiinfo at 65,000 rows',
      ours: { ...inputs.ours('tables'), command: () => [inputs.node, inputs.msikit, 'tables', path] },
      peers: [{ name: 'msiinfo tables', skip: inputs.without('msiinfo'), command: () => ['msiinfo', 'tables', path] }],
    },
    {
      title: `write out one table of ${rows} rows`, goal: '25 times msiinfo at 65,000 rows',
      ours: { ...inputs.ours('tables'), command: () => [inputs.node, inputs.msikit, 'tables', path, 'Registry'] },
      peers: [{ name: 'msiinfo export', skip: inputs.without('msiinfo'), command: () => ['msiinfo', 'export', path, 'Registry'] }],
    },
    {
      title: 'write out all tables of PuTTY\'s package', goal: '2.5 times msidump', skip: putty === undefined ? 'needs the corpus in $MSIKIT_SHARED' : false,
      ours: { ...inputs.ours('export'), command: (folder) => [inputs.node, inputs.msikit, 'export', putty, '-o', folder] },
      peers: [{ name: 'msidump -t', skip: inputs.without('msidump'), command: (folder) => inFolder(folder, putty) }],
    },
    {
      title: `write out all tables of a database with ${rows} rows in each of three`, rounds: 5,
      ours: { ...inputs.ours('export'), command: (folder) => [inputs.node, inputs.msikit, 'export', path, '-o', folder] },
      peers: [{ name: 'msidump -t', skip: inputs.without('msidump'), command: (folder) => inFolder(folder, path) }],
    },
  ]
}

/** msidump puts binary cells into the working folder, whatever `-d` says. */
function inFolder(folder, path) {
  return ['sh', '-c', 'cd "$0" && exec msidump -t -d . "$1"', folder, path]
}
