// Opens the cabinet that a command line names, with its neighbours of the set from the same folder.
import { FormatError } from '../../base/index.ts'
import { openCabinet, type Cabinet } from '../../cabinet/index.ts'
import { openFileSource, type FileSource } from '../../node/index.ts'
import { findBeside } from '../package/find-beside.ts'
import { CommandError, inputError } from '../program/errors.ts'

export interface OpenedSet {
  readonly path: string
  /** From the first cabinet of the set that was found. */
  readonly cabinet: Cabinet
}

/** The files stay open until the process ends. @throws CommandError ERROR_OPEN_FAILED, ERROR_INVALID_DATA */
export function openSet(path: string): OpenedSet {
  return withinCabinet(path, () => {
    let first = path
    let cabinet = openFrom(first)
    // Each step must lead to the index before: so a set that names itself comes to an end.
    while (cabinet.previousCabinet !== undefined && cabinet.index > 0) {
      const before = findBeside(path, [cabinet.previousCabinet.name])
      if (before === undefined) break
      const previous = openFrom(before)
      if (previous.setId !== cabinet.setId || previous.index !== cabinet.index - 1) {
        throw new FormatError({ structure: 'cabinet set', field: `previous cabinet ${JSON.stringify(cabinet.previousCabinet.name)}`,
          expected: `cabinet ${cabinet.index - 1} of set ${cabinet.setId}`, found: `cabinet ${previous.index} of set ${previous.setId}` })
      }
      first = before
      cabinet = previous
    }
    return { path: first, cabinet }
  })
}

function openFrom(path: string): Cabinet {
  return openCabinet(openFileSource(path), { next: (name) => openBeside(path, name) })
}

function openBeside(path: string, name: string): FileSource | undefined {
  const found = findBeside(path, [name])
  return found === undefined ? undefined : openFileSource(found)
}

/** What goes wrong is told with the name of the file. */
export function withinCabinet<T>(path: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof FormatError) {
      throw new CommandError(error.code, `${path}: ${error.message}`, adviceOn(error), { cause: error })
    }
    const system = error as NodeJS.ErrnoException
    throw system.path === path ? inputError(path, 'a cabinet', error) : error
  }
}

const compoundFileSignature = '0xe011cfd0'

function adviceOn({ code, problem: { structure, field, found } }: FormatError): string {
  if (code === 'ERROR_OPEN_FAILED') return 'Put the cabinets of the set into one folder.'
  if (structure === 'cabinet set') return 'Put the cabinets of one set into a folder of their own, under the names they were made with.'
  if (field === 'signature' && found === compoundFileSignature) return 'It may be a package: `msikit extract` takes the files out of packages.'
  return 'The file is no cabinet, or it is damaged or incomplete.'
}
