import { strict as assert } from 'node:assert'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytesSource } from '../base/index.ts'
import { writeCabinet } from '../cabinet/index.ts'
import { createDatabase, openDatabase, type ColumnDefinition, type Database } from '../database/index.ts'
import { cabinetInputs } from '../testing/index.ts'
import { run } from './commands/extract.ts'
import { OutputFolder } from './files/output-folder.ts'
import { writeFile } from './files/write-file.ts'
import { filesOf, layOutFiles, type FileLayout, type LaidOutFile, type LayoutKind } from './layout/file-layout.ts'
import { pathText } from './layout/places.ts'
import { takeFiles } from './package/package-files.ts'
import { Output } from './terminal/output.ts'

const text = (name: string, key = false): ColumnDefinition => ({ name, type: 'string', key, nullable: !key })

/** Files as [key, directory, name], directories as [key, parent, DefaultDir]. */
function aPackage(files: readonly (readonly [string, string, string])[], directories: readonly (readonly [string, string | null, string])[]): Database {
  const database = createDatabase()
  const directory = database.createTable({ name: 'Directory', columns: [text('Directory', true), text('Directory_Parent'), text('DefaultDir')] })
  const component = database.createTable({ name: 'Component', columns: [text('Component', true), text('Directory_')] })
  const file = database.createTable({ name: 'File', columns: [text('File', true), text('Component_'), text('FileName')] })
  database.createTable({ name: 'Media', columns: [{ name: 'DiskId', type: 'int16', key: true }] })
  for (const row of directories) directory.insert(row)
  for (const [key, folder, name] of files) {
    component.insert([`c_${key}`, folder])
    file.insert([key, `c_${key}`, name])
  }
  return database
}

const paths = (database: Database, kind: 'target' | 'source' = 'target'): string[] => laidOut(database, kind).map(pathText)
const laidOut = (database: Database, kind: LayoutKind): LaidOutFile[] => [...filesOf(layOutFiles(database, kind))]
const root = ['TARGETDIR', null, 'SourceDir'] as const

test('directories follow their parents, targets and sources apart, long names first', () => {
  const database = aPackage([['a', 'App', 'a~1.txt|a file.txt'], ['b', 'Sub', 'b']], [root, ['ProgramFilesFolder', 'TARGETDIR', 'PFiles'], ['App', 'ProgramFilesFolder', 'app|My App:src|Source'], ['Sub', 'App', '.:sub']])
  assert.deepEqual(paths(database), ['Program Files/My App/a file.txt', 'Program Files/My App/b'])
  assert.deepEqual(paths(database, 'source'), ['PFiles/Source/a file.txt', 'PFiles/Source/sub/b'])
})

test('folders of Windows are those of the Windows that the package is for', () => {
  const places = ['ProgramFilesFolder', 'ProgramFiles64Folder', 'CommonFilesFolder', 'SystemFolder', 'System64Folder'] as const
  const database = aPackage(places.map((key) => [key, key, 'f']), [root, ...places.map((key) => [key, 'TARGETDIR', key] as const)])
  const for32 = ['Program Files/f', 'Program Files/f~ProgramFiles64Folder', 'Program Files/Common Files/f', 'Windows/System32/f', 'Windows/System32/f~System64Folder']
  const for64 = ['Program Files (x86)/f', 'Program Files/f', 'Program Files (x86)/Common Files/f', 'Windows/SysWOW64/f', 'Windows/System32/f']
  for (const [template, expected] of [['Intel;1033', for32], [';1033', for32], ['x64;1033', for64], ['Arm64;0', for64], ['Intel64,Intel;1033', for64]] as const) {
    database.summary = { codepage: 1252, properties: new Map([[7, { type: 'lpstr', value: template }]]) }
    assert.deepEqual(paths(database), expected, template)
  }
})

