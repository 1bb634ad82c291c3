// `msikit extract` against msiextract (and 7z, which unpacks the cabinets of a package without resolving names), on real
// packages and on made ones. Inputs are made when a case is run for the first time: LZX takes minutes.

export function cases(inputs) {
  const extraction = (title, path, goal, { rounds, sevenZip } = {}) => ({
    title: `extract a package: ${title}`, goal, rounds, skip: path === undefined ? 'needs the corpus in $MSIKIT_SHARED' : false,
    ours: { ...inputs.ours('extract'), command: (folder) => [inputs.node, inputs.msikit, 'extract', path(), '-o', folder] },
    peers: [
      { name: 'msikit extract, 1 thread', skip: !sevenZip, command: (folder) => [inputs.node, inputs.msikit, 'extract', path(), '-o', folder, '--threads', '1'] },
      { name: 'msiextract', skip: inputs.without('msiextract'), command: (folder) => ['msiextract', '-C', folder, path()] },
      ...(sevenZip ? [{ name: '7z x (keys, no names)', skip: inputs.without('7z'), command: (folder) => ['7z', 'x', '-y', '-bd', `-o${folder}`, path()] }] : []),
    ].filter((peer) => peer.skip !== true),
  })
  const corpus = (name) => {
    const path = inputs.corpus(name)
    return path === undefined ? undefined : () => path
  }
  const mixed = (compression, parts) => () => inputs.packageOf(inputs.mixedFiles(), compression, parts)
  const one = { rounds: 5, sevenZip: true }
  const four = { rounds: 5 }
  return [
    extraction('PuTTY, 10 files', corpus('putty-0.68-installer.msi'), 'at most 0.10 s'),
    extraction('NUnit, 296 files', corpus('NUnit-2.5.2.9222.msi')),
    extraction('vcredist, 14 MB LZX in 10 cabinets', corpus('vcredist.msi'), 'at most 1.6 times the time of msiextract'),
    extraction('64 MB MSZIP', () => inputs.packageOf(inputs.programFiles()), '1.3 times msiextract'),
    extraction('300 MB MSZIP', mixed('mszip', 1), '1.3 times msiextract, 1.6 times 7z', one),
    extraction('300 MB LZX', mixed('lzx', 1), '1.4 times msiextract, at most 1.2 times the time of 7z', one),
    extraction('300 MB MSZIP in 4 cabinets', mixed('mszip', 4), '1.6 times msiextract with 2 cores', four),
    extraction('300 MB LZX in 4 cabinets', mixed('lzx', 4), '1.8 times msiextract with 2 cores', four),
    extraction('20,000 small files', () => inputs.packageOf(inputs.smallFiles()), '1.3 times msiextract, 1.1 times 7z', one),
    extraction('20,000 small files, a component each', () => inputs.harvestedPackage(20_000), '1.3 times msiextract, 1.1 times 7z', one),
    extraction('65,000 small files, a component each', () => inputs.harvestedPackage(65_000), 'at most 80 MiB on one thread, 110 on two', { rounds: 3, sevenZip: true }),
  ]
}
