// ResolveSource: SourceDir becomes the folder that has the package, of the source list when need be.
// https://learn.microsoft.com/windows/win32/msi/resolvesource-action; engine-rules §11
import { joinPath, withTrailingBackslash } from '../../base/index.ts'
import { InstallError } from '../session/install-error.ts'
import type { InstallSession } from '../session/install-session.ts'
import type { EngineAction } from './engine-action.ts'

export const resolveSource: EngineAction = (session) => {
  const known = session.properties.get('SourceDir')
  const candidates = [known, ...registeredSources(session)].filter((folder) => folder !== '')
  const found = candidates.find((folder) => session.platform.files.stat(joinPath(folder, session.product.packageName))?.kind === 'file')
  if (found === undefined) {
    if (session.context.removingProduct) return
    throw new InstallError(1706, [session.product.productName], { code: 'ERROR_INSTALL_SOURCE_ABSENT' })
  }
  if (withTrailingBackslash(found) === known) return
  session.properties.set('SourceDir', withTrailingBackslash(found))
  session.properties.set('SOURCEDIR', withTrailingBackslash(found))
  session.directoryTree?.forgetSources()
}

/** The source that was used last, then the network list in its order. */
export function registeredSources(session: Pick<InstallSession, 'platform' | 'product' | 'context'>): string[] {
  const { registry } = session.platform
  const key = `${session.context.publishRoot}\\Products\\${session.product.packedProductCode}\\SourceList`
  const text = (at: string, name: string): string => {
    const value = registry.value(at, name)
    return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
  }
  const last = /^[nmu];\d+;(.*)$/.exec(text(key, 'LastUsedSource'))?.[1] ?? ''
  const net = [...registry.valueNames(`${key}\\Net`)].sort((a, b) => Number(a) - Number(b)).map((name) => text(`${key}\\Net`, name))
  return [last, ...net].filter((folder) => folder !== '')
}
