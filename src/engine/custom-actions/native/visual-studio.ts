// CheckFX and VsdLaunchConditions, which every package of a Visual Studio setup project begins with: is the .NET Framework there that
// the program needs? The first answers by VSDFXAvailable, the second evaluates the rows of _VsdLaunchCondition, whose columns
// such packages describe in _Validation. The addresses of that table are for browsers: they are told.
import { parseFileVersion } from '../../../base/index.ts'
import { InstallError } from '../../session/install-error.ts'
import type { InstallSession } from '../../session/install-session.ts'
import { MessageType } from '../../session/messages.ts'
import { hasFramework } from './net-framework.ts'
import type { NativeCall } from './native-action.ts'

/** Texts whose [1] is the version. */
const messages = ['VSDNETMSG', 'VSDNETURLMSG'] as const

/** A root that is no Windows yet has no framework either: what will run there decides, not what is there now. */
export function checkFramework(session: InstallSession, { action }: NativeCall): void {
  const { properties } = session
  const wanted = properties.get('VSDFrameworkVersion')
  const version = parseFileVersion(wanted.replace(/^v/i, ''))
  for (const name of messages) if (properties.has(name)) properties.set(name, properties.get(name).replaceAll('[1]', wanted))
  if (version === undefined || properties.has('VSDFXAvailable')) return
  const found = hasFramework(session.platform.registry, {
    version, clientProfile: properties.get('VSDFrameworkProfile').toLowerCase() === 'client', allowsLater: properties.get('VSDAllowLaterFrameworkVersions').toLowerCase() === 'true',
  })
  if (found === undefined) session.messages.log(`${action}: the root says nothing of any .NET Framework; ${wanted} is taken to be there when the program runs`)
  else session.messages.log(`${action}: the root has ${found ? '' : 'not '}the .NET Framework ${wanted}`)
  if (found !== false) properties.set('VSDFXAvailable', 'TRUE')
}

/** @throws InstallError with the text of the first condition that does not hold */
export async function checkLaunchConditions(session: InstallSession, { action }: NativeCall): Promise<void> {
  for (const row of session.rows('_VsdLaunchCondition')) {
    if (session.condition(row.text('Condition'))) continue
    const text = session.format(row.text('Description'))
    if (!row.isNull('Url')) session.messages.log(`${action}: ${row.text('Url')}`)
    await session.messages.send(MessageType.error, ['[1]', text], { buttons: 'ok' })
    const failure = new InstallError(0, [], { action, reported: true })
    failure.message = text
    throw failure
  }
}
