// Text that a running script wants to run: Execute, ExecuteGlobal, Eval.
import type { CompiledScript } from '../machine/code.ts'
import { compileScript } from '../machine/compiler.ts'
import { toText } from '../values/convert.ts'
import type { Variant } from '../values/variant.ts'
import type { Expression, Script } from './ast.ts'
import { parseScript, parseSingleExpression } from './parser.ts'

export type ParsedText =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'script'; readonly script: Script; readonly compiled: CompiledScript }

export function parseText(value: Variant, scope: 'local' | 'global' | 'expression'): ParsedText {
  if (scope === 'expression') return { kind: 'expression', expression: parseSingleExpression(toText(value)) }
  const script = parseScript(toText(value))
  return { kind: 'script', script, compiled: compileScript(script) }
}
