// The command line of an installation as MsiInstallProduct takes it: `NAME=value NAME2="value with blanks"`.
// Names become upper case, `""` inside quotes is a quote, an empty value clears.
// https://learn.microsoft.com/windows/win32/msi/command-line-options
import { WindowsError } from '../../../base/index.ts'

/**
 * @param spelling `kept` where names that are not public may occur, as in the AdminProperties of a package.
 * @throws WindowsError ERROR_INVALID_COMMAND_LINE (1639)
 */
export function parsePropertySettings(text: string, spelling: 'upper' | 'kept' = 'upper'): Map<string, string> {
  const settings = new Map<string, string>()
  for (let at = skipBlanks(text, 0); at < text.length; at = skipBlanks(text, at)) {
    const name = /^[A-Za-z_%][A-Za-z0-9_.]*/.exec(text.slice(at))?.[0]
    if (name === undefined || text[at + name.length] !== '=') {
      throw new WindowsError('ERROR_INVALID_COMMAND_LINE', `command line: expected NAME=value at character ${at + 1}, found '${text.slice(at, at + 40)}'`)
    }
    const { value, end } = readValue(text, at + name.length + 1)
    settings.set(spelling === 'upper' ? name.toUpperCase() : name, value)
    at = end
  }
  return settings
}

function skipBlanks(text: string, at: number): number {
  while (/\s/.test(text[at] ?? '')) at++
  return at
}

/** Quotes may begin anywhere in a value; blanks end it outside them. */
function readValue(text: string, start: number): { value: string; end: number } {
  let value = ''
  let quoted = false
  let at = start
  for (; at < text.length; at++) {
    const one = text[at]!
    if (one === '"') {
      if (quoted && text[at + 1] === '"') {
        value += '"'
        at++
      } else {
        quoted = !quoted
      }
    } else if (!quoted && /\s/.test(one)) {
      break
    } else {
      value += one
    }
  }
  if (quoted) throw new WindowsError('ERROR_INVALID_COMMAND_LINE', `command line: expected a closing quote for the value at character ${start + 1}`)
  return { value, end: at }
}

/** The text that {@link parsePropertySettings} reads back. */
export function formatPropertySettings(settings: Iterable<readonly [string, string]>): string {
  return [...settings].map(([name, value]) => `${name}=${/^[^\s"]+$/.test(value) ? value : `"${value.replaceAll('"', '""')}"`}`).join(' ')
}
