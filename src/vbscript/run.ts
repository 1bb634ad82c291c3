// A VBScript as its host uses it: compiled whole, run, its procedures called.
import { parseScript } from './language/parser.ts'
import type { CompiledScript } from './machine/code.ts'
import { compileScript } from './machine/compiler.ts'
import type { ScriptHost, ScriptLimits } from './machine/host.ts'
import { Machine } from './machine/machine.ts'
import { ScriptError } from './values/script-error.ts'
import type { Variant } from './values/variant.ts'

export interface RunningScript {
  /** A procedure of the script; `undefined` when it has none of that name. @throws ScriptError */
  call(name: string, args?: readonly Variant[]): Promise<{ readonly result: Variant } | undefined>
  /** Ends the script: Class_Terminate of its objects. @throws ScriptError */
  end(): Promise<void>
}

/** Errors carry the text of their line. */
export class VbScript {
  readonly #source: string
  readonly #compiled: CompiledScript

  constructor(source: string, compiled: CompiledScript) {
    this.#source = source
    this.#compiled = compiled
  }

  /** Runs what stands at script level. @throws ScriptError, ScriptLimitError */
  async run(host: ScriptHost, limits: Partial<ScriptLimits> = {}): Promise<RunningScript> {
    const machine = new Machine(host, limits)
    const told = async <T>(action: () => Promise<T>): Promise<T> => {
      try {
        return await action()
      } catch (error) {
        throw withLine(error, this.#source)
      }
    }
    await told(() => machine.run(this.#compiled))
    return { call: (name, args) => told(() => machine.call(name, args)), end: () => told(() => machine.end()) }
  }
}

/** @throws ScriptError of compiling, with line and column */
export function compileVbScript(source: string): VbScript {
  // A byte order mark is no character of the script.
  const text = source.replace(/^\ufeff/, '')
  try {
    return new VbScript(text, compileScript(parseScript(text)))
  } catch (error) {
    throw withLine(error, text)
  }
}

function withLine(error: unknown, source: string): unknown {
  if (error instanceof ScriptError && error.position !== undefined) error.text ??= source.split(/\r\n|\r|\n/)[error.position.line - 1] ?? ''
  return error
}
