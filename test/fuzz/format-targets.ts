// The smaller binary formats: summary information, hives, shortcuts, transforms.
import { bytesSource, type RegistryKey } from 'msikit/base'
import { openCompoundFile, writeCompoundFile } from 'msikit/compound-file'
import { applyTransform, generateTransform, openDatabase, type Database } from 'msikit/database'
import { readSummaryInformation, SummaryProperty, writeSummaryInformation } from 'msikit/property-set'
import { createHive, openHive, parseTextHive, createTextHive } from 'msikit/registry-hive'
import { readShellLink, writeShellLink } from 'msikit/shell-link'
import { mutateBytes, mutateStream, mutateWith, written } from './mutate.ts'
import type { Seed } from './seeds.ts'
import type { Target } from './target.ts'
import { aDatabase } from '../../dist/testing/index.js'

function summarySeeds(): Seed[] {
  const properties = new Map(Object.values(SummaryProperty).map((id) => [id, id === SummaryProperty.codepage ? { type: 'i2', value: 1252 } as const
    : id === SummaryProperty.created ? { type: 'filetime', value: 130_000_000_000_000_000n } as const : id > 13 ? { type: 'i4', value: 200 } as const : { type: 'lpstr', value: 'Textü' } as const]))
  return [{ name: 'summary', bytes: writeSummaryInformation({ codepage: 1252, properties }) }]
}

function fill(root: RegistryKey): RegistryKey {
  for (let number = 0; number < 40; number++) {
    const key = root.createSubkey(`Key ${number % 7}`, 1n).createSubkey(`Sub ${number}`, 2n)
    key.setValue(`Value ${number}`, 1, new Uint8Array(number * 3), 3n)
    key.setValue('', 4, Uint8Array.of(1, 2, 3, 4), 3n)
  }
  return root
}

function hiveSeeds(): Seed[] {
  const hive = createHive()
  fill(hive.root)
  fill(hive.root).createSubkey('Large', 4n).setValue('big', 3, new Uint8Array(40_000), 5n)
  return [{ name: 'hive', bytes: hive.toBytes(6n) }]
}

function textHiveSeeds(): Seed[] {
  const hive = createTextHive('REGISTRY\\Machine', 'win64')
  fill(hive.root)
  return [{ name: 'text hive', bytes: new TextEncoder().encode(hive.toText()) }]
}

function walk(key: RegistryKey, visit: (key: RegistryKey) => void): void {
  const waiting = [key]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    visit(next)
    waiting.push(...next.subkeys())
  }
}

function shellLinkSeeds(): Seed[] {
  const target = 'C:\\Program Files\\App\\app.exe'
  return [
    { name: 'target', bytes: writeShellLink({ target, arguments: '/x "y"', description: 'Appü', workingDirectory: 'C:\\Temp', iconPath: target, iconIndex: 3, showCommand: 7, hotKey: 0x0241 }) },
    { name: 'advertised', bytes: writeShellLink({ target, darwinDescriptor: 'abc>def' }) },
  ]
}

const small = (value: string): Database => aDatabase({
  Property: [['ProductName', value], ['ProductCode', '{8A1B6F5C-21C5-4B58-9F0A-3B0D5B1C9E11}']],
  Mine: { columns: 'Id* i4; Name* s32; Text L0; Small I2', rows: [[1, 'a', value, 5], [2, value, null, null]] },
})

function transformSeeds(): Seed[] {
  const transform = generateTransform(small('after'), small('before'))!
  return [{ name: 'transform', bytes: written((sink) => { writeCompoundFile(transform, sink) }) }]
}

function exerciseTransform(bytes: Uint8Array): void {
  const { root } = openCompoundFile(bytesSource(bytes))
  if (root.entries.length === 0) return
  const database = small('before')
  applyTransform(database, bytesSource(bytes), { errorConditions: 0x3f })
  for (const name of database.tableNames) for (const row of database.table(name)!.rows()) for (const column of database.table(name)!.columns) row.cell(column.name)
  openDatabase(bytesSource(written((sink) => { database.save(sink) })))
}

export const formatTargets: Readonly<Record<string, Target>> = {
  'property-set': { seeds: summarySeeds, mutate: mutateBytes, exercise: (bytes) => { readSummaryInformation(bytes) }, inputs: 20_000 },
  hive: { seeds: hiveSeeds, mutate: mutateBytes, exercise: (bytes) => { walk(openHive(bytes).root, (key) => key.valueCount) }, inputs: 10_000 },
  'text-hive': { seeds: textHiveSeeds, mutate: mutateBytes, exercise: (bytes) => { parseTextHive(new TextDecoder('latin1').decode(bytes)).toText() }, inputs: 4000 },
  'shell-link': { seeds: shellLinkSeeds, mutate: mutateBytes, exercise: (bytes) => { readShellLink(bytes) }, inputs: 20_000 },
  transform: { seeds: transformSeeds, mutate: (seed, random) => random.chance(30) ? mutateBytes(seed, random) : mutateWith(mutateStream, seed, random), exercise: exerciseTransform, inputs: 5000 },
}
