// `--match`: which files are meant. `*` and `?` stand for anything within a name, `**` for folders too. As on Windows case
// does not matter, and either slash separates. A pattern without a slash is about names, whatever folder they are in.
import { UsageError } from './errors.ts'
import type { OptionSpec } from './command.ts'

export const matchOption: OptionSpec = { value: 'GLOB', many: true, about: 'Only files whose path matches, such as "*.dll" or "docs/**"; may be repeated' }

export type PathTest = (segments: readonly string[]) => boolean

/** Everything is meant when there is no pattern. @throws UsageError */
export function pathTest(patterns: readonly string[]): PathTest {
  if (patterns.length === 0) return () => true
  const tests = patterns.map(oneTest)
  return (segments) => tests.some((test) => test(segments))
}

function oneTest(pattern: string): PathTest {
  if (pattern === '' || pattern.length > 1000) throw new UsageError(`option --match: expected a pattern of 1 to 1000 characters, found ${pattern.length}`)
  const parts = pattern.replaceAll('\\', '/').replace(/^\.?\//, '').replace(/\/$/, '/**').split('/')
  if (parts.length === 1 && parts[0] !== '**') {
    const name = nameTest(parts[0]!)
    return (segments) => name(segments.at(-1)!)
  }
  const tests = parts.map((part) => part === '**' ? undefined : nameTest(part))
  return (segments) => matches(tests, segments)
}

type NameTest = (name: string) => boolean

/** `undefined` stands for any number of segments. No step is gone back further than the last of those. */
function matches(tests: readonly (NameTest | undefined)[], segments: readonly string[]): boolean {
  return walk(tests.length, segments.length, (test) => tests[test] === undefined, (test, segment) => tests[test]!(segments[segment]!))
}

function nameTest(pattern: string): NameTest {
  const wanted = [...pattern.toLowerCase()]
  return (name) => {
    const characters = [...name.toLowerCase()]
    return walk(wanted.length, characters.length, (index) => wanted[index] === '*', (index, at) => wanted[index] === '?' || wanted[index] === characters[at])
  }
}

/** Matching with stars in time bounded by the product of both lengths. */
function walk(patternLength: number, length: number, isStar: (index: number) => boolean, same: (index: number, at: number) => boolean): boolean {
  let index = 0
  let at = 0
  let star = -1
  let starAt = 0
  while (at < length) {
    if (index < patternLength && isStar(index)) {
      star = index++
      starAt = at
    } else if (index < patternLength && same(index, at)) {
      index++
      at++
    } else if (star >= 0) {
      index = star + 1
      at = ++starAt
    } else return false
  }
  while (index < patternLength && isStar(index)) index++
  return index === patternLength
}
