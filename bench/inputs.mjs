// What the cases work on, made when first asked for and kept between runs in the temporary folder. The payload is Node.js's
// own program cut into files (real machine code, on every machine) and made-up small files. Real packages come from
// $MSIKIT_SHARED/corpus when it is there.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, openSync, writeSync, closeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { PackageBuilder } from 'msikit/authoring'
import { bytesSource } from 'msikit/base'
import { writeCabinet } from 'msikit/cabinet'
import { createDatabase, exportTable, openDatabase, standardTable } from 'msikit/database'
import { deflateBlock } from 'msikit/node'

/** Raise it when the inputs change. */
const version = 2
const repository = resolve(import.meta.dirname, '..')

export function openInputs() {
  const cache = join(tmpdir(), `msikit-bench-${version}-${process.version}`)
  mkdirSync(cache, { recursive: true })
  // In memory if possible: file systems on disks are slow at deleting and making the same names again.
  const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'msikit-bench-'))
  return new Inputs(cache, scratch)
}

class Inputs {
  #commands = new Map()
  /** `node` and the command line; `absent` is a skip reason until it has been built. */
  node = process.execPath
  msikit = join(repository, 'dist/bin/msikit.cjs')
  programs = join(import.meta.dirname, 'programs')

  constructor(cache, scratch) {
    this.cache = cache
    this.scratch = scratch
  }

  /** A program of ours beside the library as it is published. */
  published(program) {
    const folder = join(this.scratch, 'published')
    const path = join(folder, program)
    if (!existsSync(folder)) spawnSync(this.node, [join(repository, 'scripts/pack.mjs'), '--stage', folder], { stdio: 'inherit' })
    if (!existsSync(path)) copyFileSync(join(this.programs, program), path)
    return path
  }

  close() {
    rmSync(this.scratch, { recursive: true, force: true })
  }

  /** A skip reason when the program is not on this machine. */
  without(program) {
    const found = spawnSync('sh', ['-c', `command -v "${program}"`]).status === 0
    return found ? false : `${program} is not on this machine`
  }

  /** A skip reason when the command line lacks the command. */
  withoutCommand(command) {
    if (!existsSync(this.msikit)) return 'dist/bin/msikit.cjs is not built'
    if (!this.#commands.has(command)) this.#commands.set(command, spawnSync(this.node, [this.msikit, command, '--help']).status === 0)
    return this.#commands.get(command) ? false : `msikit has no command ${command} yet`
  }

  ours(command) {
    return { name: `msikit ${command}`, skip: this.withoutCommand(command) }
  }

  /** A file of the corpus, or `undefined`. */
  corpus(name) {
    const path = resolve(process.env.MSIKIT_SHARED ?? join(repository, '../shared'), 'corpus', name)
    return existsSync(path) ? path : undefined
  }

  /** Makes a file or folder once: under another name first, so that an interrupted run leaves nothing half made. */
  #made(name, make) {
    const path = join(this.cache, name)
    if (existsSync(path)) return path
    const unfinished = `${path}.part`
    rmSync(unfinished, { recursive: true, force: true })
    make(unfinished)
    renameSync(unfinished, path)
    return path
  }

  /** About 64 MB in 64 files. */
  programFiles() {
    return this.#made('programs', (folder) => {
      mkdirSync(folder)
      const bytes = readFileSync(process.execPath).subarray(0, 64 << 20)
      for (let index = 0; index < 64; index++) writeFileSync(join(folder, `part${index}.bin`), bytes.subarray(index << 20, index + 1 << 20))
    })
  }

  /** 20,000 files of up to 5 KB. */
  smallFiles() {
    return this.#made('small', (folder) => {
      mkdirSync(folder)
      const random = randomNumbers(1)
      for (let index = 0; index < 20000; index++) writeFileSync(join(folder, `f${index}.txt`), madeUpText(random, random(5000)))
    })
  }

  /** 300 MB in 3,263 files: 240 MB of programs, 60 MB of made-up text in small files. */
  mixedFiles() {
    return this.#made('mixed', (folder) => {
      mkdirSync(folder)
      const random = randomNumbers(3)
      const program = readFileSync(process.execPath)
      for (let index = 0; index < 3263; index++) {
        // Every eleventh is a piece of the program: it comes round two and a half times, each time cut differently.
        const bytes = index % 11 === 0 ? programPiece(program, index / 11, 808_000) : Buffer.from(madeUpText(random, 2000 + random(36_500)))
        writeFileSync(join(folder, `f${index}.bin`), bytes)
      }
    })
  }

  /** @param compression none, mszip or lzx: the last with a window of 2^21 bytes, which takes minutes for the mixed files */
  cabinet(payload, compression, { part, parts } = { part: 0, parts: 1 }) {
    const name = `${basename(payload)}${parts === 1 ? '' : `-${part + 1}of${parts}`}-${compression}.cab`
    return this.#made(name, (path) => writeCabinetFile(path, inputsOf(payload).filter((_, index, all) => Math.floor(index * parts / all.length) === part), compression))
  }

  /** A package whose files are in embedded cabinets. */
  packageOf(payload, compression = 'mszip', parts = 1) {
    const cabinets = Array.from({ length: parts }, (_, part) => this.cabinet(payload, compression, { part, parts }))
    return this.#made(`${basename(payload)}-${compression}${parts === 1 ? '' : `-${parts}`}.msi`, (path) => savePackage(path, readdirSync(payload).sort(byNumber), payload, cabinets))
  }

  /** A package of so many small files as WiX's heat lists them: a component to each, keys of 35 characters, 200 files to a folder. */
  harvestedPackage(files) {
    return this.#made(`harvested-${files}.msi`, (path) => saveHarvested(path, files, this.smallFiles()))
  }

  /** The tables of {@link bigDatabase} as a folder of text archives. */
  textArchives(rows) {
    return this.#made(`rows${rows}.idt`, (folder) => {
      mkdirSync(folder)
      const database = openDatabase(readFileSync(this.bigDatabase(rows)))
      for (const table of database.tableNames) writeFileSync(join(folder, `${table}.idt`), exportTable(database, table))
    })
  }

  /** A package of our authoring, a component to each file, 200 files to a folder and ten values to a key. */
  productOf(files, values) {
    return this.#made(`product-${files}-${values}.msi`, (path) => saveProduct(path, files, values))
  }

  /** A database with `rows` rows in each of Registry, File and Component. */
  bigDatabase(rows) {
    return this.#made(`rows${rows}.msi`, (path) => saveRows(path, rows))
  }
}

