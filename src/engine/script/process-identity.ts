// Whether two identities are one process: a pid alone may have been given away again.
import type { ProcessIdentity } from '../../platform/index.ts'

export function isSameProcess(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime
}
