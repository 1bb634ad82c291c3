// What a JScript threw, as an error with JScript's number.
// https://learn.microsoft.com/previous-versions/1dk3k160(v=vs.85) (JScript Run-time Errors)
import { ScriptError, type ScriptPosition } from '../vbscript/index.ts'

const runtimeSource = 'Microsoft JScript runtime error'

export function toScriptError(thrown: unknown, sourceText: string): ScriptError {
  if (typeof thrown !== 'object' || thrown === null) return new ScriptError(5022, `Exception thrown and not caught: ${String(thrown)}`, { source: runtimeSource })
  const { name = 'Error', message = '', stack = '', number, source } = thrown as { name?: string; message?: string; stack?: string; number?: number; source?: string }
  const position = positionOf(stack)
  const error = new ScriptError(typeof number === 'number' ? number : numberOf(name, message), described(name, message), {
    source: typeof source === 'string' && source !== '' ? source : runtimeSource, ...(position === undefined ? {} : { position }),
  })
  if (position !== undefined) error.text = sourceText.split(/\r\n|\r|\n/)[position.line - 1] ?? ''
  return error
}

/** The innermost place in the script: `at name (script:3:5)`. */
function positionOf(stack: string): ScriptPosition | undefined {
  const match = /\bscript:(\d+)(?::(\d+))?/.exec(stack)
  return match === null ? undefined : { line: Number(match[1]), column: Number(match[2] ?? 1) }
}

function numberOf(name: string, message: string): number {
  switch (name) {
    case 'ReferenceError': return message.startsWith('Cannot assign') ? 5003 : 5009
    case 'TypeError': return message.startsWith('Object doesn\'t support') ? 438 : message.includes('not a function') ? 5002 : 5007
    case 'InternalError': return message.includes('stack') ? 28 : 7
    case 'SyntaxError': return 1002
    default: return 5022
  }
}

function described(name: string, message: string): string {
  const undefinedName = /^'?(.+?)'? is not defined$/.exec(message)?.[1]
  if (undefinedName !== undefined) return `'${undefinedName}' is undefined`
  return name === 'InternalError' && message.includes('stack') ? 'Out of stack space' : message
}
