// The root as a script uses it: looked at through one platform, until something is changed in it.
import type { NodePlatform } from '../../node/index.ts'

export interface ScriptRoot {
  look(): NodePlatform
  /** To install into or to write to. What was seen before is not so any more. */
  change(): NodePlatform
}

export function scriptRoot(open: (toWrite: boolean) => NodePlatform): ScriptRoot {
  let seen: NodePlatform | undefined
  return {
    look: () => seen ??= open(false),
    change: () => {
      seen = undefined
      return open(true)
    },
  }
}
