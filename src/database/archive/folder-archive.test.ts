import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesSource, readAll } from '../../base/index.ts'
import { createDatabase, type Database } from '../database.ts'
import { nameOfFile } from './file-names.ts'
import { exportArchive, importArchive } from './folder-archive.ts'

const bytes = (...values: number[]) => bytesSource(Uint8Array.from(values))

function aDatabase(): Database {
  const database = createDatabase({ codepage: 1252 })
  database.createTable({ name: 'Icon', columns: [{ name: 'Name', type: 'string', width: 72, key: true }, { name: 'Data', type: 'binary' }] })
  for (const [index, name] of ['a.ico', 'A.ico', 'con', 'x/y:z', '100%'].entries()) database.table('Icon')!.insert([name, bytes(index)])
  database.createTable({ name: 'Property', columns: [{ name: 'Property', type: 'string', width: 72, key: true }, { name: 'Value', type: 'string', localizable: true }] })
  database.table('Property')!.insert(['Manufacturer', 'Müller\tund\r\nSöhne'])
  database.setStream('data.cab', bytes(9, 9))
  database.setStream('Icon.orphan', bytes(8))
  database.setStream('\u0005DocumentSummaryInformation', bytes(7))
  database.setStream('\u0005DigitalSignature', bytes(6))
  database.setStorage('1031', { classId: '{000C1082-0000-0000-C000-000000000046}', entries: [{ kind: 'stream', name: 'x', source: bytes(1, 2) }] })
  database.summary = { codepage: 1252, properties: new Map([[1, { type: 'i2', value: 1252 }], [2, { type: 'lpstr', value: 'Größe' }], [14, { type: 'i4', value: 200 }]]) }
  return database
}

test('A database that is taken apart and put together again is the same, whatever its names are', () => {
  const database = aDatabase()
  const files = [...exportArchive(database)]
  assert.deepEqual(files.map(({ path }) => path.join('/')), [
    'Icon.idt', 'Icon/a.ico.ibd', 'Icon/%41.ico.ibd', 'Icon/%63on.ibd', 'Icon/x%2Fy%3Az.ibd', 'Icon/100%25.ibd',
    'Property.idt', '_SummaryInformation.idt', '_ForceCodepage.idt',
    '_Streams/data.cab', '_Streams/Icon.orphan', '_Streams/%05DocumentSummaryInformation', '_Storages/1031',
  ])
  const again = importArchive(files.toReversed())
  assert.equal(again.codepage, 1252)
  assert.deepEqual(again.tableNames, ['Icon', 'Property'])
  assert.equal(again.table('Property')!.find('Manufacturer')!.text('Value'), 'Müller\tund\r\nSöhne')
  for (const row of database.table('Icon')!.rows()) {
    assert.deepEqual([...readAll(again.table('Icon')!.find(row.text('Name'))!.stream('Data')!)], [...readAll(row.stream('Data')!)])
  }
  assert.deepEqual(again.summary, database.summary)
  assert.deepEqual(new Set(again.streamNames()), new Set(database.streamNames().filter((name) => name !== '\u0005DigitalSignature')))
  assert.equal(again.storage('1031')?.classId, '{000C1082-0000-0000-C000-000000000046}')
  assert.deepEqual([...exportArchive(again)].map(({ path }) => path.join('/')).sort(), files.map(({ path }) => path.join('/')).sort())
})

test('Names of files are read back, also those that nobody escaped', () => {
  assert.deepEqual(['%05Digital', '50%', '%zz', '%C3%BC.cab', 'plain'].map(nameOfFile), ['\u0005Digital', '50%', '%zz', 'ü.cab', 'plain'])
})

test('A folder without archives, and a missing file of a cell, are said so', () => {
  assert.throws(() => importArchive([]), /expected files named TABLE\.idt, found none/)
  assert.throws(() => importArchive([...exportArchive(aDatabase())].filter(({ path }) => path[1] !== 'a.ico.ibd')), /expected a file "a\.ico\.ibd", found none/)
})
