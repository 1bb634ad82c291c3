// Cabinets: extract, list and write, against cabextract, 7z and gcab.
import { join } from 'node:path'

export function cases(inputs) {
  const program = (name) => join(inputs.programs, name)
  const extraction = (title, path, goal) => ({
    title: `extract a cabinet: ${title}`, goal, skip: path === undefined ? 'the LZX encoder of the test suite is not built' : false,
    ours: { name: 'msikit/cabinet in Node.js', command: (folder) => [inputs.node, program('extract-cabinet.mjs'), path, folder] },
    peers: [
      { name: 'cabextract', skip: inputs.without('cabextract'), command: (folder) => ['cabextract', '-q', '-d', folder, path] },
      { name: '7z x', skip: inputs.without('7z'), command: (folder) => ['7z', 'x', '-y', '-bd', `-o${folder}`, path] },
      { name: 'gcab -x', skip: inputs.without('gcab'), command: (folder) => ['gcab', '-x', '-C', folder, path] },
    ],
  })
  const listing = (title, path) => ({
    title: `list a cabinet: ${title}`,
    ours: { name: 'msikit/cabinet in Node.js', command: () => [inputs.node, program('list-cabinet.mjs'), path] },
    peers: [
      { name: 'cabextract -l', skip: inputs.without('cabextract'), command: () => ['cabextract', '-q', '-l', path] },
      { name: '7z l', skip: inputs.without('7z'), command: () => ['7z', 'l', path] },
      { name: 'gcab -t', skip: inputs.without('gcab'), command: () => ['gcab', '-t', path] },
    ],
  })
  const writing = (title, payload, rounds) => ({
    title: `write a cabinet: ${title}`, goal: '1.2 times gcab on one core', rounds,
    ours: { name: 'msikit/cabinet, zlib', command: (folder) => [inputs.node, program('write-cabinet.mjs'), join(folder, 'x.cab'), payload, 'zlib'] },
    peers: [
      { name: 'msikit/cabinet, own deflate', command: (folder) => [inputs.node, program('write-cabinet.mjs'), join(folder, 'x.cab'), payload, 'own'] },
      { name: 'gcab -c -z', skip: inputs.without('gcab'), cwd: payload, command: (folder) => ['sh', '-c', 'exec gcab -c -z "$0" *', join(folder, 'x.cab')] },
    ],
  })
  return [
    extraction('64 MB, MSZIP', inputs.mszipCabinet(), '1.3 times the fastest'),
    extraction('16 MB, LZX', inputs.lzxCabinet(), 'parity with gcab'),
    extraction('64 MB, stored', inputs.storedCabinet()),
    extraction('20,000 small files, MSZIP', inputs.mszipCabinet(inputs.smallFiles()), '1.1 times 7z'),
    listing('20,000 files', inputs.mszipCabinet(inputs.smallFiles())),
    writing('64 MB, MSZIP', inputs.programFiles(), 5),
    writing('20,000 small files, MSZIP', inputs.smallFiles(), 5),
  ]
}
