// Values that a package wants hidden: they are replaced by asterisks in whatever is logged or shown, by whichever way they
// got there: formatted into a registry value, into the command line of a program, into an error, into a nested product.
// https://learn.microsoft.com/windows/win32/msi/preventing-confidential-information-from-being-written-into-the-log-file
// Windows hides the properties alone. What is stored stays as it is: registry, files, and the journal, which goes at the end.

export const mask = '**********'

/** Shorter values would be found in what has nothing to do with them: they are hidden where they stand alone in data. */
const shortest = 4

export class Secrets {
  readonly #values = new Set<string>()
  #long: readonly string[] = []
  #short: RegExp | undefined

  add(value: string): void {
    if (value.trim() === '' || this.#values.has(value)) return
    this.#values.add(value)
    // A secret may contain another one.
    const all = [...this.#values].sort((a, b) => b.length - a.length)
    this.#long = all.filter((one) => one.length >= shortest).flatMap((one) => one.includes('"') ? [one.replaceAll('"', '""'), one] : [one])
    const short = all.filter((one) => one.length < shortest).map(escaped)
    this.#short = short.length === 0 ? undefined : new RegExp(`(?<![\\p{L}\\p{N}])(?:${short.join('|')})(?![\\p{L}\\p{N}])`, 'gu')
  }

  /** A line of the engine: long values only, so that its frame stays what readers of logs expect. */
  hideIn(line: string): string {
    let shown = line
    for (const value of this.#long) if (shown.includes(value)) shown = shown.replaceAll(value, mask)
    return shown
  }

  /** Data of the package, such as a formatted record or the arguments of an operation. */
  hideInData(text: string): string {
    const shown = this.hideIn(text)
    return this.#short === undefined ? shown : shown.replace(this.#short, mask)
  }

  /** The same for all texts within. */
  hideInAll<Value>(value: Value): Value {
    return this.#values.size === 0 ? value : this.#deep(value) as Value
  }

  #deep(value: unknown): unknown {
    if (typeof value === 'string') return this.hideInData(value)
    if (Array.isArray(value)) return value.map((one) => this.#deep(one))
    if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.#deep(one)]))
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+./?[\\\]^{|}-]/g, '\\$&')
}
