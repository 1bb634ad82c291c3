// Running processes by the name of their executable, for packages that name programs instead of files. A name is a weak
// reason: only processes of the installing user count, never the installer itself or what it runs in.
import { foldCase } from '../../../base/index.ts'
import { sameProcess, type ProcessFacts, type Processes } from '../../../platform/index.ts'

/** `app.exe` and `app` are one name, in any case: a program of the host has no extension. */
export async function processesNamed(processes: Processes, name: string): Promise<readonly ProcessFacts[]> {
  const wanted = bareName(name)
  if (wanted === '') return []
  const self = processes.self()
  const own = [self, ...processes.ancestors(self)]
  const facts = await processes.describe([self, ...processes.list().filter((one) => !own.some((other) => sameProcess(one, other)))])
  const [me, ...others] = facts
  if (me === undefined) return []
  return others.filter((one) => one !== undefined && one.userId === me.userId && namesOf(one).some((known) => bareName(known) === wanted))
    .map((one) => one!)
}

/** The executable; of a Windows program in a compatibility layer the program that was started with it too. */
function namesOf({ executable, arguments: [argument0 = ''] }: ProcessFacts): string[] {
  if (executable === undefined) return []
  const names = [executable.replace(/ \(deleted\)$/, '')]
  if (/^wine(?:64)?(?:-preloader)?$/.test(baseName(names[0]!)) && /\.exe$/i.test(argument0)) names.push(argument0)
  return names
}

function bareName(path: string): string {
  return foldCase(baseName(path)).replace(/\.EXE$/i, '')
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}
