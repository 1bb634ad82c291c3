// Commands that tell about a package. What C programs do in 5 ms cannot be beaten from Node.js, whose start alone takes
// ten times that: so they are held against `node -e 0`, and msiinfo stands beside for honesty.

export function cases(inputs) {
  const path = inputs.corpus('putty-0.68-installer.msi')
  const one = (words, peers) => ({
    title: `msikit ${words.join(' ')} of PuTTY's package`, goal: 'at most 10 ms more than node -e 0', rounds: 15,
    skip: path === undefined ? 'needs the corpus in $MSIKIT_SHARED' : false,
    ours: { ...inputs.ours(words[0]), command: () => [inputs.node, inputs.msikit, words[0], path, ...words.slice(1)] },
    floor: { name: 'node -e 0', command: () => [inputs.node, '-e', '0'] },
    peers: peers.map((command) => ({ name: command.join(' '), skip: inputs.without(command[0]), command: () => [...command, path] })),
  })
  return [
    one(['info'], [['msiinfo', 'suminfo']]),
    one(['tables'], [['msiinfo', 'tables']]),
    { ...one(['tables', 'File'], []), peers: [{ name: 'msiinfo export FILE File', skip: inputs.without('msiinfo'), command: () => ['msiinfo', 'export', path, 'File'] }] },
    one(['streams'], [['msiinfo', 'streams']]),
  ]
}
