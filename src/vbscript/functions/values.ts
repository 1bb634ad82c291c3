// Functions about values and arrays, objects by name, and boxes that ask.
import { Dictionary } from '../objects/dictionary.ts'
import { RegularExpression } from '../objects/regular-expression.ts'
import { isGiven, isNumeric, toText } from '../values/convert.ts'
import { parseDate } from '../values/dates.ts'
import type { DispatchObject } from '../values/dispatch.ts'
import { scriptError } from '../values/script-error.ts'
import { integer, isArray, isObjectType, long, typeName, VariantNumber, VariantType, variantType, type Variant } from '../values/variant.ts'
import { VariantArray } from '../values/variant-array.ts'
import { between, fixed, optionalLong, optionalText, type Builtin, type BuiltinTable } from './builtin.ts'

const about = (test: (value: Variant) => Variant): Builtin => ({ least: 1, most: 1, takesObjects: true, call: ([value]) => test(value) })

/** Objects that need nothing of the host. */
const ownObjects: Readonly<Record<string, () => DispatchObject>> = {
  'scripting.dictionary': () => new Dictionary(), 'vbscript.regexp': () => new RegularExpression(),
}

export function ownObject(programId: string): DispatchObject | undefined {
  return ownObjects[programId.toLowerCase()]?.()
}

export const valueFunctions: BuiltinTable = {
  IsEmpty: about((value) => value === undefined), IsNull: about((value) => value === null), IsObject: about(isObjectType), IsArray: about(isArray),
  IsNumeric: about((value) => isNumeric(value)),
  IsDate: { least: 1, most: 1, takesObjects: true, call: ([value], { currentYear }) => typeof value === 'string' ? parseDate(value, currentYear) !== undefined : value instanceof VariantNumber && value.type === VariantType.date },
  VarType: about((value) => integer(variantType(value))),
  TypeName: about(typeName),
  Array: { least: 0, most: 1024, takesObjects: true, call: (items) => VariantArray.of(items) },
  UBound: { ...between(1, 2, ([list, dimension]) => long(boundOf(list, dimension))), takesObjects: true },
  LBound: { ...between(1, 2, ([list, dimension]) => lowerBound(list, dimension)), takesObjects: true },
  CreateObject: between(1, 2, ([name], { host }) => {
    const id = toText(name)
    const object = ownObject(id) ?? host.createObject(id)
    if (object === undefined) throw scriptError(429, id)
    return object
  }),
  GetObject: between(0, 2, ([path, name], { host }) => {
    const moniker = isGiven(path) ? toText(path) : optionalText(name, '')
    const object = host.getObject?.(moniker)
    if (object === undefined) throw scriptError(429, moniker)
    return object
  }),
  GetRef: fixed(1, ([name], environment) => environment.reference(toText(name))),
  MsgBox: between(1, 5, async ([prompt, buttons, title], { host }) => {
    const style = optionalLong(buttons, 0)
    return integer(await (host.messageBox?.(toText(prompt), style, optionalText(title, 'VBScript')) ?? defaultButton(style)))
  }),
  InputBox: between(1, 7, async ([prompt, title, preset], { host }) => await (host.inputBox?.(toText(prompt), optionalText(title, ''), optionalText(preset, '')) ?? '')),
  ScriptEngine: fixed(0, () => 'VBScript'), ScriptEngineMajorVersion: fixed(0, () => long(5)),
  ScriptEngineMinorVersion: fixed(0, () => long(8)), ScriptEngineBuildVersion: fixed(0, () => long(16384)),
  GetLocale: fixed(0, () => long(1033)),
  // There is one locale; asking for it succeeds.
  SetLocale: between(0, 1, ([locale]) => {
    if (isGiven(locale) && !/^(0|1033|en(-us)?)$/i.test(toText(locale))) throw scriptError(447)
    return long(1033)
  }),
}

/** Every dimension begins at 0; asked of what has no such dimension it is an error all the same. */
function lowerBound(list: Variant, dimension: Variant): Variant {
  boundOf(list, dimension)
  return long(0)
}

function boundOf(list: Variant, dimension: Variant): number {
  if (!isArray(list)) throw scriptError(13)
  const bound = list.bounds[optionalLong(dimension, 1) - 1]
  if (bound === undefined) throw scriptError(9)
  return bound
}

/** Answers of each set of buttons, in order: vbOKOnly, vbOKCancel, vbAbortRetryIgnore, vbYesNoCancel, vbYesNo, vbRetryCancel. */
const answers: readonly (readonly number[])[] = [[1], [1, 2], [3, 4, 5], [6, 7, 2], [6, 7], [4, 2]]

/** The button that Enter would press. */
export function defaultButton(style: number): number {
  const list = answers[style & 0x0f] ?? answers[0]!
  return list[(style >> 8) & 0x03] ?? list[0]!
}

