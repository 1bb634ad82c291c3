// Objects that scripts ask for by CreateObject, beside those of Windows Installer.
export { FileSystemObject } from './file-system-object.ts'
export type { ScriptFiles, ScriptFileStat, ScriptRegistry, ScriptRegistryValue } from './ports.ts'
export { Shell, type ShellHost } from './shell.ts'
export { TextStream } from './text-stream.ts'
