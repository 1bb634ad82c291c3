// `msikit cab extract`: files out of a cabinet or a set of cabinets.
import { describeProblem, type WindowsError } from '../../base/index.ts'
import { describeOutcome, refuseFindings, reportProblems, strictOption, type PlaceProblem } from '../extraction/problems.ts'
import { salvage, type TargetFile } from '../extraction/salvage.ts'
import { extractOnThreads, threadsOf, threadsOption } from '../extraction/threads.ts'
import { forceOption } from '../files/output-file.ts'
import { OutputFolder } from '../files/output-folder.ts'
import { globMatcher } from '../layout/glob.ts'
import { checkWindowsNames, pathText, placeList, Places, type TakenPlace } from '../layout/places.ts'
import { CommandError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { keepHeapSmall } from '../program/small-heap.ts'
import { counted, humanSize } from '../terminal/columns.ts'
import { ProgressLine } from '../terminal/progress-line.ts'
import { openSet, withinCabinet, type OpenedSet } from './open-set.ts'

/** Where a file goes, with what is said of it. */
interface Chosen extends TakenPlace {
  readonly sizeBytes: number
  readonly storedName: string
}

interface Wanted {
  /** In the cabinet's list. */
  readonly number: number
  readonly target: Chosen
}

export const extract = commandRunner({
  name: 'cab extract',
  summary: 'Take files out of a cabinet or a set of cabinets',
  about: 'Cabinets of the same set are found beside the one that is named. A name that leads out of the folder is refused before anything\n'
    + 'is written. Of two files with one name the second gets "~2" as a suffix.\n'
    + 'Of a damaged cabinet whatever is whole is taken; the other files are named, and the exit status tells of the first one.\n'
    + 'With --strict it is refused instead, before anything is written.',
  arguments: [{ name: 'FILE', about: 'A cabinet' }],
  options: {
    output: { short: 'o', value: 'DIR', about: 'The folder to fill; created when it does not exist', required: true },
    match: { short: 'm', value: 'GLOB', about: 'Only files whose path fits, or whose name does when GLOB has no "/"; may be given several times', many: true },
    threads: threadsOption,
    strict: strictOption,
    force: forceOption,
  },
  examples: [
    ['msikit cab extract data1.cab -o data', 'Fills data/'],
    ['msikit cab extract data1.cab -o data --match "*.dll"', 'Only the libraries'],
  ],
  run: async (input, { out, err }) => {
    const output = input.value('output')!
    const threads = threadsOf(input.value('threads'))
    const opened = openSet(input.positionals[0]!)
    keepHeapSmall(opened.cabinet.list.length)
    const wanted = withinCabinet(opened.path, () => choose(opened, input.values('match').map(globMatcher)))
    const places = wanted.map(({ target }) => target)
    checkWindowsNames(placeList(places), err)
    if (input.has('strict')) refuseDamage(opened, wanted)
    for (const finding of opened.cabinet.findings) err.line(`note: ${describeProblem(finding)}`)
    const line = new ProgressLine(err)
    let problems: PlaceProblem<Chosen>[] = []
    try {
      const folder = new OutputFolder(output, { replace: input.has('force') })
      folder.requireFree(placeList(places))
      problems = await write(opened, wanted, folder, threads, line)
    } finally {
      line.clear()
    }
    for (const { name, displacedFrom } of places) {
      if (displacedFrom !== undefined) err.line(`note: ${displacedFrom.join('/')} is in the cabinet more than once; one became ${name}`)
    }
    const failed = new Set(problems.map(({ file }) => file))
    const taken = places.filter((place) => !failed.has(place))
    reportProblems('cab extract', problems, taken.length, err)
    err.flush()
    if (input.json) out.json(describeOutcome(taken, problems, describe))
    else out.line(`${counted(taken.length, 'file')}, ${humanSize(taken.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0))}, in ${output}`)
    return problems[0]?.error.errno ?? 0
  },
})

function describe(file: Chosen): object {
  return { path: pathText(file), sizeBytes: file.sizeBytes, name: file.storedName }
}

/** @throws CommandError ERROR_INVALID_NAME when one leads out of the folder */
function choose({ path, cabinet }: OpenedSet, matchers: readonly ((path: readonly string[]) => boolean)[]): Wanted[] {
  const places = new Places()
  const wanted: Wanted[] = []
  for (const [number, entry] of cabinet.files.entries()) {
    const segments = entry.safePath
    if (segments === undefined) {
      throw new CommandError('ERROR_INVALID_NAME', `${path}: expected names within the folder, found ${JSON.stringify(entry.name.slice(0, 300))}`,
        'The cabinet would write outside of the folder. Nothing was extracted; do not trust this cabinet.')
    }
    if (matchers.length > 0 && !matchers.some((fits) => fits(segments))) continue
    wanted.push({ number, target: { ...places.take(segments), sizeBytes: entry.size, storedName: entry.name } })
  }
  return wanted
}

/** Everything is decompressed once, to nowhere. @throws CommandError */
function refuseDamage({ path, cabinet }: OpenedSet, wanted: readonly Wanted[]): void {
  withinCabinet(path, () => {
    refuseFindings(cabinet.findings)
    const files = new Set(wanted.map(({ number }) => cabinet.files[number]))
    cabinet.extract((file) => files.has(file) ? { write: () => {} } : undefined)
  })
}

async function write({ path, cabinet }: OpenedSet, wanted: readonly Wanted[], folder: OutputFolder, threads: number | undefined, line: ProgressLine): Promise<PlaceProblem<Chosen>[]> {
  const total = Math.max(1, wanted.reduce((sum, { target }) => sum + target.sizeBytes, 0))
  const [files, numbers] = [Uint32Array.from(wanted, ({ number }) => number), Uint32Array.from(wanted.keys())]
  const isFinished = await extractOnThreads([{ cabinet, files, targets: numbers }], placeList(wanted.map(({ target }) => target)), folder, { threads, draw: (writtenBytes) => line.draw(writtenBytes / total, folder.path) })
  const problems: PlaceProblem<Chosen>[] = []
  const left = wanted.filter((_, index) => !isFinished(index))
  if (left.length === 0) return problems
  const targets = new Map(left.map(({ number, target }) => [cabinet.files[number]!, target]))
  let done = total - left.reduce((sum, { target }) => sum + target.sizeBytes, 0)
  salvage<Chosen>(cabinet, {
    within: (read) => withinCabinet(path, read),
    failed: (file: Chosen, error: WindowsError) => { problems.push({ file, error }) },
    claim: (file) => {
      const target = targets.get(file)
      targets.delete(file)
      return target
    },
    open: (target, modifiedMs): TargetFile => {
      const sink = folder.create(target, modifiedMs)
      return {
        write: (chunk) => {
          sink.write(chunk)
          done += chunk.length
          line.draw(done / total, target.name)
        },
        end: () => { sink.end() },
        abandon: () => { sink.abandon() },
      }
    },
  })
  return problems
}