function byNumber(a, b) {
  return a.localeCompare(b, 'en', { numeric: true })
}

function inputsOf(folder) {
  return readdirSync(folder).sort(byNumber).map((name) => ({ name, source: bytesSource(readFileSync(join(folder, name))), modifiedMs: Date.UTC(2024, 0, 1) }))
}

function fileSink(path) {
  const descriptor = openSync(path, 'w')
  return { write: (chunk) => { writeSync(descriptor, chunk) }, patch: (offset, chunk) => { writeSync(descriptor, chunk, 0, chunk.length, offset) }, close: () => closeSync(descriptor) }
}

function writeCabinetFile(path, files, compression) {
  const sink = fileSink(path)
  writeCabinet(files, sink, { compression, level: compression === 'lzx' ? 2 : 6, ...(compression === 'mszip' ? { deflate: deflateBlock } : {}) })
  sink.close()
}

function programPiece(program, index, length) {
  const start = index * length % (program.length - length) + index * 97
  return program.subarray(start, Math.min(program.length, start + length))
}

function withTables(definitions) {
  const database = createDatabase()
  for (const name of definitions) database.createTable({ name, columns: standardTable(name).columns })
  const insert = (name, cells) => {
    const table = database.table(name)
    table.insert(table.columns.map((column) => cells[column.name] ?? null))
  }
  insert('Property', { Property: 'ProductName', Value: 'Benchmark' })
  insert('Property', { Property: 'ProductVersion', Value: '1.0.0' })
  insert('Property', { Property: 'Manufacturer', Value: 'Benchmark' })
  insert('Property', { Property: 'ProductLanguage', Value: '1033' })
  insert('Property', { Property: 'ProductCode', Value: '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E01}' })
  insert('Directory', { Directory: 'TARGETDIR', DefaultDir: 'SourceDir' })
  return { database, insert }
}

function save(database, path) {
  const sink = fileSink(path)
  database.save(sink)
  sink.close()
}

function savePackage(path, names, payload, cabinets) {
  const { database, insert } = withTables(['Property', 'Directory', 'Component', 'Feature', 'FeatureComponents', 'File', 'Media', 'InstallExecuteSequence'])
  insert('Directory', { Directory: 'APP', Directory_Parent: 'TARGETDIR', DefaultDir: 'app|Application' })
  insert('Feature', { Feature: 'Main', Level: 1, Attributes: 0 })
  insert('Component', { Component: 'Main', ComponentId: '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E02}', Directory_: 'APP', Attributes: 0, KeyPath: names[0] })
  insert('FeatureComponents', { Feature_: 'Main', Component_: 'Main' })
  for (const [index, name] of names.entries()) {
    insert('File', { File: name, Component_: 'Main', FileName: name, FileSize: readFileSync(join(payload, name)).length, Attributes: 512, Sequence: index + 1 })
  }
  for (const [index] of cabinets.entries()) {
    const last = names.findLastIndex((_, at) => Math.floor(at * cabinets.length / names.length) === index)
    insert('Media', { DiskId: index + 1, LastSequence: last + 1, Cabinet: `#data${index}.cab` })
  }
  for (const [index, action] of ['CostInitialize', 'FileCost', 'CostFinalize', 'InstallInitialize', 'InstallFiles', 'InstallFinalize'].entries()) {
    insert('InstallExecuteSequence', { Action: action, Sequence: 800 + index * 100 })
  }
  // Word count 2: the files are compressed.
  database.summary = { codepage: 1252, properties: new Map([[7, { type: 'lpstr', value: 'x64;1033' }], [9, { type: 'lpstr', value: '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E03}' }], [14, { type: 'i4', value: 200 }], [15, { type: 'i4', value: 2 }]]) }
  for (const [index, cabinet] of cabinets.entries()) database.setStream(`data${index}.cab`, bytesSource(readFileSync(cabinet)))
  save(database, path)
}

