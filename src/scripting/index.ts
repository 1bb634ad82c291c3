// Scripts of both languages, over the automation objects.
export { InstallerObject, SessionObject, type FilesPort, type InstallerPort, type ProductsPort, type SessionPort } from '../automation/index.ts'
export {
  date, defaultButton, HostObject, indexed, isGiven, isObject, long, members, method, nothing, property, ScriptError, scriptError, ScriptLimitError, toLong, toText, typeName, VariantArray,
  VariantNumber, type DispatchObject, type MemberTable, type ScriptHost, type ScriptLimits, type Variant,
} from '../vbscript/index.ts'
export { decodeScript, runScript, type ScriptLanguage, type ScriptRun } from './run-script.ts'
