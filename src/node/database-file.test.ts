import { strict as assert } from 'node:assert'
import { chmodSync, linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { bytesSource, readAll } from '../base/index.ts'
import { createDatabaseFile, openDatabaseFile } from './database-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'msikit-file-'))
after(() => rmSync(folder, { recursive: true, force: true }))

function aFile(name: string): string {
  const path = join(folder, name)
  using database = createDatabaseFile(path)
  database.query('CREATE TABLE `Binary` (`Name` CHAR(72) NOT NULL, `Data` OBJECT NOT NULL PRIMARY KEY `Name`)')
  database.query('CREATE TABLE `Property` (`Property` CHAR(72) NOT NULL, `Value` LONGCHAR NOT NULL PRIMARY KEY `Property`)')
  database.query('INSERT INTO `Binary` (`Name`, `Data`) VALUES (?, ?)', ['icon', bytesSource(new Uint8Array(9000).fill(7))])
  database.query("INSERT INTO `Property` (`Property`, `Value`) VALUES ('A', 'one')")
  database.setStream('data.cab', bytesSource(new Uint8Array(50).fill(3)))
  database.commit()
  return path
}

test('A file is edited in place: nothing changes before commit, and all of it then, as often as one likes', () => {
  const path = aFile('edit.msi')
  const before = readFileSync(path)
  using database = openDatabaseFile(path)
  database.query("UPDATE `Property` SET `Value` = 'two' WHERE `Property` = 'A'")
  database.query('INSERT INTO `Binary` (`Name`, `Data`) VALUES (?, ?)', ['new', bytesSource(Uint8Array.of(1, 2, 3))])
  assert.deepEqual(readFileSync(path), before)
  database.commit()
  assert.deepEqual([...readAll(database.query("SELECT `Data` FROM `Binary` WHERE `Name` = 'new'").first()!.Data)], [1, 2, 3])
  assert.equal(readAll(database.stream('Binary.icon')!).length, 9000)
  database.query("DELETE FROM `Binary` WHERE `Name` = 'icon'")
  database.commit()
  using again = openDatabaseFile(path)
  assert.deepEqual(again.streamNames(), ['data.cab', 'Binary.new'])
  assert.equal(again.query("SELECT `Value` FROM `Property` WHERE `Property` = 'A'").first()?.Value, 'two')
  assert.deepEqual(again.findings, [])
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('msikit-new')), [])
})

test('Committing what did not change writes the same bytes', () => {
  const path = aFile('same.msi')
  const before = readFileSync(path)
  using database = openDatabaseFile(path)
  database.commit()
  database.commit()
  assert.deepEqual(readFileSync(path), before)
})

test('A commit that fails leaves the file, and one that was killed leaves a rest that the next commit replaces', () => {
  const path = aFile('fail.msi')
  const before = readFileSync(path)
  writeFileSync(`${path}.msikit-new`, 'rest of a process that was killed')
  using database = openDatabaseFile(path)
  database.query("UPDATE `Property` SET `Value` = '語' WHERE `Property` = 'A'")
  database.codepage = 1252
  assert.throws(() => database.commit(), { code: 'ERROR_INVALID_DATA', message: /expected text that code page 1252 can hold/ })
  assert.deepEqual(readFileSync(path), before)
  database.codepage = 65001
  database.commit()
  assert.deepEqual(readdirSync(folder).filter((name) => name.includes('msikit-new')), [])
  using again = openDatabaseFile(path)
  assert.equal(again.query('SELECT `Value` FROM `Property`').first()?.Value, '語')
})

test('A file that somebody else changed since it was opened is not overwritten', () => {
  const path = aFile('other.msi')
  using database = openDatabaseFile(path)
  writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.of(0)]))
  assert.throws(() => database.commit(), { code: 'ERROR_SHARING_VIOLATION', message: /found one that somebody else changed/ })
  rmSync(path)
  assert.throws(() => database.commit(), { code: 'ERROR_SHARING_VIOLATION', message: /found no file/ })
})

test('Links keep pointing to the file, which keeps its permissions', { skip: process.platform === 'win32' && 'no links on Windows' }, () => {
  const path = aFile('real.msi')
  chmodSync(path, 0o640)
  const link = join(folder, 'link.msi')
  symlinkSync(path, link)
  linkSync(path, join(folder, 'old.msi'))
  using database = openDatabaseFile(link)
  database.query("UPDATE `Property` SET `Value` = 'three' WHERE `Property` = 'A'")
  database.commit()
  assert.equal(statSync(path).mode & 0o777, 0o640)
  using again = openDatabaseFile(path)
  assert.equal(again.query('SELECT `Value` FROM `Property`').first()?.Value, 'three')
})
