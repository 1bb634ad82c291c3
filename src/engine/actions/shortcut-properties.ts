// MsiShortcutProperty: properties of the shell in shortcuts. Windows looks canonical names up in its property system; here those
// are known that shortcuts have, and any other by its format identifier and number.
// https://learn.microsoft.com/windows/win32/msi/msishortcutproperty-table, …/properties/props-system-appusermodel-id
import { guidToBytes } from '../../base/index.ts'
import { shellProperty, type ShortcutProperty } from '../script/shortcut-property.ts'
import type { Session } from '../session/session.ts'

type PropertyKey = Omit<ShortcutProperty, 'text'>

const appUserModel = '{9F4C2855-9F79-4B39-A8D0-E1D42DE1D5F3}'
const summary = '{F29F85E0-4FF9-1068-AB91-08002B27B3D9}'

const knownKeys: Readonly<Record<string, PropertyKey>> = {
  'system.appusermodel.relaunchcommand': { formatId: appUserModel, id: 2, kind: 'string' },
  'system.appusermodel.relaunchiconresource': { formatId: appUserModel, id: 3, kind: 'string' },
  'system.appusermodel.relaunchdisplaynameresource': { formatId: appUserModel, id: 4, kind: 'string' },
  'system.appusermodel.id': { formatId: appUserModel, id: 5, kind: 'string' },
  'system.appusermodel.isdestlistseparator': { formatId: appUserModel, id: 6, kind: 'boolean' },
  'system.appusermodel.excludefromshowinnewinstall': { formatId: appUserModel, id: 8, kind: 'boolean' },
  'system.appusermodel.preventpinning': { formatId: appUserModel, id: 9, kind: 'boolean' },
  'system.appusermodel.startpinoption': { formatId: appUserModel, id: 12, kind: 'number' },
  'system.appusermodel.toastactivatorclsid': { formatId: appUserModel, id: 26, kind: 'guid' },
  'system.title': { formatId: summary, id: 2, kind: 'string' },
  'system.comment': { formatId: summary, id: 6, kind: 'string' },
}

/** Properties of one shortcut, by its key. What cannot be set is named in the log, and is no failure. */
export function shortcutProperties(session: Session, shortcut: string): ShortcutProperty[] {
  return [...session.rows('MsiShortcutProperty')].filter((row) => row.text('Shortcut_') === shortcut).flatMap((row) => {
    const name = session.format(row.text('PropertyKey'))
    const key = knownKeys[name.toLowerCase()] ?? numberedKey(name)
    const property = key === undefined ? undefined : { ...key, text: session.format(row.text('PropVariantValue')) }
    if (property !== undefined && shellProperty(property) !== undefined) return [property]
    session.messages.log(`Warning 1946. Property '${name}' of shortcut '${shortcut}' is not set: ${key === undefined ? 'only the property system of Windows knows this name' : 'the value does not fit its type'}.`)
    return []
  })
}

/** `{format identifier} number`, with a blank or a comma between. */
function numberedKey(name: string): PropertyKey | undefined {
  const match = /^(\{[0-9a-f-]{36}\})[ ,]+(\d{1,9})$/i.exec(name)
  return match === null || guidToBytes(match[1]!) === undefined ? undefined : { formatId: match[1]!.toUpperCase(), id: Number(match[2]), kind: 'string' }
}
