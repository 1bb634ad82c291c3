// Splits a Windows command line into arguments as programs of Windows do, and finds the program in front of them.
// https://learn.microsoft.com/cpp/c-language/parsing-c-command-line-arguments; createprocess: the unquoted program path
// ends at the first blank after which a program is found.

/** Backslashes count only before a quote: two make one, an odd one makes the quote literal. */
export function splitArguments(commandLine: string): string[] {
  const list: string[] = []
  let current: string | undefined
  let quoted = false
  for (let at = 0; at < commandLine.length; at++) {
    const unit = commandLine[at]!
    if (unit === '\\') {
      const slashes = /^\\+/.exec(commandLine.slice(at))![0].length
      const beforeQuote = commandLine[at + slashes] === '"'
      current = (current ?? '') + '\\'.repeat(beforeQuote ? Math.floor(slashes / 2) : slashes)
      at += slashes - 1
      if (beforeQuote && slashes % 2 === 1) {
        current += '"'
        at++
      }
    } else if (unit === '"') {
      current ??= ''
      if (quoted && commandLine[at + 1] === '"') {
        current += '"'
        at++
      } else {
        quoted = !quoted
      }
    } else if (!quoted && (unit === ' ' || unit === '\t')) {
      if (current !== undefined) list.push(current)
      current = undefined
    } else {
      current = (current ?? '') + unit
    }
  }
  if (current !== undefined) list.push(current)
  return list
}

/** Program and the rest. Without quotes, each longer piece up to a blank is tried with `isProgram`. */
export function splitProgram(commandLine: string, isProgram: (path: string) => boolean): { program: string; rest: string } {
  const text = commandLine.trimStart()
  if (text.startsWith('"')) {
    const end = text.indexOf('"', 1)
    return end < 0 ? { program: text.slice(1), rest: '' } : { program: text.slice(1, end), rest: text.slice(end + 1).trimStart() }
  }
  for (let at = nextBlank(text, 0); at < text.length; at = nextBlank(text, at + 1)) {
    if (isProgram(text.slice(0, at))) return { program: text.slice(0, at), rest: text.slice(at).trimStart() }
  }
  if (isProgram(text.trimEnd())) return { program: text.trimEnd(), rest: '' }
  const first = nextBlank(text, 0)
  return { program: text.slice(0, first), rest: text.slice(first).trimStart() }
}

function nextBlank(text: string, from: number): number {
  const at = text.slice(from).search(/[ \t]/)
  return at < 0 ? text.length : from + at
}
