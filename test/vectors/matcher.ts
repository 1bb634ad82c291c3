// Compares what an operation returned with what a vector expects of it: literals and the forms that the vectors'
// README lists under "Expected values".

/** A returned value that knows itself how an expectation is to be read, such as the rows of a query. */
export interface Judged {
  /** What was found instead; `undefined` when it agrees. */
  disagreement(expected: unknown, matches: (found: unknown, expected: unknown) => boolean): unknown
}

export interface MatchContext {
  /** The value that the labelled step returned under a key. */
  returned(label: string, key: string): unknown
  /** Everything that the step at hand returned. */
  readonly found: Readonly<Record<string, unknown>>
  /** The size that went in, for outputs that come out as they were. */
  readonly room: number | undefined
}

const integerNull = -0x80000000

/** @param found `undefined` is an output that was not written. */
export function matches(found: unknown, expected: unknown, context: MatchContext): boolean {
  if (isJudged(found)) return found.disagreement(expected, (a, b) => matches(a, b, context)) === undefined
  if (expected === null) return found === null || found === integerNull
  if (Array.isArray(expected)) {
    return Array.isArray(found) && found.length === expected.length && expected.every((one, index) => matches(found[index], one, context))
  }
  if (found === undefined && context.room !== undefined && expected === context.room) return true
  if (typeof expected !== 'object') return found === expected || (typeof found === 'boolean' && Number(found) === expected)
  return matchesForm(found, expected as Readonly<Record<string, unknown>>, context)
}

function matchesForm(found: unknown, form: Readonly<Record<string, unknown>>, context: MatchContext): boolean {
  if ('unchanged' in form) return found === undefined || (typeof found === 'number' && found === context.room)
  if ('not' in form) return !matches(found, form['not'], context)
  if ('notIn' in form) return !(form['notIn'] as readonly unknown[]).some((one) => matches(found, one, context))
  if ('mask' in form) return typeof found === 'number' && ((found & Number(form['mask'])) >>> 0) === Number(form['==']) >>> 0
  if ('>=' in form || '<=' in form || '>' in form || '<' in form) return typeof found === 'number' && inRange(found, form)
  if ('lengthOfValue' in form) return found === String(context.found['value'] ?? '').length
  if ('lengthOf' in form) return found === lengthOf(form)
  if ('sameAs' in form) {
    const { from, field } = form['sameAs'] as { from: string; field: string }
    return found === context.returned(from, field)
  }
  if ('prefixHex' in form) return found instanceof Uint8Array && hexOf(found).startsWith(String(form['prefixHex']))
  if (typeof found === 'string') return matchesText(found, form)
  return typeof found === 'object' && found !== null
    && Object.entries(form).every(([key, one]) => matches((found as Record<string, unknown>)[key], one, context))
}

/** Text that is expected at places within a text, which may have NULs: `{"4": text}`, or place and text by names of their own. */
export function judgedPlaces(found: string | undefined): Judged {
  return {
    disagreement: (expected, matches) => placesOf(expected).every(([at, text]) => matches(found?.slice(at).split('\0')[0], text)) ? undefined : found ?? 'nothing',
  }
}

function placesOf(expected: unknown): readonly (readonly [number, unknown])[] {
  if (Array.isArray(expected)) return typeof expected[0] === 'number' ? [[expected[0], expected[1]]] : expected.flatMap(placesOf)
  if (typeof expected !== 'object' || expected === null) return [[0, expected]]
  const entries = Object.entries(expected)
  const place = entries.find(([name, value]) => typeof value === 'number' && !/^\d+$/.test(name))
  if (place === undefined) return entries.map(([at, text]) => [Number(at), text])
  return [[place[1] as number, entries.find((entry) => entry !== place)?.[1]]]
}

function inRange(found: number, form: Readonly<Record<string, unknown>>): boolean {
  const bound = (key: string): number => Number(form[key])
  return !('>=' in form && found < bound('>=')) && !('<=' in form && found > bound('<='))
    && !('>' in form && found <= bound('>')) && !('<' in form && found >= bound('<'))
}

function matchesText(found: string, form: Readonly<Record<string, unknown>>): boolean {
  if ('icase' in form) return found.toLowerCase() === String(form['icase']).toLowerCase()
  if ('prefix' in form) return found.startsWith(String(form['prefix']))
  if ('prefixOf' in form) return found === String(form['prefixOf']).slice(0, charsOf(form['chars']))
  if ('contains' in form) return found.includes(String(form['contains']))
  if ('cString' in form) return found.split('\0')[0] === form['cString']
  return false
}

function charsOf(chars: unknown): number {
  return typeof chars === 'object' && chars !== null ? lengthOf(chars as Readonly<Record<string, unknown>>) : Number(chars)
}

/** `{"lengthOf": text, "times": k, "plus": n}`: the length of the text, times k, plus n. */
export function lengthOf(form: Readonly<Record<string, unknown>>): number {
  return String(form['lengthOf']).length * Number(form['times'] ?? 1) + Number(form['plus'] ?? 0)
}

function isJudged(value: unknown): value is Judged {
  return typeof value === 'object' && value !== null && 'disagreement' in value
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

/** A value in a line of a report. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value instanceof Uint8Array) return `bytes ${hexOf(value.subarray(0, 64))}`
  const text = JSON.stringify(value, (_, one: unknown) => typeof one === 'bigint' ? `${one}` : one) ?? typeof value
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
