// `msikit diff`: what is different between two packages.
import { printLine, printTable, shown } from '../difference/changes-text.ts'
import { compareContents, comparePackages, isEmpty, sourceDigest, type ContentDifference, type PackageDifference } from '../difference/package-difference.ts'
import { areTransforms, comparableTransform, unknownTables } from '../difference/transform-view.ts'
import { pathText } from '../layout/places.ts'
import { openPackage, within, type OpenedPackage } from '../package/open-package.ts'
import { cabinetStreams, createSha256, packageContents, type PackageContents } from '../package/package-contents.ts'
import type { Host } from '../program/command.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted, humanSize } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'

export const run = commandRunner({
  name: 'diff',
  summary: 'Tell what is different between two packages',
  about: 'Rows are compared by their keys, cell by cell; files by where they go and by content, whatever cabinet has them; streams\n'
    + 'by content; the summary information by property. How something is stored makes no difference: the order of rows, numbers of\n'
    + 'texts, compression. Exit status as of diff: 0 when nothing is different, 1 when something is; a usage mistake is 2, and files\n'
    + 'that cannot be read have the status of their Windows code (1619 is 83).',
  arguments: [{ name: 'A', about: 'The package before; FILE:STORAGE for one inside another' }, { name: 'B', about: 'The package after; transforms are compared with transforms' }],
  options: {
    'no-files': { about: 'Do not unpack files: compare cabinets as they are' },
    brief: { short: 'q', about: 'Only say whether they differ' },
  },
  examples: [
    ['msikit diff app-1.0.msi app-2.0.msi', 'What a new version changes'],
    ['msikit diff build1.msi build2.msi --brief', 'Whether a build is reproducible in all that matters'],
    ['git diff HEAD~1 -- app.msi', 'In git: `msikit export --help` says how'],
  ],
  run: (input, host) => {
    using first = openPackage(input.positionals[0]!)
    using second = openPackage(input.positionals[1]!)
    const transforms = areTransforms(first, second)
    const [a, b] = transforms ? [comparableTransform(first), comparableTransform(second)] : [first, second]
    const withFiles = !transforms && !input.has('no-files')
    const files = withFiles && !sameCabinets(a, b) ? compareFiles(a, b, host) : []
    const passOver = new Set(withFiles ? [...cabinetStreams(a), ...cabinetStreams(b)] : [])
    const difference = comparePackages(a.database, b.database, files, { passOver, createDigest: createSha256 })
    const differs = !isEmpty(difference) || (transforms && haveUnreadRows(a, b, host))
    if (input.json) host.out.json({ a: a.path, b: b.path, differs, ...difference })
    else if (input.has('brief')) { if (differs) host.out.line(`${a.path} and ${b.path} differ`) }
    else print(difference, host.out)
    return differs ? 1 : 0
  },
})

/** Of transforms: rows whose columns nobody knows. They are the same when the files are. */
function haveUnreadRows(a: OpenedPackage, b: OpenedPackage, { err }: Host): boolean {
  const unknown = unknownTables(a, b)
  if (unknown.length === 0 || sourceDigest(a.source, createSha256) === sourceDigest(b.source, createSha256)) return false
  err.line(`note: not compared: changes of ${unknown.join(', ')}; only the package that a transform is made for knows their columns`)
  err.flush()
  return true
}

/** The same cabinets in the same places have the same files; where they go is for the tables to say. */
function sameCabinets(a: OpenedPackage, b: OpenedPackage): boolean {
  const [one, other] = [cabinetStreams(a), cabinetStreams(b)]
  if (one.length === 0 || one.join('\0') !== other.join('\0')) return false
  const tables = comparePackages(a.database, b.database, [], { passOver: new Set(), createDigest: createSha256 })
  const decisive = new Set(['File', 'Component', 'Directory', 'Media'])
  return !tables.streams.some(({ name }) => one.includes(name)) && !tables.tables.some(({ table }) => decisive.has(table)) && tables.summary.every(({ property }) => property !== 'wordCount')
}

/** A file that cannot be had of one package is not compared. */
function compareFiles(a: OpenedPackage, b: OpenedPackage, { err }: Host): readonly ContentDifference[] {
  const [before, after] = [a, b].map((opened) => within(opened.path, 'ERROR_INSTALL_PACKAGE_INVALID', () => packageContents(opened))) as [PackageContents, PackageContents]
  const problems = [...before.problems, ...after.problems]
  for (const message of new Set(problems.map(({ error }) => error.message))) {
    err.line(`note: ${counted(problems.filter(({ error }) => error.message === message).length, 'file')} not compared: ${message}`)
  }
  err.flush()
  const unknown = new Set(problems.map(({ file }) => pathText(file)))
  return compareContents(before.files, after.files).filter(({ name }) => !unknown.has(name))
}

function print({ summary, codepage, classId, tables, files, streams, storages }: PackageDifference, out: Output): void {
  if (summary.length > 0) out.line(out.style('bold', 'Summary information'))
  for (const { property, before, after } of summary) {
    if (before === null) printLine('+', `${property}: ${shown(after)}`, out)
    else if (after === null) printLine('-', `${property}: ${shown(before)}`, out)
    else printLine('~', `${property}: ${shown(before)} -> ${shown(after)}`, out)
  }
  if (codepage !== null || classId !== null) out.line(out.style('bold', 'Database'))
  if (codepage !== null) printLine('~', `code page: ${codepage.before} -> ${codepage.after}`, out)
  if (classId !== null) printLine('~', `class identifier: ${classId.before} -> ${classId.after}`, out)
  for (const table of tables) printTable(table, out)
  printContents('Files', files, out)
  printContents('Streams', streams, out)
  printContents('Storages', storages, out)
}

function printContents(title: string, list: readonly ContentDifference[], out: Output): void {
  if (list.length > 0) out.line(out.style('bold', title))
  for (const { kind, name, bytesBefore, bytesAfter } of list) {
    if (kind === 'changed') printLine('~', `${name}${bytesBefore === null ? '' : `: ${bytesBefore === bytesAfter ? `${size(bytesAfter)}, other content` : `${size(bytesBefore)} -> ${size(bytesAfter)}`}`}`, out)
    else printLine(kind === 'added' ? '+' : '-', [name, size(bytesBefore ?? bytesAfter)].filter(Boolean).join(', '), out)
  }
}

function size(bytes: number | null): string {
  return bytes === null ? '' : humanSize(bytes)
}
