// `npm run inspect -- FILE [--compound|--tables|--plan|--script|--hive] [PROPERTY=VALUE…]`: any stage of our own reading
// and deciding, for developers. Without a stage: what the file is, level by level. Everything is printed as it is found,
// findings included; the commands of `msikit` are for users.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { bytesToHex, type ByteSource, type Finding } from 'msikit/base'
import { openCabinet } from 'msikit/cabinet'
import { openCompoundFile, type Storage } from 'msikit/compound-file'
import { decodeStreamName, openDatabase, typeLetters } from 'msikit/database'
import { planInstallation, type InstallResult } from 'msikit/engine'
import { createNodePlatform, openFileSource } from 'msikit/node'
import { openHive } from 'msikit/registry-hive'

type Stage = (path: string, properties: Readonly<Record<string, string>>) => void | Promise<void>

const stages: Readonly<Record<string, Stage>> = {
  '--compound': showCompoundFile, '--tables': showTables, '--plan': showDecisions, '--script': showScript, '--hive': showHive, '--cabinet': showCabinet,
}

process.stdout.on('error', () => process.exit())
const words = process.argv.slice(2)
const wanted = words.filter((word) => word.startsWith('--'))
const [file, ...settings] = words.filter((word) => !word.startsWith('--'))
if (file === undefined || wanted.some((word) => !Object.hasOwn(stages, word))) {
  console.error(`usage: npm run inspect -- FILE [${Object.keys(stages).join('|')}] [PROPERTY=VALUE…]`)
  process.exit(2)
}
const properties = Object.fromEntries(settings.map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]))
for (const stage of wanted.length > 0 ? wanted : usualStages(file)) {
  say(`== ${stage.slice(2)}`)
  await stages[stage]!(file, properties)
}

function usualStages(path: string): string[] {
  using source = openFileSource(path)
  const signature = new TextDecoder('latin1').decode(source.read(0, 4))
  if (signature === 'regf') return ['--hive']
  return signature === 'MSCF' ? ['--cabinet'] : ['--compound', '--tables']
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function showFindings(findings: readonly Finding[]): void {
  for (const finding of findings) say(`! ${JSON.stringify(finding)}`)
}

function showCompoundFile(path: string): void {
  using source = openFileSource(path)
  const { root, majorVersion, findings } = openCompoundFile(source)
  say(`compound file, version ${majorVersion}, ${source.size} bytes`)
  showStorage(root, '')
  showFindings(findings)
}

function showStorage(storage: Storage, indent: string): void {
  say(`${indent}${JSON.stringify(storage.name)} class ${storage.classId}`)
  for (const entry of storage.entries) {
    if (entry.kind === 'storage') {
      showStorage(entry, `${indent}  `)
      continue
    }
    const { name, table } = decodeStreamName(entry.name)
    say(`${indent}  ${String(entry.source.size).padStart(9)}  ${table ? 'table ' : ''}${JSON.stringify(name)}  ${hexStart(entry.source)}`)
  }
}

function hexStart(source: ByteSource): string {
  return bytesToHex(source.read(0, Math.min(16, source.size)))
}

function showTables(path: string): void {
  using source = openFileSource(path)
  const database = openDatabase(source)
  say(`database, code page ${database.codepage}, string references of ${database.pool.referenceSize} bytes`)
  for (const [id, value] of database.summary.properties) say(`summary ${id}: ${value.type} ${'value' in value ? value.value : ''}`)
  for (const name of database.tableNames) {
    const table = database.table(name)!
    say(`\n${name} (${table.rowCount} rows): ${table.columns.map((column) => `${column.name} ${typeLetters(column)}${column.key ? ' key' : ''}`).join(', ')}`)
    for (const row of table.rows()) say(`  ${row.cells().map((cell) => cell !== null && typeof cell === 'object' ? `<${cell.size} bytes>` : JSON.stringify(cell)).join(' | ')}`)
  }
  showFindings(database.findings)
}

/** On an empty machine: nothing of this one counts. */
async function planOf(path: string, properties: Readonly<Record<string, string>>, log: (line: string) => void = () => {}): Promise<InstallResult> {
  const root = mkdtempSync(join(tmpdir(), 'msikit-inspect-'))
  try {
    return await planInstallation(createNodePlatform({ root, readOnly: true }), { package: resolve(path), properties, log })
  } finally {
    rmSync(root, { recursive: true })
  }
}

/** The log of the walk, then what it decided. */
async function showDecisions(path: string, properties: Readonly<Record<string, string>>): Promise<void> {
  const { exitCode, error, decisions } = await planOf(path, properties, say)
  say(`\nexit code ${exitCode}${error === undefined ? '' : `: ${JSON.stringify(error)}`}`)
  for (const [kind, rows] of Object.entries(decisions ?? {})) {
    say(`\n${kind}`)
    for (const row of rows as readonly unknown[]) say(`  ${JSON.stringify(row)}`)
  }
}

async function showScript(path: string, properties: Readonly<Record<string, string>>): Promise<void> {
  const { exitCode, error, plan } = await planOf(path, properties)
  say(`exit code ${exitCode}${error === undefined ? '' : `: ${JSON.stringify(error)}`}`)
  for (const { productCode, productName, entries, immediateActions } of plan) {
    say(`\n${productName} ${productCode}`)
    for (const action of immediateActions) say(`  at once ${JSON.stringify(action)}`)
    for (const [index, { operation: { op, ...fields }, ticks }] of entries.entries()) {
      say(`  ${String(index).padStart(4)} ${op} ${JSON.stringify(fields, (_key, value: unknown) => typeof value === 'bigint' ? String(value) : value)}${ticks === undefined ? '' : ` ticks ${ticks}`}`)
    }
  }
}

function showHive(path: string): void {
  using source = openFileSource(path)
  const hive = openHive(source.read(0, source.size))
  say(`hive ${JSON.stringify(hive.fileName)}, version 1.${hive.minorVersion}`)
  // With a stack of its own: how deep keys lie is the file's to say.
  const pending = [{ key: hive.root, at: hive.root.name }]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { key, at } = next
    say(`${at}${key.security === undefined ? '' : ` security ${key.security.length} bytes`}`)
    for (const { name, type, data } of key.values()) say(`  ${JSON.stringify(name)} type ${type}: ${bytesToHex(data.subarray(0, 64))}${data.length > 64 ? `… ${data.length} bytes` : ''}`)
    for (const below of key.subkeys().toReversed()) pending.push({ key: below, at: `${at}\\${below.name}` })
  }
  showFindings(hive.findings)
}

function showCabinet(path: string): void {
  using source = openFileSource(path)
  const cabinet = openCabinet(source)
  say(`cabinet ${cabinet.index} of set ${cabinet.setId}${cabinet.nextCabinet === undefined ? '' : `, next ${cabinet.nextCabinet.name}`}`)
  for (const [index, { compression, blockCount }] of cabinet.folders.entries()) say(`  folder ${index}: ${compression.method} ${compression.windowBits ?? ''}, ${blockCount} blocks`)
  for (const file of cabinet.files) say(`  ${JSON.stringify(file)}`)
  showFindings(cabinet.findings)
}
