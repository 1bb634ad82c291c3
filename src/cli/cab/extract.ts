// `msikit cab extract`: files out of a cabinet or a set of cabinets.
import type { CabinetFile } from '../../cabinet/index.ts'
import { counted, humanSize } from '../columns.ts'
import { CommandError, UsageError } from '../errors.ts'
import type { Target } from '../extraction/folder-task.ts'
import { extractOnThreads, threadsOf, threadsOption } from '../extraction/threads.ts'
import { globMatcher } from '../glob.ts'
import { checkWindowsNames, Places } from '../places.ts'
import { forceOption } from '../output-file.ts'
import { OutputFolder, type OutputFile } from '../output-folder.ts'
import { ProgressLine } from '../progress-line.ts'
import { commandRunner } from '../run-command.ts'
import { openSet, withinCabinet, type OpenedSet } from './open-set.ts'

interface Wanted extends Target {
  readonly displacedFrom?: readonly string[]
}

export const extract = commandRunner({
  name: 'cab extract',
  summary: 'Take files out of a cabinet or a set of cabinets',
  about: 'Cabinets of the same set are found beside the one that is named. A name that leads out of the folder is refused before anything\n'
    + 'is written. Of two files with one name the second gets "~2" as a suffix.',
  arguments: [{ name: 'FILE', about: 'A cabinet' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to fill; created when it does not exist', required: true },
    match: { short: 'm', value: 'GLOB', about: 'Only files whose path fits, or whose name does when GLOB has no "/"; may be given several times', many: true },
    threads: threadsOption,
    force: forceOption,
  },
  examples: [
    ['msikit cab extract data1.cab -o data', 'Fills data/'],
    ['msikit cab extract data1.cab -o data --match "*.dll"', 'Only the libraries'],
  ],
  run: async (input, { out, err }) => {
    const output = input.value('output')!
    if (output === '') throw new UsageError('option -o: expected a folder, found nothing')
    const threads = threadsOf(input.value('threads'))
    const opened = openSet(input.positionals[0]!)
    const wanted = withinCabinet(opened.path, () => choose(opened, input.values('match').map(globMatcher)))
    checkWindowsNames([...wanted.values()].map((one) => one.path), err)
    const line = new ProgressLine(err)
    try {
      const folder = new OutputFolder(output, { replace: input.has('force') })
      folder.requireFree([...wanted.values()].map((one) => one.path))
      await write(opened, wanted, folder, threads, line)
    } finally {
      line.clear()
    }
    for (const { path, displacedFrom } of wanted.values()) {
      if (displacedFrom !== undefined) err.line(`note: ${displacedFrom.join('/')} is in the cabinet more than once; one became ${path.at(-1)}`)
    }
    err.flush()
    if (input.json) out.json([...wanted].map(([file, { path }]) => ({ path: path.join('/'), sizeBytes: file.size, name: file.name })))
    else out.line(`${counted(wanted.size, 'file')}, ${humanSize(totalBytes(wanted))}, in ${output}`)
    return 0
  },
})

/** @throws CommandError ERROR_INVALID_NAME when one leads out of the folder */
function choose({ path, cabinet }: OpenedSet, matchers: readonly ((path: readonly string[]) => boolean)[]): ReadonlyMap<CabinetFile, Wanted> {
  const places = new Places()
  const wanted = new Map<CabinetFile, Wanted>()
  for (const file of cabinet.files) {
    if (file.safePath === undefined) {
      throw new CommandError('ERROR_INVALID_NAME', `${path}: expected names within the folder, found ${JSON.stringify(file.name.slice(0, 300))}`,
        'The cabinet would write outside of the folder. Nothing was extracted; do not trust this cabinet.')
    }
    const segments = file.safePath
    if (matchers.length === 0 || matchers.some((fits) => fits(segments))) wanted.set(file, { ...places.takeNumbered(segments), modifiedMs: file.modifiedMs })
  }
  return wanted
}

async function write({ path, cabinet }: OpenedSet, targets: ReadonlyMap<CabinetFile, Wanted>, folder: OutputFolder, threads: number | undefined, line: ProgressLine): Promise<void> {
  const total = Math.max(1, totalBytes(targets))
  const finished = await extractOnThreads([{ cabinet, targets }], folder, { threads, draw: (writtenBytes) => line.draw(writtenBytes / total, folder.path) })
  let done = [...finished].reduce((sum, { size }) => sum + size, 0)
  let current: OutputFile | undefined
  try {
    withinCabinet(path, () => cabinet.extract((file) => {
      const target = finished.has(file) ? undefined : targets.get(file)
      if (target === undefined) return undefined
      const sink = current = folder.create(target.path, target.modifiedMs)
      return {
        write: (chunk) => {
          sink.write(chunk)
          done += chunk.length
          line.draw(done / total, file.name)
        },
        end: () => {
          sink.end()
          current = undefined
        },
      }
    }))
  } finally {
    current?.abandon()
  }
}

function totalBytes(wanted: ReadonlyMap<CabinetFile, Wanted>): number {
  return [...wanted.keys()].reduce((sum, { size }) => sum + size, 0)
}
