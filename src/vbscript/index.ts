// VBScript: the language, run by an interpreter of our own. Nothing of the host is within its reach but what the host gives it.
// https://learn.microsoft.com/previous-versions/t0aew7h6(v=vs.85)
export {
  HostObject, indexed, invokeMember, members, method, property, type DispatchObject, type InvokeKind, type Member, type MemberKind, type MemberTable,
} from './values/dispatch.ts'
export { isGiven, toBoolean, toDate, toLong, toNumber, toText } from './values/convert.ts'
export { serialOfMoment, datePartsOf, serialOfDate, serialOf, type DateParts } from './values/dates.ts'
export { compileError, ScriptError, scriptError, ScriptLimitError, type ScriptPosition } from './values/script-error.ts'
export {
  date, double, integer, isArray, isObject, isObjectType, long, missing, nothing, typeName, VariantNumber, VariantType, wholeNumber, type Variant,
} from './values/variant.ts'
export { byteArray, VariantArray } from './values/variant-array.ts'
export { defaultButton, ownObject } from './functions/values.ts'
export { Dictionary } from './objects/dictionary.ts'
export { RegularExpression } from './objects/regular-expression.ts'
export { defaultLimits, type ScriptHost, type ScriptLimits } from './machine/host.ts'
export { compileVbScript, VbScript, type RunningScript } from './run.ts'
