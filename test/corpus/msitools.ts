// What msitools says of a database, in a form that ours can be compared with.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { codePage } from 'msikit/base'
import { exportTable, type Database } from 'msikit/database'

export const hasMsiinfo = spawnSync('msiinfo', ['--version']).error === undefined

/** As msiinfo has them, without the two that are no tables. */
export function tableNames(path: string): string[] {
  return String(spawnSync('msiinfo', ['tables', path]).stdout).split('\n').filter((table) => table !== '' && !/^_(SummaryInformation|ForceCodepage)$/.test(table)).sort()
}

export const suminfo = (path: string): string => String(spawnSync('msiinfo', ['suminfo', path]).stdout)

/**
 * The fields of an exported table. msiinfo writes UTF-8 without a code page in line 3, leaves control characters alone, and
 * names a stream by its table too.
 * @param scratch Where msiinfo may leave the streams of a table, which it does in the working directory.
 */
export function theirFields(path: string, table: string, scratch: string): string[] {
  const { stdout, status, stderr } = spawnSync('msiinfo', ['export', resolve(path), table], { maxBuffer: 1 << 28, cwd: scratch })
  assert.equal(status, 0, String(stderr))
  return codePage(65001).decode(stdout).split(/\t|\r\n/).map((field) => field.startsWith(`${table}.`) ? `${field.slice(table.length + 1)}.ibd` : field)
}

/** All fields of a table, with control characters as they are in the database and streams named by the key. */
export function ourFields(database: Database, table: string): string[] {
  const text = codePage(database.codepage === 0 ? 1252 : database.codepage).decode(exportTable(database, table))
  const fields = text.replace(/^(.*\r\n.*\r\n)\d+\t/, '$1').split(/\t|\r\n/)
  return fields.join('\t').replaceAll('\u0011', '\r').replaceAll('\u0019', '\n').split(/\t|\r\n/)
}

export function requireSame(ours: readonly string[], theirs: readonly string[], table: string): void {
  const at = theirs.findIndex((field, index) => field !== ours[index])
  const shown = at < 0 ? '' : `field ${at}: ${JSON.stringify(ours[at])?.slice(0, 200)} but msiinfo has ${JSON.stringify(theirs[at])?.slice(0, 200)}`
  assert.ok(at < 0 && ours.length === theirs.length, `${table}, ${shown}`)
}
