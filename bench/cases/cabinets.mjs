// Cabinets: extract, list and write, against cabextract, 7z and gcab; the library in a program of its own, and the command.
import { join } from 'node:path'

export function cases(inputs) {
  const extraction = (title, path, goal, rounds) => ({
    title: `extract a cabinet: ${title}`, goal, rounds,
    ours: { ...inputs.ours('cab'), name: 'msikit cab extract', command: (folder) => [inputs.node, inputs.msikit, 'cab', 'extract', path(), '-o', folder] },
    peers: [
      { name: 'msikit/cabinet in Node.js', command: (folder) => [inputs.node, inputs.published('extract-cabinet.mjs'), path(), folder] },
      { name: 'cabextract', skip: inputs.without('cabextract'), command: (folder) => ['cabextract', '-q', '-d', folder, path()] },
      { name: '7z x', skip: inputs.without('7z'), command: (folder) => ['7z', 'x', '-y', '-bd', `-o${folder}`, path()] },
      { name: 'gcab -x', skip: inputs.without('gcab'), command: (folder) => ['gcab', '-x', '-C', folder, path()] },
    ],
  })
  const listing = (title, path) => ({
    title: `list a cabinet: ${title}`,
    ours: { ...inputs.ours('cab'), name: 'msikit cab list', command: () => [inputs.node, inputs.msikit, 'cab', 'list', path()] },
    peers: [
      { name: 'msikit/cabinet in Node.js', command: () => [inputs.node, inputs.published('list-cabinet.mjs'), path()] },
      { name: 'cabextract -l', skip: inputs.without('cabextract'), command: () => ['cabextract', '-q', '-l', path()] },
      { name: '7z l', skip: inputs.without('7z'), command: () => ['7z', 'l', path()] },
      { name: 'gcab -t', skip: inputs.without('gcab'), command: () => ['gcab', '-t', path()] },
    ],
  })
  const writing = (title, payload, goal, rounds) => ({
    title: `write a cabinet: ${title}`, goal, rounds,
    ours: { ...inputs.ours('cab'), name: 'msikit cab create', command: (folder) => [inputs.node, inputs.msikit, 'cab', 'create', '-o', join(folder, 'x.cab'), payload()] },
    peers: [
      { name: 'msikit/cabinet, zlib, 1 thread', command: (folder) => [inputs.node, inputs.published('write-cabinet.mjs'), join(folder, 'x.cab'), payload(), 'zlib'] },
      { name: 'msikit/cabinet, own deflate', skip: rounds < 5 ? 'slow' : false, command: (folder) => [inputs.node, inputs.published('write-cabinet.mjs'), join(folder, 'x.cab'), payload(), 'own'] },
      { name: 'gcab -c -z', skip: inputs.without('gcab'), command: (folder) => ['sh', '-c', 'cd "$1" && exec gcab -c -z "$0" *', join(folder, 'x.cab'), payload()] },
    ],
  })
  const mixed = (compression) => () => inputs.cabinet(inputs.mixedFiles(), compression)
  const small = (compression) => () => inputs.cabinet(inputs.smallFiles(), compression)
  return [
    extraction('300 MB, MSZIP', mixed('mszip'), '1.3 times the fastest', 5),
    extraction('300 MB, LZX', mixed('lzx'), 'at most 1.2 times the time of 7z', 5),
    extraction('300 MB, stored', mixed('none'), '', 5),
    extraction('20,000 small files, MSZIP', small('mszip'), '1.1 times 7z', 5),
    extraction('20,000 small files, LZX', small('lzx'), '1.1 times 7z', 5),
    listing('20,000 files', small('mszip')),
    writing('64 MB, MSZIP', () => inputs.programFiles(), '1.2 times gcab on one core, 1.8 times on two', 5),
    writing('300 MB, MSZIP', () => inputs.mixedFiles(), '1.2 times gcab on one core, 1.8 times on two', 3),
    writing('20,000 small files, MSZIP', () => inputs.smallFiles(), '2.2 times gcab', 5),
  ]
}