test('an uncompressed file of a compressed package lies beside it, one of another package in its source folder', () => {
  for (const [wordCount, place] of [[2, 'a file.txt'], [0, 'PFiles/a file.txt']] as const) {
    const database = createDatabase()
    for (const [name, columns, ...rows] of [
      ['Directory', [text('Directory', true), text('Directory_Parent'), text('DefaultDir')], root, ['ProgramFilesFolder', 'TARGETDIR', 'PFiles']],
      ['Component', [text('Component', true), text('Directory_')], ['c', 'ProgramFilesFolder']],
      ['Media', [{ name: 'DiskId', type: 'int16', key: true }], [1]],
      ['File', [text('File', true), text('Component_'), text('FileName'), { name: 'Attributes', type: 'int16', nullable: true }], ['a', 'c', 'a~1.txt|a file.txt', 0x2000]],
    ] as const) {
      const table = database.createTable({ name, columns })
      for (const row of rows) table.insert(row)
    }
    database.summary = { ...database.summary, properties: new Map([[15, { type: 'i4', value: wordCount }]]) }
    assert.equal(laidOut(database, 'target')[0]?.sourcePath.join('/'), place)
  }
})

test('names that differ in case share a folder, and a taken place gives way', () => {
  const database = aPackage([['a', 'One', 'Read.txt'], ['b', 'Two', 'READ.TXT'], ['c', 'One', 'x']], [root, ['One', 'TARGETDIR', 'Docs'], ['Two', 'TARGETDIR', 'docs']])
  assert.deepEqual(paths(database).sort(), ['Docs/READ.TXT~b', 'Docs/Read.txt', 'Docs/x'])
})

for (const name of ['..', '..\\..\\evil', '/etc/passwd', 'a/../../b', '.']) {
  test(`a file called ${name} is refused`, () => {
    assert.throws(() => layOutFiles(aPackage([['a', 'TARGETDIR', name]], [root]), 'target'), { code: 'ERROR_INVALID_NAME', message: /expected a name within the folder/ })
  })
}

const byKey = (layout: FileLayout): LaidOutFile[] => [...filesOf(layout)].sort((a, b) => Number(a.key.slice(1)) - Number(b.key.slice(1)))

test('names that are looked at as bytes, in a database that was opened, are taken as those that are texts', () => {
  const names = ['A.txt', 'A~1.TXT|a.TXT', '|b', 'b', 'x|B', 'c|', 'd|e|f', 'CON.txt', 'contents.txt', 'g ', 'h.', '.config', 'ä.txt', 'Ä.TXT', 'what?', 'COM1', 'folder', 'lpt', ...Array.from({ length: 300 }, (_, index) => `s${index}|long name ${index % 290}.txt`)]
  const made = aPackage(names.map((name, index) => [`k${index}`, index % 2 === 0 ? 'Odd' : 'Even', name]), [root, ['Odd', 'TARGETDIR', 'o|Folder'], ['Even', 'TARGETDIR', 'e|FOLDER']])
  made.summary = { codepage: 1252, properties: new Map([[15, { type: 'i4', value: 2 }]]) }
  const chunks: Uint8Array[] = []
  made.save({ write: (chunk) => { chunks.push(chunk.slice()) } })
  const [texts, bytes] = [layOutFiles(made, 'target'), layOutFiles(openDatabase(bytesSource(Buffer.concat(chunks))), 'target')]
  assert.deepEqual(byKey(bytes), byKey(texts))
  assert.deepEqual(byKey(bytes).filter(({ displacedFrom }) => displacedFrom !== undefined).map(({ key }) => key), ['k1', 'k3', 'k4', 'k13', ...Array.from({ length: 10 }, (_, index) => `k${308 + index}`)])
  const plain = [...filesOf(bytes)].filter((_, number) => bytes.isPlain!(number)).map(({ name }) => name)
  for (const name of ['CON.txt', 'g ', 'h.', 'ä.txt', 'what?', 'COM1']) assert.ok(!plain.includes(name), name)
  assert.ok(plain.includes('e|f') === false && plain.includes('folder') && plain.includes('b'))
  assert.deepEqual([...filesOf(bytes.subset(Uint32Array.of(3, 5)))], [bytes.file(3), bytes.file(5)])
})

