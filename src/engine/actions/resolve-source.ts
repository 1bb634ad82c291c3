// ResolveSource. https://learn.microsoft.com/windows/win32/msi/resolvesource-action
import { resolveSource as resolve } from '../session/folders/source.ts'
import type { EngineAction } from './engine-action.ts'

export const resolveSource: EngineAction = (session) => {
  resolve(session)
}
