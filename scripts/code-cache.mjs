// Writes V8 code caches beside the bundles of commands. A cache holds what was compiled when it was made: so commands are
// run on a small package first, and those that need more than that (scripts, what msiexec is told) as far as their help.
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PackageBuilder } from '../dist/authoring/index.js'
import { bytesSource } from '../dist/base/index.js'
import { writeCabinet } from '../dist/cabinet/index.js'
import { cacheSuffix, compileBundle, runBundle } from '../dist/cli/program/load-bundle.js'
import { writeFile } from '../dist/cli/files/write-file.js'
import { createDatabase } from '../dist/database/index.js'

/** What to run, besides the help, before the cache is written. */
const runs = {
  info: (file) => [[file]],
  tables: (file) => [[file], [file, 'Property'], [file, 'Property', '--json'], [file, '--json']],
  streams: (file) => [[file], [file, 'a.cab']],
  extract: (file, folder) => [[file, '--list'], [file, '-o', join(folder, 'extract'), '--threads', '1']],
  cab: (file, folder) => [['create', '-o', join(folder, 'x.cab'), file], ['list', join(folder, 'x.cab')], ['extract', join(folder, 'x.cab'), '-o', join(folder, 'cab'), '--threads', '1']],
  query: (file) => [[file, 'SELECT `Property`, `Value` FROM `Property` WHERE `Property` = \'ProductName\' ORDER BY `Value`']],
  export: (file, folder) => [[file, '-o', join(folder, 'export')]],
  // Importing is better off without: what it compiles is little, and reading a larger cache costs as much.
  // In the order of the list of commands.
  merge: (file, folder) => [[join(folder, copyName), file, '-o', join(folder, 'merged.msi')]],
  diff: (file, folder) => [[file, join(folder, copyName)], [file, join(folder, productName)]],
  set: (_file, folder) => [[join(folder, copyName), 'Property.ProductName=Changed', 'Summary.title=Changed', '--add', 'Property.Added=1']],
  stream: (file, folder) => [['put', join(folder, copyName), 'Added', file], ['get', join(folder, copyName), 'Added', join(folder, 'got')], ['rm', join(folder, copyName), 'Added']],
  transform: (file, folder) => [
    ['create', file, join(folder, copyName), '-o', join(folder, 'change.mst')], ['show', join(folder, 'change.mst')],
    ['apply', file, join(folder, 'change.mst'), '-o', join(folder, 'changed.msi')],
  ],
  list: (file, folder) => [['--root', join(folder, 'root')]],
  // Elsewhere there is nothing to be seen, or another library to be loaded.
  rm: () => process.platform === 'linux' ? [['list', process.execPath]] : [],
  // What is installed twice is removed from one root and repaired in the other.
  plan: (_file, folder) => [[join(folder, productName), '--root', join(folder, 'a')]],
  install: (_file, folder) => [[join(folder, productName), '--root', join(folder, 'a')], [join(folder, productName), '--root', join(folder, 'b')]],
  uninstall: (_file, folder) => [[join(folder, productName), '--root', join(folder, 'a')]],
  repair: (_file, folder) => [[join(folder, productName), '--root', join(folder, 'b')]],
}
const productName = 'product.msi'
/** To be changed. */
const copyName = 'copy.msi'

/** @param groups bundles with the files of their commands */
export async function writeCodeCaches(folder, groups) {
  const work = mkdtempSync(join(tmpdir(), 'msikit-build-'))
  try {
    const file = join(work, 'sample.msi')
    const database = sampleDatabase()
    for (const path of [file, join(work, copyName)]) writeFile(path, (sink) => database.save(sink))
    writeFile(join(work, productName), (sink) => sampleProduct().save(sink))
    for (const [bundle, members] of groups) {
      const path = join(folder, `${bundle}.cjs`)
      const script = compileBundle(path)
      const module = runBundle(script, path, createRequire(path))
      for (const name of members.keys()) await warm(name, module, file, work)
      writeFileSync(path + cacheSuffix, script.createCachedData())
    }
  } finally {
    rmSync(work, { recursive: true })
  }
}