function saveHarvested(path, files, payload) {
  const contents = readdirSync(payload).sort(byNumber).map((name) => readFileSync(join(payload, name)))
  const listed = Array.from({ length: files }, (_, index) => ({ name: harvestedKey('fil', index), content: contents[index % contents.length] }))
  const cabinet = `${path}.cab`
  writeCabinetFile(cabinet, listed.map(({ name, content }) => ({ name, source: bytesSource(content), modifiedMs: Date.UTC(2024, 0, 1) })), 'mszip')
  const { database, insert } = withTables(['Property', 'Directory', 'Component', 'Feature', 'FeatureComponents', 'File', 'Media'])
  insert('Directory', { Directory: 'APP', Directory_Parent: 'TARGETDIR', DefaultDir: 'app|Application' })
  insert('Feature', { Feature: 'Main', Level: 1, Attributes: 0 })
  for (const [index, { name, content }] of listed.entries()) {
    const folder = Math.floor(index / 200)
    if (index % 200 === 0) insert('Directory', { Directory: harvestedKey('dir', folder), Directory_Parent: 'APP', DefaultDir: `d${folder}|folder number ${folder}` })
    insert('Component', { Component: harvestedKey('cmp', index), ComponentId: `{${harvestedKey('', index).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}}`, Directory_: harvestedKey('dir', folder), Attributes: 0, KeyPath: name })
    insert('FeatureComponents', { Feature_: 'Main', Component_: harvestedKey('cmp', index) })
    insert('File', { File: name, Component_: harvestedKey('cmp', index), FileName: `F${index}~1.TXT|file number ${index}.txt`, FileSize: content.length, Attributes: 512, Sequence: index + 1 })
  }
  insert('Media', { DiskId: 1, LastSequence: files, Cabinet: '#data.cab' })
  database.summary = { codepage: 1252, properties: new Map([[7, { type: 'lpstr', value: 'x64;1033' }], [9, { type: 'lpstr', value: '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E05}' }], [14, { type: 'i4', value: 200 }], [15, { type: 'i4', value: 2 }]]) }
  database.setStream('data.cab', bytesSource(readFileSync(cabinet)))
  save(database, path)
  rmSync(cabinet)
}

function harvestedKey(kind, index) {
  return kind + createHash('md5').update(`${kind} ${index}`).digest('hex').toUpperCase()
}

function saveProduct(path, files, values) {
  const app = new PackageBuilder({ name: `Benchmark of ${files} files`, version: '1.0.0', manufacturer: 'Benchmark', upgradeCode: '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E04}', platform: 'x64' })
  const folder = app.folder('ProgramFiles64Folder').folder(`Benchmark${files}`, { key: 'INSTALLDIR' })
  const main = app.feature('Main', { title: 'Main', folder })
  const random = randomNumbers(3)
  for (let index = 0; index < files; index++) {
    const file = main.file(folder.folder(`d${Math.floor(index / 200)}`), `f${index}.txt`, madeUpText(random, random(5000)))
    for (let value = Math.floor(index * values / files); value < Math.floor((index + 1) * values / files); value++) {
      file.registry('HKLM', `Software\\Benchmark\\k${Math.floor(value / 10)}`, `v${value}`, `value ${random(1 << 30)}`)
    }
  }
  const sink = fileSink(path)
  app.build({ validation: false }).save(sink)
  sink.close()
}

function saveRows(path, rows) {
  const { database, insert } = withTables(['Property', 'Directory', 'Component', 'File', 'Registry'])
  const random = randomNumbers(2)
  for (let index = 0; index < rows; index++) {
    insert('Component', { Component: `C${index}`, Directory_: 'TARGETDIR', Attributes: 0, KeyPath: `F${index}` })
    insert('File', { File: `F${index}`, Component_: `C${index}`, FileName: `file${index}.dat`, FileSize: random(1 << 20), Attributes: 512, Sequence: index % 32000 + 1 })
    insert('Registry', { Registry: `R${index}`, Root: 2, Key: `Software\\Example\\${index}`, Name: `Value${index}`, Value: `made up ${random(1 << 30)}`, Component_: `C${index}` })
  }
  save(database, path)
}

function randomNumbers(seed) {
  let state = seed
  return (limit) => {
    state = Math.imul(state, 1103515245) + 12345 >>> 0
    return (state >>> 8) % limit
  }
}

const words = 'the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do'.split(' ')

function madeUpText(random, length) {
  let text = ''
  while (text.length < length) text += `${words[random(words.length)]} `
  return text.slice(0, length)
}
