// Scripts of both languages, over the automation objects.
export {
  InstallerObject, SessionObject, type FilesPort, type InstallationsPort, type InstallerPort, type PatchInstance, type ProductInstance, type ProductsPort, type SessionPort, type SourceChange,
  type SourceOwner,
} from '../automation/index.ts'
export {
  date, defaultButton, HostObject, indexed, isGiven, isObject, long, members, method, nothing, property, serialOfMoment, ScriptError, scriptError, ScriptLimitError, toBoolean, toLong, toText, typeName, VariantArray,
  VariantNumber, type DispatchObject, type MemberTable, type ScriptHost, type ScriptLimits, type Variant,
} from '../vbscript/index.ts'
export { FileSystemObject, Shell, TextStream, type ScriptFiles, type ScriptFileStat, type ScriptRegistry, type ScriptRegistryValue, type ShellHost } from './host-objects/index.ts'
export { decodeScript, runScript, type ScriptLanguage, type ScriptRun } from './run-script.ts'
