// `msikit extract`: the files of a package, laid out in folders, without installing it.
import { errorCodes } from '../../base/index.ts'
import { databaseClassIds } from '../../database/index.ts'
import { carve, type CarvedFiles } from '../carve.ts'
import { counted, humanSize, tableLines } from '../columns.ts'
import type { CommandInput, Host } from '../command.ts'
import { requireDatabase } from '../edit-package.ts'
import { CommandError, UsageError } from '../errors.ts'
import { threadsOf, threadsOption } from '../extraction/threads.ts'
import { layOutFiles, type LaidOutFile, type LayoutKind } from '../file-layout.ts'
import { globMatcher } from '../glob.ts'
import { openFile, openPackage, within, type OpenedPackage } from '../open-package.ts'
import { forceOption } from '../output-file.ts'
import { OutputFolder } from '../output-folder.ts'
import { takeFiles, takeOnThreads, type FileProblem, type OpenTarget, type PackageSource } from '../package-files.ts'
import { layOutPatch, type PatchLayout } from '../patch-layout.ts'
import { checkWindowsNames } from '../places.ts'
import { ProgressLine } from '../progress-line.ts'
import { csvOption, rowFormat, writeCsv } from '../rows.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'extract',
  summary: 'Take the files out of a package, laid out in folders',
  about: 'Files get their real names and folders from the File and Directory tables; cabinets are found inside the package or\n'
    + 'beside it. Nothing is installed or registered, and conditions are not looked at: every file of the package is taken.\n'
    + 'A name that leads out of the folder is refused. Of two files with one place the second gets "~" and its key as a suffix.\n'
    + 'Of a damaged package whatever is whole is taken; the other files are named, and the exit status tells of the first one.\n'
    + 'When not even its tables can be read, what looks like a cabinet is taken, and files have their keys for names.\n'
    + 'A patch has whole files and deltas (.delta); where they go is known when --target names the package that it is for.',
  arguments: [{ name: 'FILE', about: 'A package, merge module or patch' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to fill; created when it does not exist' },
    match: { short: 'm', value: 'GLOB', about: 'Only files whose path fits, or whose name does when GLOB has no "/"; may be given several times', many: true },
    layout: { value: 'LAYOUT', choices: ['target', 'source', 'flat'], about: 'Folders as installed (target, default) or as on the installation medium, or none' },
    flat: { about: 'As --layout flat: all files in one folder' },
    'external-cabinets': { value: 'DIR', about: 'Where cabinets lie that are not beside the package' },
    threads: threadsOption,
    target: { value: 'PACKAGE', about: 'Of a patch: the package that it is for' },
    list: { short: 'l', about: 'Only list the files, extract nothing' },
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
    using opened = openOrCarve(path, host)
    const carved = 'carved' in opened ? opened.carved : undefined
    const { files: all, cabinets } = carved ?? within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => layOut(opened as OpenedPackage, input))
    const matchers = input.values('match').map(globMatcher)
    const files = matchers.length === 0 ? all : all.filter(({ path }) => matchers.some((fits) => fits(path)))
    if (matchers.length > 0 && files.length === 0) {
      throw new CommandError('ERROR_FILE_NOT_FOUND', `${path}: expected files that fit ${input.values('match').join(' ')}, found none of ${all.length}`, '`msikit extract FILE --list` lists the files.')
    }
    const status = carved === undefined ? 0 : errorCodes.ERROR_INSTALL_PACKAGE_INVALID
    if (output !== undefined && !input.has('list')) return await fill(output, carved?.opened ?? opened as OpenedPackage, files, cabinets, threads, input, host) || status
    const list = files.map(describeFile)
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

function layOut(opened: OpenedPackage, input: CommandInput): Omit<PatchLayout, 'cabinets'> & { readonly cabinets: readonly string[] | undefined } {
  if (input.has('flat') && input.has('layout')) throw new UsageError('expected --flat or --layout, found both')
  const kind = input.has('flat') ? 'flat' : (input.value('layout') ?? 'target') as LayoutKind
  const target = input.value('target')
  if (opened.database.classId.toUpperCase() === databaseClassIds.patch) return layOutPatch(opened, kind, target === undefined ? undefined : requireDatabase(openPackage(target)).database)
  if (target !== undefined) throw new UsageError('option --target: expected with a patch only')
  return { files: layOutFiles(opened.database, kind), cabinets: undefined }
}

function describeFile({ path, sizeBytes, key }: LaidOutFile): { path: string; sizeBytes: number; file: string } {
  return { path: path.join('/'), sizeBytes, file: key }
}

async function fill(output: string, opened: PackageSource, files: readonly LaidOutFile[], cabinets: readonly string[] | undefined, threads: number | undefined,
  input: CommandInput, { out, err }: Host): Promise<number> {
  checkWindowsNames(files.map((file) => file.path), err)
  const folder = new OutputFolder(output, { replace: input.has('force') })
  folder.requireFree(files.map(({ path }) => path))
  const line = new ProgressLine(err)
  let problems: FileProblem[] = []
  try {
    const options = { cabinetFolder: input.value('external-cabinets'), cabinets, open: new Map() }
    const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const left = await takeOnThreads(opened, files, folder, { ...options, threads, draw: (writtenBytes) => line.draw(writtenBytes / Math.max(1, total), output) })
    problems = takeFiles(opened, left, withProgress((file, modifiedMs) => folder.create(file.path, modifiedMs), files, line), options)
  } finally {
    line.clear()
  }
  for (const { key, path, displacedFrom } of files) {
    if (displacedFrom !== undefined) err.line(`note: ${displacedFrom.join('/')} is in the package more than once; file ${key} became ${path.at(-1)}`)
  }
  const failed = new Set(problems.map(({ file }) => file))
  const taken = files.filter((file) => !failed.has(file))
  reportProblems(problems, taken.length, err)
  err.flush()
  if (input.json) out.json(problems.length === 0 ? taken.map(describeFile) : { files: taken.map(describeFile), failed: problems.map(({ file, error }) => ({ ...describeFile(file), error: { code: error.code, errno: error.errno, message: error.message } })) })
  else out.line(`${counted(taken.length, 'file')}, ${humanSize(taken.reduce((sum, one) => sum + one.sizeBytes, 0))}, in ${output}`)
  return problems[0]?.error.errno ?? 0
}

/** One sentence for each cause, then the files. */
function reportProblems(problems: readonly FileProblem[], taken: number, err: Host['err']): void {
  const causes = new Map<string, FileProblem[]>()
  for (const problem of problems) causes.set(problem.error.message, [...causes.get(problem.error.message) ?? [], problem])
  for (const [message, [first, ...rest]] of causes) {
    const { error } = first!
    err.line(`${err.style('red', 'msikit extract:')} ${message} (${error.code}, ${error.errno})`)
    if (error instanceof CommandError && error.advice !== undefined) err.line(error.advice)
    for (const { file } of [first!, ...rest]) err.line(`  not extracted: ${file.path.join('/')}`)
  }
  if (problems.length > 0) err.line(`${counted(problems.length, 'file')} of ${problems.length + taken} could not be taken out.`)
}

/** Shows how much of all files is written, on a terminal. */
function withProgress(open: OpenTarget, files: readonly LaidOutFile[], line: ProgressLine): OpenTarget {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  let done = 0
  return (file, modifiedMs) => {
    const sink = open(file, modifiedMs)
    const write = (chunk: Uint8Array): void => {
      sink.write(chunk)
      done += chunk.length
      line.draw(total === 0 ? 1 : done / total, file.path.at(-1)!)
    }
    return { ...sink, write }
  }
}