test('a directory that climbs out, and a cycle of directories, are refused', () => {
  assert.throws(() => layOutFiles(aPackage([['a', 'Up', 'x']], [root, ['Up', 'TARGETDIR', '..']]), 'target'), { code: 'ERROR_INVALID_NAME' })
  assert.throws(() => layOutFiles(aPackage([['a', 'A', 'x']], [['A', 'B', 'a'], ['B', 'A', 'b']]), 'target'), /found a cycle/)
})

test('uncompressed files are taken from beside the package, without regard to case; nothing goes through links', () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-extract-'))
  try {
    mkdirSync(join(folder, 'source/APP'), { recursive: true })
    writeFileSync(join(folder, 'source/APP/a.TXT'), 'content')
    const database = aPackage([['a', 'App', 'A.txt']], [root, ['App', 'TARGETDIR', 'app']])
    const opened = { path: join(folder, 'source/x.msi'), size: 0, database }
    const output = new OutputFolder(join(folder, 'out'))
    takeFiles(opened, laidOut(database, 'target'), (file) => output.create(file))
    assert.equal(readFileSync(join(folder, 'out/app/A.txt'), 'utf8'), 'content')
    symlinkSync(folder, join(folder, 'out/link'))
    assert.throws(() => output.create({ folder: ['link'], name: 'x' }), /expected a folder, found a symbolic link/)
    rmSync(join(folder, 'source/APP'), { recursive: true })
    assert.deepEqual(takeFiles(opened, laidOut(database, 'target'), (file) => output.create(file)).map(({ error }) => error.code), ['ERROR_INSTALL_SOURCE_ABSENT'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

class Silent extends Output {
  override flush(): void {}
}

test('extract takes what is whole of a damaged package, and refuses it with --strict before anything is written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-extract-'))
  try {
    const database = aPackage([['one', 'TARGETDIR', 'one'], ['two', 'TARGETDIR', 'two']], [root])
    database.summary = { codepage: 1252, properties: new Map([[15, { type: 'i4', value: 2 }]]) }
    database.table('Media')!.addColumn({ name: 'LastSequence', type: 'int16', nullable: true })
    database.table('Media')!.addColumn({ name: 'Cabinet', type: 'string', width: 64, nullable: true })
    const parts: Uint8Array[] = []
    writeCabinet(cabinetInputs({ one: 'one'.repeat(50), two: 'two'.repeat(50) }).map((input) => ({ ...input, newFolder: true })), { write: (chunk) => { parts.push(chunk.slice()) } }, { compression: 'none' })
    const bytes = Buffer.concat(parts)
    bytes[bytes.indexOf('twotwo') + 9]! ^= 1
    database.table('Media')!.insert([1, 2, '#x.cab'])
    database.setStream('x.cab', bytesSource(bytes))
    writeFile(join(folder, 'x.msi'), (sink) => { database.save(sink) })
    const extract = async (...argv: string[]): Promise<number> => run([join(folder, 'x.msi'), ...argv], { out: new Silent(-1), err: new Silent(-1), env: {} })
    assert.equal(await extract('-o', join(folder, 'strict'), '--strict'), 1620 % 256)
    assert.ok(!existsSync(join(folder, 'strict')))
    assert.equal(await extract('-o', join(folder, 'out')), 1620 % 256)
    assert.deepEqual(readdirSync(join(folder, 'out')), ['one'])
    assert.equal(await extract('-o', join(folder, 'strict'), '--strict', '--match', 'one'), 0)
    assert.deepEqual(readdirSync(join(folder, 'strict')), ['one'])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
