// Sessions that a script opens: INSTALL, ADMIN and ADVERTISE run the whole installation, with the properties and the features that the
// script has chosen; every other action is one of the session. https://learn.microsoft.com/windows/win32/msi/action, install-action
import { errorCodes } from '../../base/index.ts'
import { InstallState } from '../../engine/index.ts'
import type { SessionPort } from '../../scripting/index.ts'

export type TopLevelAction = 'INSTALL' | 'ADMIN' | 'ADVERTISE'

/** Answers the Windows code that the installation ended with. */
export type RunTopLevel = (action: TopLevelAction, properties: Readonly<Record<string, string>>) => Promise<number>

const lists: Readonly<Record<number, string>> = {
  [InstallState.local]: 'ADDLOCAL', [InstallState.source]: 'ADDSOURCE', [InstallState.absent]: 'REMOVE', [InstallState.advertised]: 'ADVERTISE', [InstallState.default]: 'ADDDEFAULT',
}

const restarts: ReadonlySet<number> = new Set([errorCodes.ERROR_SUCCESS_REBOOT_REQUIRED, errorCodes.ERROR_SUCCESS_REBOOT_INITIATED])

export function withTopLevelActions(port: SessionPort, run: RunTopLevel): SessionPort {
  const properties = new Map<string, string>()
  const features = new Map<string, number>()
  const chosen = (): Record<string, string> => {
    const all = new Map(properties)
    for (const [feature, state] of features) {
      const list = lists[state]
      if (list !== undefined) all.set(list, [...(all.get(list) ?? '').split(',').filter((one) => one !== ''), feature].join(','))
    }
    return Object.fromEntries(all)
  }
  const own: Partial<SessionPort> = {
    setProperty: (name, value) => {
      port.setProperty(name, value)
      // Only public properties go on to an installation.
      if (/^[A-Z_][A-Z0-9_.]*$/.test(name)) properties.set(name, value)
    },
    setFeatureState: (name, state) => {
      port.setFeatureState(name, state)
      features.set(name, state)
    },
    doAction: async (name) => {
      const action = name === '' ? port.property('ACTION') || 'INSTALL' : name
      if (action !== 'INSTALL' && action !== 'ADMIN' && action !== 'ADVERTISE') return port.doAction(action)
      const code = await run(action, chosen())
      return restarts.has(code) ? errorCodes.ERROR_SUCCESS : code
    },
  }
  return Object.assign(Object.create(port) as SessionPort, own)
}
