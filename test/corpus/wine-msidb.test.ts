// What we write is read back by Wine's msi.dll, through its msidb: the same tables, rows in the same order, streams and
// texts; also after a file was edited in place, and with more strings than two bytes can number.
// Reviewed differences, all of them Wine's: its archives have no code page in line 3, no escapes of control characters,
// and binary cells without the extension `.ibd`.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { bytesSource, readAll } from 'msikit/base'
import { exportTable } from 'msikit/database'
import { createDatabaseFile, openDatabaseFile } from 'msikit/node'
import { sharedPath, skipWithout } from '../shared.ts'

const skip = spawnSync('wine', ['--version']).status === 0 ? false : 'needs wine'
const prefix = mkdtempSync(join(tmpdir(), 'msikit-msidb-'))
const drive = join(prefix, 'drive_c')
const env = { ...process.env, WINEPREFIX: prefix, WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree=;mshtml=', DISPLAY: '' }
const run = (program: string, ...args: string[]): number | null => spawnSync(program, args, { env, timeout: 120_000 }).status

before(() => {
  if (skip === false) assert.equal(run('wineboot', '-i'), 0)
})
after(() => {
  if (skip === false) run('wineserver', '-k')
  rmSync(prefix, { recursive: true, force: true })
})

/** Compares the tables of a file on the prefix's drive C with what Wine takes out of it. */
function requireSameInWine(name: string): void {
  using database = openDatabaseFile(join(drive, name))
  const folder = join(drive, `${name}.out`)
  mkdirSync(folder)
  assert.equal(run('wine', 'msidb', '-d', `C:\\${name}`, '-f', `C:\\${name}.out`, '-e', ...database.tableNames), 0)
  assert.deepEqual(readdirSync(folder).filter((file) => file.endsWith('.idt')).sort(), database.tableNames.map((table) => `${table}.idt`).sort())
  for (const table of database.tableNames) {
    const theirs = readFileSync(join(folder, `${table}.idt`), 'latin1').split('\r\n')
    const ours = Buffer.from(exportTable(database, table, { onStream: (file, source) => {
      assert.deepEqual(readFileSync(join(folder, table, file.replace(/\.ibd$/, ''))), Buffer.from(readAll(source)), `${table} ${file}`)
    } })).toString('latin1').replace(/\.ibd(?=[\t\r])/g, '')
      .replaceAll('\u0011', '\r').replaceAll('\u0019', '\n').split('\r\n')
    ours[2] = ours[2]!.replace(/^\d+\t/, '')
    assert.deepEqual(theirs, ours, table)
  }
}

function aFile(name: string, rows: number): void {
  using database = createDatabaseFile(join(drive, name), { codepage: 1252 })
  database.query('CREATE TABLE `T` (`K` CHAR(72) NOT NULL, `N` SHORT, `L` LONG NOT NULL, `S` LONGCHAR LOCALIZABLE PRIMARY KEY `K`, `N`)')
  database.query('CREATE TABLE `Binary` (`Name` CHAR(72) NOT NULL, `Data` OBJECT NOT NULL PRIMARY KEY `Name`)')
  const table = database.table('T')!
  for (let row = 0; row < rows; row++) {
    table.insert([`key${(row * 7919) % rows}`, row % 5 === 0 ? null : row % 65535 - 32767, row * 30000 - 1_000_000_000, row % 3 === 0 ? null : `Grüße ${row}`])
  }
  table.insert(['a long text', 1, 0, 'x'.repeat(100_000)])
  for (const size of [1, 5000, 100_000]) database.table('Binary')!.insert([`B${size}`, bytesSource(new Uint8Array(size).fill(size & 0xff))])
  database.commit()
}

test('Wine reads what we write, with short and long references to strings', { skip, timeout: 300_000 }, () => {
  aFile('small.msi', 70)
  requireSameInWine('small.msi')
  aFile('large.msi', 50_000)
  assert.equal(openDatabaseFile(join(drive, 'large.msi')).pool.referenceSize, 3)
  requireSameInWine('large.msi')
})

test('Wine reads a file that was edited in place, across 65,535 strings and back', { skip, timeout: 300_000 }, () => {
  aFile('edited.msi', 30_000)
  {
    using database = openDatabaseFile(join(drive, 'edited.msi'))
    assert.equal(database.pool.referenceSize, 2)
    for (let row = 0; row < 40_000; row++) database.table('T')!.insert([`more ${row}`, row % 100, 0, null])
    database.query("DELETE FROM `Binary` WHERE `Name` = 'B5000'")
    database.commit()
    copyFileSync(join(drive, 'edited.msi'), join(drive, 'grown.msi'))
    database.query('DELETE FROM `T` WHERE `L` = 0')
    database.commit()
  }
  requireSameInWine('grown.msi')
  requireSameInWine('edited.msi')
})

test('Wine reads real packages that were edited in place', { skip: skip || skipWithout('corpus', 'ui.msi'), timeout: 300_000 }, () => {
  for (const name of ['ui.msi', 'putty-0.68-installer.msi']) {
    copyFileSync(sharedPath('corpus', name)!, join(drive, name))
    chmodSync(join(drive, name), 0o644)
    {
      using database = openDatabaseFile(join(drive, name))
      database.query("UPDATE `Property` SET `Value` = 'Somebody else' WHERE `Property` = 'Manufacturer'")
      database.query("INSERT INTO `Property` (`Property`, `Value`) VALUES ('ANEWONE', 'with a value')")
      database.commit()
    }
    requireSameInWine(name)
  }
})
