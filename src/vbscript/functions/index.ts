// Every built-in name of the language: functions and constants.
import { RegularExpression } from '../objects/regular-expression.ts'
import type { DispatchObject } from '../values/dispatch.ts'
import { fixed, type Builtin } from './builtin.ts'
import { constants } from './constants.ts'
import { dateFunctions } from './dates.ts'
import { formatFunctions } from './formats.ts'
import { numberFunctions } from './numbers.ts'
import { stringFunctions } from './strings.ts'
import { valueFunctions } from './values.ts'

const table: ReadonlyMap<string, Builtin> = new Map([
  ...[stringFunctions, numberFunctions, dateFunctions, formatFunctions, valueFunctions].flatMap((one) => Object.entries(one)).map(([name, builtin]) => [name.toLowerCase(), builtin] as const),
  ...[...constants].map(([name, value]) => [name, fixed(0, () => value)] as const),
])

export const builtins = {
  has: (key: string): boolean => table.has(key),
  get: (key: string): Builtin | undefined => table.get(key),
  isConstant: (key: string): boolean => constants.has(key),
  newRegExp: (): DispatchObject => new RegularExpression(),
}
