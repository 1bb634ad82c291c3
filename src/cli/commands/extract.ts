// `msikit extract`: the files of a package, laid out in folders, without installing it.
import { errorCodes } from '../../base/index.ts'
import type { Cabinet } from '../../cabinet/index.ts'
import { databaseClassIds } from '../../database/index.ts'
import { describeOutcome, refuseFindings, reportProblems, strictOption } from '../extraction/problems.ts'
import { threadsOf, threadsOption } from '../extraction/threads.ts'
import { forceOption } from '../files/output-file.ts'
import { OutputFolder, type OutputFile } from '../files/output-folder.ts'
import { filesOf, layOutFiles, layoutOf, type FileLayout, type LaidOutFile, type LayoutKind } from '../layout/file-layout.ts'
import { globMatcher } from '../layout/glob.ts'
import { checkWindowsNames, pathOf, pathText, placeAt } from '../layout/places.ts'
import { carve, type CarvedFiles } from '../package/carve.ts'
import { requireDatabase } from '../package/edit-package.ts'
import { openFile, openPackage, within, type OpenedPackage } from '../package/open-package.ts'
import { takeFiles, takeOnThreads, type FileProblem, type OpenTarget, type PackageSource } from '../package/package-files.ts'
import { layOutPatch } from '../package/patch-layout.ts'
import type { CommandInput, Host } from '../program/command.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { keepHeapSmall } from '../program/small-heap.ts'
import { counted, humanSize, tableLines } from '../terminal/columns.ts'
import { ProgressLine } from '../terminal/progress-line.ts'
import { csvOption, rowFormat, writeCsv } from '../terminal/rows.ts'

export const run = commandRunner({
  name: 'extract',
  summary: 'Take the files out of a package, laid out in folders',
  about: 'Files get their real names and folders from the File and Directory tables; cabinets are found inside the package or\n'
    + 'beside it. Nothing is installed or registered, and conditions are not looked at: every file of the package is taken.\n'
    + 'A name that leads out of the folder is refused. Of two files with one place the second gets "~" and its key as a suffix.\n'
    + 'Of a damaged package whatever is whole is taken; the other files are named, and the exit status tells of the first one.\n'
    + 'When not even its tables can be read, what looks like a cabinet is taken, and files have their keys for names.\n'
    + 'With --strict a damaged package is refused instead, before anything is written.\n'
    + 'A patch has whole files and deltas (.delta); where they go is known when --target names the package that it is for.',
  arguments: [{ name: 'FILE', about: 'A package, merge module or patch' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to fill; created when it does not exist' },
    match: { short: 'm', value: 'GLOB', about: 'Only files whose path fits, or whose name does when GLOB has no "/"; may be given several times', many: true },
    layout: { value: 'LAYOUT', choices: ['target', 'source', 'flat'], about: 'Folders as installed (target, default) or as on the installation medium, or none' },
    flat: { about: 'As --layout flat: all files in one folder' },
    'external-cabinets': { value: 'DIR', also: 'external-cabs', about: 'Where cabinets lie that are not beside the package; --external-cabs for short' },
    threads: threadsOption,
    target: { value: 'PACKAGE', about: 'Of a patch: the package that it is for' },
    list: { short: 'l', about: 'Only list the files, extract nothing' },
    strict: strictOption,
    force: forceOption,
    csv: csvOption,
  },
  examples: [
    ['msikit extract putty.msi -o putty', 'Fills putty/Program Files/PuTTY/…'],
    ['msikit extract putty.msi --list --match "*.exe"', 'What would be extracted, with sizes'],
    ['msikit extract setup.msi -o image --layout source', 'The folders of an administrative image'],
    ['msikit extract update.msp --target app.msi -o changed', 'What a patch brings, where it belongs'],
  ],
  run: async (input, host) => {
    const output = input.value('output')
    if (output === undefined && !input.has('list')) throw new UsageError('expected -o DIR (the folder to fill) or --list, found neither')
    if (input.has('csv') && !input.has('list')) throw new UsageError('option --csv: expected with --list only')
    const format = rowFormat(input)
    const threads = threadsOf(input.value('threads'))
    const path = input.positionals[0]!
    using opened = input.has('strict') ? requireDatabase(openPackage(path)) : openOrCarve(path, host)
    const carved = 'carved' in opened ? opened.carved : undefined
    const { layout: all, cabinets } = carved !== undefined ? { layout: layoutOf(carved.files), cabinets: carved.cabinets } : within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => layOut(opened as OpenedPackage, input))
    const matchers = input.values('match').map(globMatcher)
    const files = matchers.length === 0 ? all : all.subset(Uint32Array.from({ length: all.length }, (_, number) => number).filter((number) => matchers.some((fits) => fits(pathOf(placeAt(all, number))))))
    if (matchers.length > 0 && files.length === 0) {
      throw new CommandError('ERROR_NOT_FOUND', `${path}: expected files that fit ${input.values('match').join(' ')}, found none of ${all.length}`, '`msikit extract FILE --list` lists the files.')
    }
    const status = carved === undefined ? 0 : errorCodes.ERROR_INSTALL_PACKAGE_INVALID
    if (input.has('strict')) refuseDamage(opened as OpenedPackage, files, cabinets, input)
    if (output !== undefined && !input.has('list')) return await fill(output, carved?.opened ?? opened as OpenedPackage, files, cabinets, threads, input, host) || status
    const list = Array.from(filesOf(files), describeFile)
    if (format === 'json') host.out.json(list)
    else if (format === 'csv') writeCsv(host.out, ['Path', 'Bytes', 'File'], list.map((one) => [one.path, String(one.sizeBytes), one.file]))
    else for (const line of tableLines(['Bytes', 'Path'], list.map((one) => [String(one.sizeBytes), one.path]))) host.out.line(line)
    return status
  },
})

