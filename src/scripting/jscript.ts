import type { Variant } from '../vbscript/index.ts'
import type { ScriptRun } from './run-script.ts'

export async function runJScript(run: ScriptRun): Promise<Variant> {
  throw new Error(run.language)
}
