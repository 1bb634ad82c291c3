// CAQuietExec, WixQuietExec, WixSilentExec and their 64-bit ones: programs run without a window. Their command lines are
// CustomActionData, or properties of their own; running them is running a program of the package, and the policy's matter.
// https://docs.firegiant.com/wix/tools/wixext/quietexec
import type { InstallSession } from '../../session/install-session.ts'
import type { DeferredContext } from '../../session/package-session.ts'

/** By entry point: the property that has the command line of an immediate action. */
const properties: Readonly<Record<string, string>> = {
  CAQuietExec: 'QtExecCmdLine', CAQuietExec64: 'QtExec64CmdLine', WixQuietExec: 'WixQuietExecCmdLine', WixQuietExec64: 'WixQuietExec64CmdLine',
  WixSilentExec: 'WixSilentExecCmdLine', WixSilentExec64: 'WixSilentExec64CmdLine',
}

export const quietEntryPoints = Object.keys(properties)

export interface QuietCommand {
  readonly commandLine: string
  /** Its output is not logged. */
  readonly silent: boolean
}

export function quietCommand(session: InstallSession, entryPoint: string, deferred: DeferredContext | undefined): QuietCommand | undefined {
  const property = properties[entryPoint]
  if (property === undefined) return undefined
  const commandLine = deferred !== undefined ? deferred.customActionData : session.properties.get(property) || session.properties.get(property.replace(/^Qt/, 'Wix').replace('WixExec', 'WixQuietExec'))
  return { commandLine, silent: entryPoint.startsWith('WixSilent') }
}
