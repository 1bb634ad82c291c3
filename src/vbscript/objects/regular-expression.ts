// RegExp, Matches, Match, SubMatches. Patterns are those of ECMAScript 3, which are run as patterns of JavaScript without its
// newer flags. A pattern that explodes cannot be interrupted: the text that one may search is bounded instead.
// https://learn.microsoft.com/previous-versions/yab2dx62(v=vs.85) (RegExp object)
import { checkedLength } from '../functions/builtin.ts'
import { toBoolean, toLong, toText } from '../values/convert.ts'
import { HostObject, members, method, property, indexed } from '../values/dispatch.ts'
import { scriptError } from '../values/script-error.ts'
import { long, type Variant } from '../values/variant.ts'

export class RegularExpression extends HostObject {
  readonly typeName = 'IRegExp2'
  readonly members = table
  pattern = ''
  ignoreCase = false
  global = false
  multiline = false

  compile(global = this.global): RegExp {
    try {
      return new RegExp(this.pattern, `${global ? 'g' : ''}${this.ignoreCase ? 'i' : ''}${this.multiline ? 'm' : ''}`)
    } catch (error) {
      throw scriptError(errorNumber((error as Error).message))
    }
  }

  execute(text: string): Matches {
    const expression = this.compile(true)
    const list: Match[] = []
    for (const match of text.matchAll(expression)) {
      list.push(new Match(match))
      if (!this.global) break
    }
    return new Matches(list)
  }

  /** `$1` to `$99`, `$&` and the like mean in the replacement what they mean in JavaScript. */
  replace(text: string, by: string): string {
    const result = text.replace(this.compile(), by)
    checkedLength(result.length)
    return result
  }
}

function errorNumber(message: string): number {
  if (/nothing to repeat|quantifier/i.test(message)) return 5018
  if (/unterminated character class/i.test(message)) return 5019
  if (/unterminated group|unmatched|\)/i.test(message)) return 5020
  return /range out of order/i.test(message) ? 5021 : 5017
}

const table = members<RegularExpression>({
  Pattern: property((self) => self.pattern, (self, value) => { self.pattern = toText(value) }),
  IgnoreCase: property((self) => self.ignoreCase, (self, value) => { self.ignoreCase = toBoolean(value) }),
  Global: property((self) => self.global, (self, value) => { self.global = toBoolean(value) }),
  Multiline: property((self) => self.multiline, (self, value) => { self.multiline = toBoolean(value) }),
  Test: method(1, (self, text) => self.compile(false).test(toText(text))),
  Execute: method(1, (self, text) => self.execute(toText(text))),
  Replace: method(2, (self, text, by) => self.replace(toText(text), toText(by))),
})

class Matches extends HostObject {
  readonly typeName = 'IMatchCollection2'
  readonly members = matchesTable
  readonly list: readonly Match[]

  constructor(list: readonly Match[]) {
    super()
    this.list = list
  }

  elements(): Iterable<Variant> {
    return this.list
  }
}

const matchItem = indexed<Matches>(1, (self, index) => at(self.list, index))
const matchesTable = members<Matches>({ '': matchItem, Item: matchItem, Count: property((self) => long(self.list.length)) })

class Match extends HostObject {
  readonly typeName = 'IMatch2'
  readonly members = matchTable
  readonly text: string
  readonly index: number
  readonly groups: SubMatches

  constructor(match: RegExpExecArray) {
    super()
    this.text = match[0]
    this.index = match.index
    this.groups = new SubMatches(match.slice(1))
  }
}

const matchTable = members<Match>({
  '': property((self) => self.text), Value: property((self) => self.text), FirstIndex: property((self) => long(self.index)),
  Length: property((self) => long(self.text.length)), SubMatches: property((self) => self.groups),
})

class SubMatches extends HostObject {
  readonly typeName = 'ISubMatches'
  readonly members = subMatchesTable
  readonly list: readonly Variant[]

  constructor(list: readonly Variant[]) {
    super()
    this.list = list
  }

  elements(): Iterable<Variant> {
    return this.list
  }
}

const subMatch = indexed<SubMatches>(1, (self, index) => at(self.list, index))
const subMatchesTable = members<SubMatches>({ '': subMatch, Item: subMatch, Count: property((self) => long(self.list.length)) })

function at(list: readonly Variant[], index: Variant): Variant {
  const number = toLong(index)
  if (number < 0 || number >= list.length) throw scriptError(5)
  return list[number]
}
