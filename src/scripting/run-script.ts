// One way in for scripts of both languages, and how their bytes become text.
import { codePage, isKnownCodePage } from '../base/index.ts'
import { compileVbScript, ScriptError, type ScriptHost, type ScriptLimits, type Variant } from '../vbscript/index.ts'

export type ScriptLanguage = 'vbscript' | 'jscript'

export interface ScriptRun {
  readonly language: ScriptLanguage
  readonly source: string
  readonly host: ScriptHost
  readonly limits?: Partial<ScriptLimits>
  /** A function or sub of the script that is called when the rest has run. */
  readonly entryPoint?: string
}

/**
 * Runs a script; what it can reach is what the host gives it.
 * @returns what the entry point returned
 * @throws ScriptError what the script did not handle; ScriptLimitError when it took too much
 */
export async function runScript(run: ScriptRun): Promise<Variant> {
  return run.language === 'vbscript' ? runVbScript(run) : (await import('./jscript.ts')).runJScript(run)
}

async function runVbScript({ source, host, limits, entryPoint }: ScriptRun): Promise<Variant> {
  const running = await compileVbScript(source).run(host, limits)
  const called = entryPoint === undefined ? undefined : await running.call(entryPoint)
  if (entryPoint !== undefined && called === undefined) throw missingFunction(entryPoint, 'Microsoft VBScript runtime error')
  await running.end()
  return called?.result
}

export function missingFunction(name: string, source: string): ScriptError {
  return new ScriptError(438, `Object doesn't support this property or method: '${name}'`, { source, position: { line: 1, column: 1 } })
}

/** UTF-16 and UTF-8 say so with their mark; anything else is in the code page. @param codepage of the database; 0 is that of Windows */
export function decodeScript(bytes: Uint8Array, codepage = 0): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return new TextDecoder('utf-8').decode(bytes)
  return codePage(codepage !== 0 && isKnownCodePage(codepage) ? codepage : 1252).decode(bytes)
}
