// What a session decided, as data: for plans, and for comparisons with what other installers decide.
import type { Decisions } from './install-request.ts'
import type { InstallState } from './session/features/states.ts'
import type { InstallSession } from './session/install-session.ts'

const names: Readonly<Record<number, string>> = { [-1]: 'unknown', 1: 'advertised', 2: 'absent', 3: 'local', 4: 'source', 5: 'default' }

function stateName(state: InstallState): string {
  return names[state] ?? String(state)
}

export function decisionsOf(session: InstallSession): Decisions {
  return {
    features: [...session.features.values()].map(({ name, level, installed, request, action }) =>
      ({ name, level, installed: stateName(installed), request: stateName(request), action: stateName(action) })),
    components: [...session.components.values()].map(({ name, enabled, installed, request, action }) =>
      ({ name, enabled, installed: stateName(installed), request: stateName(request), action: stateName(action) })),
    directories: [...session.directories.names()].map((name) => ({ name, path: session.directories.target(name) })),
    files: [...session.files.values()].map(({ key, targetPath, disposition, reason }) => ({ key, path: targetPath, disposition, reason })),
    properties: [...session.properties.entries()].map(([name, value]) => [name, session.properties.shown(name, value)] as const),
  }
}
