// CheckFX, CheckNETCore and VsdLaunchConditions, which packages of Visual Studio setup projects begin with: are the .NET Framework and the
// runtime of .NET there that the program needs? The first two answer by VSDFXAvailable and VSDNETCoreAvailable, the third evaluates the rows of
// _VsdLaunchCondition, whose columns such packages describe in _Validation. The addresses of that table are for browsers: they are told.
import { parseFileVersion } from '../../../base/index.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { InstallError } from '../../session/messages/install-error.ts'
import { MessageType } from '../../session/messages/messages.ts'
import type { NativeCall } from './native-action.ts'
import { hasFramework, hasRuntime, isBareRoot } from './net-framework.ts'

/** A root that is no Windows yet has no framework either: what will run there decides, not what is there now. */
export function checkFramework(session: InstallSession, { action }: NativeCall): void {
  const { properties, platform: { registry } } = session
  const wanted = properties.get('VSDFrameworkVersion')
  const version = parseFileVersion(wanted.replace(/^v/i, ''))
  fillIn(session, ['VSDNETMSG', 'VSDNETURLMSG'], [wanted])
  if (version === undefined) return
  settle(session, action, 'VSDFXAvailable', `.NET Framework ${wanted}`, hasFramework(registry, {
    version, clientProfile: isSaid(session, 'VSDFrameworkProfile', 'client'), allowsLater: isSaid(session, 'VSDAllowLaterFrameworkVersions', 'true'),
  }))
}

/** Most packages have switched it off: then it is as if the runtime were there. */
export function checkRuntime(session: InstallSession, { action }: NativeCall): void {
  const { properties, platform: { registry } } = session
  const wanted = properties.get('VSDNetCoreVersion')
  const version = parseFileVersion(wanted)
  if (version === undefined || isSaid(session, 'VSDNetCoreDisabled', 'true')) {
    properties.set('VSDNETCoreAvailable', 'TRUE')
    return
  }
  const runtime = properties.get('VSDNetCoreRuntime') || 'Microsoft.NETCore.App'
  const architecture = properties.get('VSDNetCoreArch') || 'x64'
  const name = `VSDNET${version[0] < 5 ? 'CORE' : ''}${runtime === 'Microsoft.WindowsDesktop.App' ? 'DESKTOP' : ''}RTNAME`
  fillIn(session, ['VSDNETCOREMSG', 'VSDNETCOREURLMSG'], [wanted, architecture, properties.get(name)])
  properties.set('NetCoreVerMajorDotMinor', `${version[0]}.${version[1]}`)
  settle(session, action, 'VSDNETCoreAvailable', `${runtime} ${wanted} (${architecture})`, hasRuntime(registry, runtime, architecture, version))
}

function settle(session: InstallSession, action: string, property: string, what: string, found: boolean): void {
  const { properties, platform: { registry }, messages } = session
  const isBare = !found && isBareRoot(registry)
  messages.log(isBare ? `${action}: the root says nothing of any .NET Framework; ${what} is taken to be there when the program runs` : `${action}: ${what} is ${found ? '' : 'not '}there`)
  if (found || isBare) properties.set(property, 'TRUE')
}

/** Puts the fields into texts that have them as [1], [2] and so on. */
function fillIn({ properties }: InstallSession, names: readonly string[], fields: readonly string[]): void {
  for (const name of names) {
    if (properties.has(name)) properties.set(name, properties.get(name).replaceAll(/\[([1-9])\]/g, (whole, index: string) => fields[Number(index) - 1] ?? whole))
  }
}

function isSaid({ properties }: InstallSession, property: string, value: string): boolean {
  return properties.get(property).toLowerCase() === value
}

/** @throws InstallError with the text of the first condition that does not hold */
export async function checkLaunchConditions(session: InstallSession, { action }: NativeCall): Promise<void> {
  for (const row of session.rows('_VsdLaunchCondition')) {
    if (session.condition(row.text('Condition'))) continue
    const text = session.format(row.text('Description'))
    if (!row.isNull('Url')) session.messages.log(`${action}: ${session.format(row.text('Url'))}`)
    await session.messages.send(MessageType.error, ['[1]', text], { buttons: 'ok' })
    const failure = new InstallError(0, [], { action, reported: true, condition: row.text('Condition') })
    failure.message = text
    throw failure
  }
}