/** When the package cannot be opened, what looks like a cabinet in it. */
function openOrCarve(path: string, { err }: Host): OpenedPackage | (Disposable & { readonly carved: CarvedFiles }) {
  try {
    return requireDatabase(openPackage(path))
  } catch (error) {
    if (!(error instanceof CommandError) || error.code !== 'ERROR_INSTALL_PACKAGE_INVALID') throw error
    const file = openFile(path)
    const carved = carve(path, file.source)
    if (carved === undefined) throw error
    err.line(`${err.style('red', 'msikit extract:')} ${error.message} (${error.code}, ${error.errno})`)
    err.line(`What looks like a cabinet is taken nevertheless: files have their keys for names, as the tables are lost.`)
    err.flush()
    return { carved, [Symbol.dispose]: () => { file[Symbol.dispose]() } }
  }
}

/** Everything is decompressed once, to nowhere. @throws CommandError */
function refuseDamage(opened: OpenedPackage, files: FileLayout, cabinets: readonly string[] | undefined, input: CommandInput): void {
  const open = new Map<string, Cabinet>()
  const problems = takeFiles(opened, [...filesOf(files)], () => ({ write: () => {} }), { cabinetFolder: input.value('external-cabinets'), cabinets, open })
  if (problems[0] !== undefined) throw problems[0].error
  within(opened.path, 'ERROR_INSTALL_PACKAGE_INVALID', () => {
    refuseFindings(opened.database.findings)
    for (const cabinet of open.values()) refuseFindings(cabinet.findings)
  })
}

function layOut(opened: OpenedPackage, input: CommandInput): { readonly layout: FileLayout; readonly cabinets: readonly string[] | undefined } {
  if (input.has('flat') && input.has('layout')) throw new UsageError('expected --flat or --layout, found both')
  const kind = input.has('flat') ? 'flat' : (input.value('layout') ?? 'target') as LayoutKind
  const target = input.value('target')
  if (opened.database.classId.toUpperCase() === databaseClassIds.patch) {
    const { files, cabinets } = layOutPatch(opened, kind, target === undefined ? undefined : requireDatabase(openPackage(target)))
    return { layout: layoutOf(files), cabinets }
  }
  if (target !== undefined) throw new UsageError('option --target: expected with a patch only')
  keepHeapSmall(opened.database.table('File')?.rowCount ?? 0)
  return { layout: layOutFiles(opened.database, kind), cabinets: undefined }
}

function describeFile(file: LaidOutFile): { path: string; sizeBytes: number; file: string } {
  return { path: pathText(file), sizeBytes: file.sizeBytes, file: file.key }
}

async function fill(output: string, opened: PackageSource, files: FileLayout, cabinets: readonly string[] | undefined, threads: number | undefined,
  input: CommandInput, { out, err }: Host): Promise<number> {
  checkWindowsNames(files, err)
  const folder = new OutputFolder(output, { replace: input.has('force') })
  folder.requireFree(files)
  const line = new ProgressLine(err)
  const bytes = sumOfSizes(files)
  let problems: FileProblem[] = []
  try {
    const options = { cabinetFolder: input.value('external-cabinets'), cabinets, open: new Map() }
    const total = Math.max(1, bytes)
    const left = await takeOnThreads(opened, files, folder, { ...options, threads, draw: (writtenBytes) => line.draw(writtenBytes / total, output) })
    const create = (file: LaidOutFile, modifiedMs?: number): OutputFile => folder.create(file, modifiedMs)
    if (left.length > 0) problems = takeFiles(opened, left.map((number) => files.file(number)), err.isTerminal ? withProgress(create, total, line) : create, options)
  } finally {
    line.clear()
  }
  for (const number of files.displaced()) {
    const { key, name, displacedFrom } = files.file(number)
    err.line(`note: ${displacedFrom!.join('/')} is in the package more than once; file ${key} became ${name}`)
  }
  const taken = files.length - problems.length
  reportProblems('extract', problems, taken, err)
  err.flush()
  if (input.json) out.json(describeOutcome(takenFiles(files, problems), problems, describeFile))
  else out.line(`${counted(taken, 'file')}, ${humanSize(bytes - problems.reduce((sum, { file }) => sum + file.sizeBytes, 0))}, in ${output}`)
  return problems[0]?.error.errno ?? 0
}

function sumOfSizes(files: FileLayout): number {
  let bytes = 0
  for (let number = 0; number < files.length; number++) bytes += files.sizeBytes(number)
  return bytes
}

function takenFiles(files: FileLayout, problems: readonly FileProblem[]): LaidOutFile[] {
  const failed = new Set(problems.map(({ file }) => pathText(file)))
  return [...filesOf(files)].filter((file) => !failed.has(pathText(file)))
}

/** Shows how much of all files is written, on a terminal. */
function withProgress(open: OpenTarget, totalBytes: number, line: ProgressLine): OpenTarget {
  let done = 0
  return (file, modifiedMs) => {
    const sink = open(file, modifiedMs)
    return {
      write: (chunk) => {
        sink.write(chunk)
        done += chunk.length
        line.draw(done / totalBytes, file.name)
      },
      end: () => { sink.end?.() },
      abandon: () => { sink.abandon?.() },
    }
  }
}
