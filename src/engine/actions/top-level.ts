// ExecuteAction and SEQUENCE, which run other sequences. https://learn.microsoft.com/windows/win32/msi/executeaction-action
import type { EngineAction } from './engine-action.ts'

export const executeAction: EngineAction = (session) => session.installation.calls.execute(session, session.properties.get('EXECUTEACTION') || 'INSTALL')

/** Runs the table that the SEQUENCE property names. https://learn.microsoft.com/windows/win32/msi/sequence-action */
export const sequence: EngineAction = (session) => session.installation.calls.runSequence(session, session.properties.get('SEQUENCE'))
