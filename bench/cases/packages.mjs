// `msikit extract` against msiextract, on real packages and on made ones.

export function cases(inputs) {
  const extraction = (title, path, goal) => ({
    title: `extract a package: ${title}`, goal, skip: path === undefined ? 'needs the corpus in $MSIKIT_SHARED' : false,
    ours: { ...inputs.ours('extract'), command: (folder) => [inputs.node, inputs.msikit, 'extract', path, '-o', folder] },
    peers: [{ name: 'msiextract', skip: inputs.without('msiextract'), command: (folder) => ['msiextract', '-C', folder, path] }],
  })
  const programs = inputs.programFiles()
  const small = inputs.smallFiles()
  return [
    extraction('PuTTY, 10 files', inputs.corpus('putty-0.68-installer.msi'), 'at most 0.10 s'),
    extraction('NUnit, 296 files', inputs.corpus('NUnit-2.5.2.9222.msi')),
    extraction('vcredist, 14 MB LZX in 10 cabinets', inputs.corpus('vcredist.msi'), 'at most 1.6 times the time of msiextract'),
    extraction('64 MB MSZIP', inputs.packageOf(programs), '1.3 times msiextract'),
    extraction('20,000 small files', inputs.packageOf(small), '1.3 times msiextract'),
  ]
}
