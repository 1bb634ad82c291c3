// The registry of standard actions: name as the sequence tables spell it → action. An action that is not here is looked
// for in the CustomAction table, then in the Dialog table. engine-rules §4, custom-actions §1
import type { StandardAction } from './action.ts'

/** Actions that write the script. They see the session's interface only. */
const scriptActions: Readonly<Record<string, StandardAction>> = {
}

export function findScriptAction(name: string): StandardAction | undefined {
  return Object.hasOwn(scriptActions, name) ? scriptActions[name] : undefined
}
