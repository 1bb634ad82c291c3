// `msikit extract`: the files of a package, laid out in folders, without installing it.
import { counted, humanSize, tableLines } from '../columns.ts'
import { layOutFiles, type LaidOutFile, type LayoutKind } from '../file-layout.ts'
import { openPackage, within } from '../open-package.ts'
import { OutputFolder } from '../output-folder.ts'
import { takeFiles, type OpenTarget } from '../package-files.ts'
import { ProgressLine } from '../progress-line.ts'
import { commandRunner } from '../run-command.ts'
import { UsageError } from '../errors.ts'

export const run = commandRunner({
  name: 'extract',
  summary: 'Take the files out of a package, laid out in folders',
  about: 'Files get their real names and folders from the File and Directory tables; cabinets are found inside the package or\n'
    + 'beside it. Nothing is installed or registered, and conditions are not looked at: every file of the package is taken.\n'
    + 'A name that leads out of the folder is refused. Of two files with one place the second gets "~" and its key as a suffix.',
  arguments: [{ name: 'FILE', about: 'A package or merge module' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to fill; created when it does not exist' },
    layout: { value: 'LAYOUT', choices: ['target', 'source'], about: 'Folders as installed (target, default) or as on the installation medium' },
    list: { short: 'l', about: 'Only list the files, extract nothing' },
  },
  examples: [
    ['msikit extract putty.msi -o putty', 'Fills putty/Program Files/PuTTY/…'],
    ['msikit extract putty.msi --list', 'What would be extracted, with sizes'],
    ['msikit extract setup.msi -o image --layout source', 'The folders of an administrative image'],
  ],
  run: (input, { out, err }) => {
    const output = input.value('output')
    if (output === undefined && !input.has('list')) throw new UsageError('expected -o DIR (the folder to fill) or --list, found neither')
    const opened = openPackage(input.positionals[0]!)
    const files = within(opened.path, 'ERROR_INSTALL_PACKAGE_INVALID', () => layOutFiles(opened.database, (input.value('layout') ?? 'target') as LayoutKind))
    const list = files.map((file) => ({ path: file.path.join('/'), sizeBytes: file.sizeBytes, file: file.key }))
    if (output === undefined || input.has('list')) {
      if (input.json) out.json(list)
      else for (const line of tableLines(['Bytes', 'Path'], list.map((one) => [String(one.sizeBytes), one.path]))) out.line(line)
      return 0
    }
    const folder = new OutputFolder(output)
    const line = new ProgressLine(err)
    try {
      takeFiles(opened, files, withProgress((file, modifiedMs) => folder.create(file.path, modifiedMs), files, line))
    } finally {
      line.clear()
    }
    for (const { key, path, displacedFrom } of files) {
      if (displacedFrom !== undefined) err.line(`note: ${displacedFrom.join('/')} is in the package more than once; file ${key} became ${path.at(-1)}`)
    }
    err.flush()
    if (input.json) out.json(list)
    else out.line(`${counted(files.length, 'file')}, ${humanSize(list.reduce((sum, one) => sum + one.sizeBytes, 0))}, in ${output}`)
    return 0
  },
})

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
