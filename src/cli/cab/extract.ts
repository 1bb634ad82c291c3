// `msikit cab extract`: files out of a cabinet or a set of cabinets.
import type { CabinetFile } from '../../cabinet/index.ts'
import { counted, humanSize } from '../columns.ts'
import { CommandError, UsageError } from '../errors.ts'
import { Places } from '../places.ts'
import { matchOption, pathTest, type PathTest } from '../name-pattern.ts'
import { OutputFolder } from '../output-folder.ts'
import { ProgressLine } from '../progress-line.ts'
import { commandRunner } from '../run-command.ts'
import { openSet, withinCabinet, type OpenedSet } from './open-set.ts'

interface Wanted {
  readonly path: readonly string[]
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
    match: matchOption,
  },
  examples: [
    ['msikit cab extract data1.cab -o data', 'Fills data/'],
    ['msikit cab extract data1.cab -o data --match "*.dll"', 'Only the libraries'],
  ],
  run: (input, { out, err }) => {
    const output = input.value('output')!
    if (output === '') throw new UsageError('option -o: expected a folder, found nothing')
    const opened = openSet(input.positionals[0]!)
    const wanted = withinCabinet(opened.path, () => choose(opened, pathTest(input.values('match'))))
    const line = new ProgressLine(err)
    try {
      write(opened, wanted, new OutputFolder(output), line)
    } finally {
      line.clear()
    }
    for (const { path, displacedFrom } of wanted.values()) {
      if (displacedFrom !== undefined) err.line(`note: ${displacedFrom.join('/')} is in the cabinet more than once; one became ${path.at(-1)}`)
    }
    err.flush()
    if (input.json) out.json([...wanted].map(([file, { path }]) => ({ path: path.join('/'), sizeBytes: file.size, name: file.name })))
    else out.line(`${counted(wanted.size, 'file')}, ${humanSize([...wanted.keys()].reduce((sum, { size }) => sum + size, 0))}, in ${output}`)
    return 0
  },
})

/** @throws CommandError ERROR_INVALID_NAME when one leads out of the folder */
function choose({ path, cabinet }: OpenedSet, isMeant: PathTest): ReadonlyMap<CabinetFile, Wanted> {
  const places = new Places()
  const wanted = new Map<CabinetFile, Wanted>()
  for (const file of cabinet.files) {
    if (file.safePath === undefined) {
      throw new CommandError('ERROR_INVALID_NAME', `${path}: expected names within the folder, found ${JSON.stringify(file.name.slice(0, 300))}`,
        'The cabinet would write outside of the folder. Nothing was extracted; do not trust this cabinet.')
    }
    if (isMeant(file.safePath)) wanted.set(file, places.takeNumbered(file.safePath))
  }
  return wanted
}

function write({ path, cabinet }: OpenedSet, wanted: ReadonlyMap<CabinetFile, Wanted>, folder: OutputFolder, line: ProgressLine): void {
  const total = [...wanted.keys()].reduce((sum, { size }) => sum + size, 0)
  let done = 0
  withinCabinet(path, () => cabinet.extract((file) => {
    const place = wanted.get(file)
    if (place === undefined) return undefined
    const sink = folder.create(place.path, file.modifiedMs)
    return {
      write: (chunk) => {
        sink.write(chunk)
        done += chunk.length
        line.draw(total === 0 ? 1 : done / total, file.name)
      },
      end: sink.end,
    }
  }))
}