const key = (name) => ({ name, type: 'string', width: 72, key: true })
const text = (name) => ({ name, type: 'string', width: 255, nullable: true })
const integer = (name) => ({ name, type: 'int16', nullable: true })

async function warm(name, { start, commands }, file, work) {
  const nowhere = openSync(devNull, 'w')
  for (const argv of [['--help'], ...(runs[name]?.(file, work) ?? [])]) {
    const status = await start(commands[name].run, argv, [nowhere, nowhere])
    if (status > 1) throw new Error(`msikit ${name} ${argv.join(' ')}: expected status 0, or 1 for what is different, found ${status}`)
  }
  closeSync(nowhere)
}

/** With what most products have. */
function sampleProduct() {
  const app = new PackageBuilder({ name: 'Sample', version: '1.0.0', manufacturer: 'Sample', upgradeCode: '{0F3E1D4C-7C0C-4D8F-9D0B-2E7F5C1A6B90}' })
  app.majorUpgrade({ downgradeMessage: 'A newer version is installed.' })
  const folder = app.folder('ProgramFilesFolder').folder('Sample', { key: 'INSTALLDIR' })
  const main = app.feature('Main', { title: 'Main', folder })
  for (let index = 0; index < 10; index++) {
    main.file(folder, `f${index}.txt`, sampleContent()).registry('HKLM', `Software\\Sample\\k${index}`, 'v', `value ${index}`)
      .shortcut(app.folder('ProgramMenuFolder'), `Sample ${index}`)
  }
  return app.build({ validation: false })
}

/** Enough for WebAssembly to be used. */
const sampleBytes = 400_000

function sampleContent() {
  return Uint8Array.from({ length: sampleBytes }, (_, index) => index * index >> 7)
}

function sampleCabinet() {
  const pieces = []
  writeCabinet([{ name: 'f', source: bytesSource(sampleContent()) }], { write: (piece) => { pieces.push(piece.slice()) } }, { compression: 'mszip', level: 1 })
  return Buffer.concat(pieces)
}

function sampleDatabase() {
  const database = createDatabase({ codepage: 1252 })
  const table = (name, columns, rows) => {
    const made = database.createTable({ name, columns })
    for (const row of rows) made.insert(row)
  }
  table('Property', [key('Property'), text('Value')], [['ProductName', 'Sample'], ['ProductVersion', '1.0'], ['Manufacturer', 'Grüße']])
  table('Directory', [key('Directory'), text('Directory_Parent'), text('DefaultDir')], [['TARGETDIR', null, 'SourceDir'], ['APP', 'TARGETDIR', 'app|My App']])
  table('Component', [key('Component'), text('Directory_')], [['c', 'APP']])
  table('Feature', [key('Feature'), text('Feature_Parent'), text('Title'), integer('Display'), integer('Level')], [['Main', null, 'Main', 1, 1], ['Sub', 'Main', 'Sub', 2, 1]])
  table('FeatureComponents', [key('Feature_'), key('Component_')], [['Main', 'c']])
  table('File', [key('File'), text('Component_'), text('FileName'), { name: 'FileSize', type: 'int32' }, integer('Attributes'), integer('Sequence')], [['f', 'c', 'f~1|file', sampleBytes, 0, 1]])
  table('Media', [{ name: 'DiskId', type: 'int16', key: true }, integer('LastSequence'), text('Cabinet')], [[1, 1, '#a.cab']])
  database.setStream('a.cab', bytesSource(sampleCabinet()))
  database.summary = { codepage: 1252, properties: new Map([
    [1, { type: 'i2', value: 1252 }], [2, { type: 'lpstr', value: 'Installation Database' }], [7, { type: 'lpstr', value: 'Intel;1033' }],
    [9, { type: 'lpstr', value: '{11111111-2222-3333-4444-555555555555}' }], [12, { type: 'filetime', value: 131287545500000000n }], [14, { type: 'i4', value: 200 }], [15, { type: 'i4', value: 2 }],
  ]) }
  return database
}
