// The languages of packages: conditions, Formatted text, queries, text archives. Inputs are spliced from their tokens.
import { bytesSource } from 'msikit/base'
import { createDatabase, exportTable, importTable, openDatabase } from 'msikit/database'
import { ConditionSyntaxError, evaluateCondition, format, parseCondition } from 'msikit/expression'
import { query } from 'msikit/sql'
import { mutateBytes } from './mutate.ts'
import type { Random } from './random.ts'
import { packageSeeds, type Seed } from './seeds.ts'
import type { Target } from './target.ts'

const tokensOf = {
  condition: ['A', 'B', '%PATH', '?C', '$C', '!F', '&F', '3', '-1', '99999999999', '"x"', '"', '=', '<>', '~=', '><', '<<', '>>', '>=', '(', ')', 'NOT', 'AND', 'OR', 'XOR', 'EQV', 'IMP', ' ', '\t', '\0'],
  formatted: ['[', ']', '{', '}', '{{', '}}', '[1]', '[~]', '[\\[]', '[%PATH]', '[#f]', '[!f]', '[$c]', '[A]', '[[A]]', '{[A]x}', '\\', '\0', '{1}', ' ', 'ü'],
  query: ['SELECT', 'DISTINCT', '*', 'FROM', 'WHERE', 'ORDER BY', 'AND', 'OR', '`Property`', '`Value`', 'Property', '`Mine`', '`Id`', '?', '=', '<>', '<', 'IS NULL', 'IS NOT NULL', "'x'", "'", '`', '(', ')', ',', '.', '-5',
    'INSERT INTO', 'VALUES', 'UPDATE', 'SET', 'DELETE', 'CREATE TABLE', 'DROP TABLE', 'ALTER TABLE', 'ADD', 'HOLD', 'FREE', 'TEMPORARY', 'NOT NULL', 'PRIMARY KEY', 'CHAR(72)', 'LONG', 'OBJECT', 'LOCALIZABLE', '_Tables', '_Streams', '_Columns'],
} as const

const examples = {
  condition: ['NOT Installed AND (VersionNT >= 600 OR &Main = 3)', '?C = 3 IMP "a" ~>< B', '((((A))))'],
  formatted: ['[INSTALLDIR]app.exe {/log [LOG]} [1] [2]', '{{hidden [A]}}[#file][~][\\]]', '{[A]{[B]{[C]}}}'],
  query: ['SELECT `Property`, `Value` FROM `Property` WHERE `Value` <> ? ORDER BY `Property`', "INSERT INTO `Mine` (`Id`, `Name`) VALUES (3, 'x') TEMPORARY", 'CREATE TABLE `T` (`A` CHAR(72) NOT NULL, `B` LONG PRIMARY KEY `A`)',
    'SELECT * FROM `Property`, `Mine` WHERE `Property` = `Name` OR `Id` IS NULL', "UPDATE `Mine` SET `Name` = 'y' WHERE `Id` < 5", 'ALTER TABLE `Mine` ADD `New` SHORT HOLD', 'DROP TABLE `Mine`', 'DELETE FROM `Mine`'],
} as const

type Language = keyof typeof tokensOf

function languageTarget(language: Language, exercise: (text: string) => void): Target {
  return {
    seeds: () => examples[language].map((text) => ({ name: text, bytes: new TextEncoder().encode(text) })),
    mutate: (seed, random) => new TextEncoder().encode(spliced(new TextDecoder().decode(seed), tokensOf[language], random)),
    exercise: (bytes) => { exercise(new TextDecoder().decode(bytes)) },
    inputs: 15_000,
  }
}

/** Puts tokens in, takes pieces out, repeats pieces: up to deep nesting. */
export function spliced(text: string, tokens: readonly string[], random: Random): string {
  let result = text
  for (let count = 1 + random.below(12); count > 0; count--) {
    const at = random.below(result.length + 1)
    const piece = random.chance(70) ? random.pick(tokens) : result.slice(at, at + random.below(20))
    const times = random.chance(3) ? 2000 : 1
    result = `${result.slice(0, at)}${random.chance(50) ? ' ' : ''}${piece.repeat(times)}${result.slice(at + (random.chance(40) ? random.below(10) : 0))}`.slice(0, 40_000)
  }
  return result
}

const noFeatures = { featureInstalled: () => 3, featureAction: () => undefined, componentInstalled: () => 2, componentAction: () => -1 }
const property = (name: string): string => name.startsWith('A') ? 'x[B]' : ''

function exerciseCondition(text: string): void {
  evaluateCondition(text, { property, environment: property, ...noFeatures })
  try {
    parseCondition(text)
  } catch (error) {
    if (!(error instanceof ConditionSyntaxError)) throw error
  }
}

function exerciseFormatted(text: string): void {
  const session = { property, environment: property, filePath: property, componentDirectory: property }
  const result = format(text, { session, field: (index) => index < 3 ? index : undefined })
  if (result.length > 1 << 20) throw new Error(`${result.length} characters of ${text.length}`)
}

function exerciseQuery(text: string): void {
  const database = createDatabase()
  for (const _ of query(database, 'CREATE TABLE `Mine` (`Id` SHORT NOT NULL, `Name` CHAR(32) PRIMARY KEY `Id`)'));
  for (const _ of query(database, 'CREATE TABLE `Property` (`Property` CHAR(72) NOT NULL, `Value` CHAR(0) PRIMARY KEY `Property`)'));
  for (let row = 0; row < 5; row++) for (const _ of query(database, 'INSERT INTO `Mine` (`Id`, `Name`) VALUES (?, ?)', [row, `name ${row}`]));
  let rows = 0
  for (const _ of query(database, text, ['x', 1])) if (++rows > 10_000) return
}

/** Every table of the smaller packages. */
function archiveSeeds(): Seed[] {
  return packageSeeds().flatMap(({ name, bytes }) => {
    const database = openDatabase(bytesSource(bytes))
    return database.tableNames.slice(0, 40).map((table) => ({ name: `${table}.idt of ${name}`, bytes: exportTable(database, table) }))
  })
}

function exerciseArchive(bytes: Uint8Array): void {
  const database = createDatabase()
  const name = importTable(database, bytes, { stream: () => bytesSource(Uint8Array.of(1)) })
  if (database.table(name) !== undefined) exportTable(database, name)
  database.save({ write: () => undefined })
}

export const languageTargets: Readonly<Record<string, Target>> = {
  condition: languageTarget('condition', exerciseCondition),
  formatted: languageTarget('formatted', exerciseFormatted),
  query: languageTarget('query', exerciseQuery),
  'text-archive': { seeds: archiveSeeds, mutate: mutateBytes, exercise: exerciseArchive, inputs: 5000 },
}
