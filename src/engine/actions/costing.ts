// CostInitialize, FileCost, CostFinalize and IsolateComponents. The work is in session/costing.ts.
// https://learn.microsoft.com/windows/win32/msi/costinitialize-action, …/filecost-action, …/costfinalize-action
import { sameName } from '../../base/index.ts'
import { finalizeCosting, initializeCosting } from '../session/costing.ts'
import { InstallError } from '../session/messages/install-error.ts'
import type { EngineAction } from './engine-action.ts'

export const costInitialize: EngineAction = (session) => {
  initializeCosting(session)
}

/** Files are compared with what is there when their places are known: at CostFinalize. */
export const fileCost: EngineAction = (session) => {
  if (session.costing === 'none') throw new InstallError(2731)
}

export const costFinalize: EngineAction = (session) => {
  finalizeCosting(session)
}

/**
 * Which components get private copies beside which applications; InstallFiles and RemoveFiles see to them.
 * https://learn.microsoft.com/windows/win32/msi/isolatecomponents-action
 */
export const isolateComponents: EngineAction = (session) => {
  for (const row of session.rows('IsolatedComponent')) {
    const shared = session.components.get(row.text('Component_Shared'))
    const application = session.components.get(row.text('Component_Application'))
    if (shared === undefined) throw new InstallError(2617, [row.text('Component_Shared')])
    if (application === undefined) throw new InstallError(2618, [row.text('Component_Application')])
    if (!shared.features.some((feature) => application.features.some((other) => sameName(feature, other)))) {
      throw new InstallError(2619, [shared.name, application.name])
    }
    session.isolated.push({ shared: shared.name, application: application.name })
  }
}
