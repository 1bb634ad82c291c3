// What extraction says of files that could not be taken out: one sentence for each cause, then the files.
import { FormatError, type Finding, type WindowsError } from '../../base/index.ts'
import { pathText, type Place } from '../layout/places.ts'
import type { OptionSpec } from '../program/command.ts'
import { CommandError } from '../program/errors.ts'
import { counted } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'

export const strictOption: OptionSpec = { about: 'Refuse what is damaged: everything is checked before anything is written' }

export interface PlaceProblem<Target extends Place> {
  readonly file: Target
  readonly error: WindowsError
}

/** @param taken how many files there are besides */
export function reportProblems(command: string, problems: readonly PlaceProblem<Place>[], taken: number, err: Output): void {
  const causes = new Map<string, PlaceProblem<Place>[]>()
  for (const problem of problems) {
    const known = causes.get(problem.error.message)
    if (known === undefined) causes.set(problem.error.message, [problem])
    else known.push(problem)
  }
  for (const [message, members] of causes) {
    const { error } = members[0]!
    err.line(`${err.style('red', `msikit ${command}:`)} ${message} (${error.code}, ${error.errno})`)
    if (error instanceof CommandError && error.advice !== undefined) err.line(error.advice)
    for (const { file } of members) err.line(`  not extracted: ${pathText(file)}`)
  }
  if (problems.length > 0) err.line(`${counted(problems.length, 'file')} of ${problems.length + taken} could not be taken out.`)
}

/** For `--json`: the files, and beside them those that failed, if any did. */
export function describeOutcome<Target extends Place>(taken: readonly Target[], problems: readonly PlaceProblem<Target>[], describe: (file: Target) => object): object {
  if (problems.length === 0) return taken.map(describe)
  return { files: taken.map(describe), failed: problems.map(({ file, error }) => ({ ...describe(file), error: { code: error.code, errno: error.errno, message: error.message } })) }
}

/** What strict reading would have thrown. @throws FormatError */
export function refuseFindings(findings: readonly Finding[]): void {
  if (findings[0] !== undefined) throw new FormatError(findings[0])
}
