// JScript, run by QuickJS compiled to WebAssembly: memory of its own, bounded; no way out but the functions that it is given.
// The engine cannot be suspended. When a call of the host takes its time (Session.DoAction), the run is given up, the call waited
// for, and the script run again with the answers that it had: it takes the same way, for all that it can see are those answers.
// docs/decisions/0073-jscript.md
import quickJs from '@jitl/quickjs-wasmfile-release-sync'
import { newQuickJSWASMModuleFromVariant, type QuickJSContext, type QuickJSHandle, type QuickJSSyncVariant, type QuickJSWASMModule } from 'quickjs-emscripten-core'
import { defaultLimits, ScriptError, ScriptLimitError, type ScriptHost, type Variant } from '../vbscript/index.ts'
import { toScriptError } from './jscript-errors.ts'
import { JournalledHost, Suspended } from './jscript-host.ts'
import { prelude } from './jscript-prelude.ts'
import { rewriteJScript } from './jscript-source.ts'
import { missingFunction, type ScriptRun } from './run-script.ts'

const memoryBytes = 64 << 20
/** About 1,400 calls within each other. */
const stackBytes = 256 << 10
/** Of calls that have to be waited for: each costs another run. */
const mostRuns = 10_000

export async function runJScript({ source, host, limits, entryPoint }: ScriptRun): Promise<Variant> {
  const text = rewriteJScript(source.replace(/^\ufeff/, ''))
  const module = await newQuickJSWASMModuleFromVariant(engineVariant())
  const deadline = host.now() + (limits?.milliseconds ?? defaultLimits.milliseconds)
  const calls = new JournalledHost(host)
  for (let run = 0; run < mostRuns; run++) {
    try {
      return new Run(module, host, calls, deadline, source).result(text, entryPoint)
    } catch (error) {
      if (!(error instanceof Suspended)) throw error
      await calls.settle()
    }
  }
  throw new ScriptLimitError(`the script made more than ${mostRuns} calls that had to be waited for`)
}

/** The package is CommonJS in its types, and either in its code. */
function engineVariant(): QuickJSSyncVariant {
  const { default: variant = quickJs } = quickJs as { readonly default?: unknown }
  return variant as QuickJSSyncVariant
}

/** The script once, from its first line. */
class Run {
  readonly #context: QuickJSContext
  readonly #host: ScriptHost
  readonly #calls: JournalledHost
  readonly #deadline: number
  readonly #source: string
  #isLate = false

  constructor(module: QuickJSWASMModule, host: ScriptHost, calls: JournalledHost, deadline: number, source: string) {
    this.#context = module.newContext()
    this.#host = host
    this.#calls = calls
    this.#deadline = deadline
    this.#source = source
    calls.rewind()
    const { runtime } = this.#context
    runtime.setMemoryLimit(memoryBytes)
    runtime.setMaxStackSize(stackBytes)
    runtime.setInterruptHandler(() => this.#isOver())
  }

  /** @throws Suspended, ScriptError, ScriptLimitError, and whatever of the host ends scripts */
  result(text: string, entryPoint: string | undefined): Variant {
    this.#start()
    this.#evaluate(text).dispose()
    if (entryPoint === undefined) return undefined
    if (!this.#hasFunction(entryPoint)) throw missingFunction(entryPoint, 'Microsoft JScript runtime error')
    using value = this.#evaluate(`__msikit.encode(globalThis[${JSON.stringify(entryPoint)}]())`)
    return this.#calls.decode(this.#context.getString(value))
  }

  #isOver(): boolean {
    this.#isLate ||= this.#host.now() > this.#deadline
    return this.#isLate || this.#calls.isOver
  }

  #start(): void {
    const context = this.#context
    const answer = (name: string, call: (args: readonly QuickJSHandle[]) => string): QuickJSHandle => context.newFunction(name, (...args) => context.newString(call(args)))
    const calls = this.#calls
    const functions = [
      answer('invoke', ([id, name, kind, args]) => calls.invoke(context.getNumber(id!), context.getString(name!), context.getString(kind!), context.getString(args!))),
      answer('kind', ([id, name]) => calls.kindOf(context.getNumber(id!), context.getString(name!))),
      answer('elements', ([id]) => calls.elements(context.getNumber(id!))),
      answer('create', ([name]) => calls.create(context.getString(name!))),
      answer('now', () => calls.now()),
      context.newString(calls.globals()),
    ]
    using start = context.unwrapResult(context.evalCode(prelude, 'prelude'))
    context.unwrapResult(context.callFunction(start, context.undefined, ...functions)).dispose()
    for (const one of functions) one.dispose()
  }

  #evaluate(code: string): QuickJSHandle {
    const result = this.#guarded(() => this.#context.evalCode(code, 'script'))
    // What the script made of its interruption means nothing.
    if (this.#calls.ended !== undefined) throw this.#calls.ended.by
    if (this.#isLate) throw new ScriptLimitError('the script ran for longer than it may')
    if (result.error === undefined) return result.value
    using error = result.error
    throw toScriptError(this.#context.dump(error), this.#source)
  }

  /** A trap of WebAssembly, or the end of our own stack. */
  #guarded<T>(action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (error instanceof RangeError || (error instanceof Error && error.name === 'RuntimeError')) throw new ScriptError(28, 'Out of stack space', { source: 'Microsoft JScript runtime error' })
      throw error
    }
  }

  #hasFunction(name: string): boolean {
    using value = this.#context.getProp(this.#context.global, name)
    return this.#context.typeof(value) === 'function'
  }
}
