// The help of a command, from its declaration.
import { twoColumns, wrapped } from '../terminal/columns.ts'
import { textWidth } from '../terminal/text-width.ts'
import { allOptions } from './arguments.ts'
import type { ArgumentSpec, CommandSpec, OptionSpec } from './command.ts'

export function usageLine(spec: CommandSpec): string {
  const required = Object.entries(spec.options).filter(([, option]) => option.required)
  return ['msikit', spec.name, ...spec.arguments.map(argumentUsage),
    ...required.map(([name, option]) => `${option.short === undefined ? `--${name}` : `-${option.short}`} ${option.value}`), '[options]', ...(spec.rest === undefined ? [] : [spec.rest])].join(' ')
}

/** @param width of the lines: the terminal's */
export function commandHelp(spec: CommandSpec, width: number): string {
  const options = Object.entries(allOptions(spec)).map(([name, option]): [string, string] => [optionUsage(name, option), option.about])
  return [
    `${spec.summary}\n`,
    `Usage: ${usageLine(spec)}\n`,
    ...(spec.about === undefined ? [] : [`${paragraphs(spec.about, width)}\n`]),
    ...(spec.arguments.length === 0 ? [] : ['Arguments:', `${twoColumns(spec.arguments.map(({ name, about }) => [name, about]), indent, width)}\n`]),
    'Options:', `${twoColumns(options, indent, width)}\n`,
    'Examples:', spec.examples.map(([line, about]) => `  ${line}\n      ${about}`).join('\n'),
  ].join('\n')
}

const indent = '  '

/** Lines that begin with a space stay as they are; the others are broken anew where the terminal is narrower than they were written. */
function paragraphs(text: string, width: number): string {
  const lines = text.split('\n')
  if (lines.every((line) => textWidth(line) <= width)) return text
  const joined: string[] = []
  for (const line of lines) {
    const last = joined.at(-1)
    if (last === undefined || line.startsWith(' ') || last.startsWith(' ')) joined.push(line)
    else joined[joined.length - 1] = `${last} ${line}`
  }
  return joined.flatMap((line) => line.startsWith(' ') ? [line] : wrapped(line, width)).join('\n')
}

function argumentUsage({ name, count = 'one' }: ArgumentSpec): string {
  return { one: name, optional: `[${name}]`, many: `${name}…`, any: `[${name}…]` }[count]
}

function optionUsage(name: string, option: OptionSpec): string {
  const value = option.choices?.join('|') ?? option.value
  return `${option.short === undefined ? '    ' : `-${option.short}, `}--${name}${value === undefined ? '' : ` ${value}`}`
}
