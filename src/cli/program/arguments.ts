// Parses a command line by the declaration of its command; mistakes are UsageErrors that say what was expected.
// Built on util.parseArgs, a part of Node.js (docs/decisions/0031-command-line.md).
import { helpOption, jsonOption, type CommandInput, type CommandSpec, type OptionSpec } from './command.ts'
import { UsageError } from './errors.ts'
import { nearest } from './nearest.ts'

/** The options of a command with those that every command has. */
export function allOptions(spec: CommandSpec): Readonly<Record<string, OptionSpec>> {
  return { ...spec.options, ...(spec.noJson === true ? {} : { json: jsonOption }), help: helpOption }
}

/** @throws UsageError */
export function parseArguments(spec: CommandSpec, argv: readonly string[]): CommandInput {
  const options = allOptions(spec)
  const { tokens, positionals } = switchesOnly(argv, options) ?? tokensOf(argv, options)
  const given = new Map<string, string[]>()
  for (const token of tokens) {
    if (token.kind === 'option') addOption(options, given, ownName(options, token.name), token.rawName, token.inlineValue === false && token.value.startsWith('--') ? undefined : token.value)
  }
  const input: CommandInput = {
    positionals,
    has: (name) => given.has(name),
    value: (name) => given.get(name)?.at(-1),
    values: (name) => given.get(name) ?? [],
    json: given.has('json'),
  }
  if (!input.has('help')) checkPresence(spec, input)
  return input
}

/** Loading the parser takes a millisecond, which a command line without options or with plain switches need not wait for. @returns undefined for any other */
function switchesOnly(argv: readonly string[], options: Readonly<Record<string, OptionSpec>>) {
  const tokens: { kind: 'option'; name: string; rawName: string; value: undefined; inlineValue: undefined }[] = []
  const positionals: string[] = []
  for (const word of argv) {
    const name = word.slice(2)
    if (!word.startsWith('-')) positionals.push(word)
    else if (word.startsWith('--') && Object.hasOwn(options, name) && options[name]!.value === undefined) tokens.push({ kind: 'option', name, rawName: word, value: undefined, inlineValue: undefined })
    else return undefined
  }
  return { tokens, positionals }
}

function tokensOf(argv: readonly string[], options: Readonly<Record<string, OptionSpec>>) {
  return process.getBuiltinModule('node:util').parseArgs({
    args: [...argv], strict: false, tokens: true, allowPositionals: true,
    options: Object.fromEntries(Object.entries(options).flatMap(([name, { value, short, also }]) => {
      const kind = { type: value === undefined ? 'boolean' as const : 'string' as const, multiple: true }
      return [[name, short === undefined ? kind : { ...kind, short }], ...(also === undefined ? [] : [[also, kind]])]
    })),
  })
}

/** The name under which an option is declared. */
function ownName(options: Readonly<Record<string, OptionSpec>>, name: string): string {
  return Object.hasOwn(options, name) ? name : Object.keys(options).find((one) => options[one]!.also === name) ?? name
}

function addOption(options: Readonly<Record<string, OptionSpec>>, given: Map<string, string[]>, name: string, rawName: string, value: string | undefined): void {
  const option = Object.hasOwn(options, name) ? options[name] : undefined
  if (option === undefined) {
    const close = nearest(name, Object.keys(options))
    throw new UsageError(`unknown option ${rawName}${close === undefined ? '' : `; did you mean --${close}?`}`)
  }
  if (option.value === undefined && value !== undefined) throw new UsageError(`option ${rawName} takes no value, found "${value}"`)
  if (option.value !== undefined && value === undefined) throw new UsageError(`option ${rawName}: expected ${option.value} after it, found nothing`)
  // What a script has in a variable that is not set. Only a value of a query may be empty.
  if (value === '' && option.value !== undefined && option.value !== 'TEXT') throw new UsageError(`option ${rawName}: expected ${option.value}, found an empty word`)
  if (option.choices !== undefined && !option.choices.includes(value!)) {
    throw new UsageError(`option ${rawName}: expected ${option.choices.join(', ')}, found "${value}"`)
  }
  const values = given.get(name)
  if (values === undefined) given.set(name, [value ?? ''])
  else if (option.many === true || option.value === undefined) values.push(value ?? '')
  else throw new UsageError(`option ${rawName}: expected once, found twice`)
}

function checkPresence(spec: CommandSpec, input: CommandInput): void {
  const required = spec.arguments.filter(({ count = 'one' }) => count === 'one' || count === 'many')
  const empty = input.positionals.indexOf('')
  if (empty >= 0) throw new UsageError(`expected ${(spec.arguments[empty] ?? spec.arguments.at(-1))?.name ?? 'nothing more'}, found an empty word`)
  const missing = required[input.positionals.length]
  if (missing !== undefined) throw new UsageError(`expected ${missing.name} (${lowerFirst(missing.about)}), found nothing`)
  const unlimited = spec.arguments.some(({ count }) => count === 'many' || count === 'any')
  const extra = input.positionals[spec.arguments.length]
  if (extra !== undefined && !unlimited) throw new UsageError(`expected nothing more, found "${extra}"`)
  for (const [name, option] of Object.entries(spec.options)) {
    if (option.required === true && !input.has(name)) {
      throw new UsageError(`expected ${option.short === undefined ? `--${name}` : `-${option.short}`} ${option.value ?? ''} (${lowerFirst(option.about)}), found nothing`)
    }
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
