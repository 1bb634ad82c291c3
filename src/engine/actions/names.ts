// File names as tables have them: `short|long`, or one name that is both.
// https://learn.microsoft.com/windows/win32/msi/filename
import type { Session } from '../session/session.ts'

/** The name a file gets on the target: the long one unless SHORTFILENAMES is set. */
export function targetName(session: Session, filename: string): string {
  return pickName(filename, session.properties.get('SHORTFILENAMES') !== '')
}

export function pickName(filename: string, short: boolean): string {
  const bar = filename.indexOf('|')
  if (bar < 0) return filename
  return short ? filename.slice(0, bar) : filename.slice(bar + 1)
}

/** Whether a name matches a pattern of `*` and `?`, without regard to case. `*.*` matches names without a dot too. */
export function matchesWildcard(name: string, pattern: string): boolean {
  if (pattern === '*.*') return true
  return wildcardMatch(name.toUpperCase(), pattern.toUpperCase())
}

/** Greedy with one remembered star: linear for any pattern that a package can hold. */
function wildcardMatch(name: string, pattern: string): boolean {
  let at = 0
  let star = -1
  let resume = 0
  let index = 0
  while (at < name.length) {
    if (index < pattern.length && (pattern[index] === '?' || pattern[index] === name[at]) && pattern[index] !== '*') {
      at++
      index++
    } else if (pattern[index] === '*') {
      star = index++
      resume = at
    } else if (star >= 0) {
      index = star + 1
      at = ++resume
    } else {
      return false
    }
  }
  while (pattern[index] === '*') index++
  return index === pattern.length
}
