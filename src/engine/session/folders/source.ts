// Where the package's source is: the folder that has the package, of the source list when need be.
// https://learn.microsoft.com/windows/win32/msi/resolvesource-action
import { joinPath, withTrailingBackslash } from '../../../base/index.ts'
import type { InstallSession } from '../install-session.ts'
import { InstallError } from '../messages/install-error.ts'

/**
 * Sets SourceDir to the folder that has the package, with a trailing backslash.
 * @throws InstallError 1706 when there is none; only a full removal does without
 */
export function resolveSource(session: InstallSession): string {
  const known = session.properties.get('SourceDir')
  const candidates = [session.sourceRoot, ...registeredSources(session)].filter((folder) => folder !== '')
  const found = candidates.find((folder) => session.platform.files.stat(joinPath(folder, session.product.packageName))?.kind === 'file')
  if (found === undefined) {
    if (session.context.removingProduct) return known
    throw new InstallError(1706, [session.product.productName], { code: 'ERROR_INSTALL_SOURCE_ABSENT' })
  }
  const source = withTrailingBackslash(found)
  if (source === known && session.properties.get('SOURCEDIR') !== '') return source
  session.properties.set('SourceDir', source)
  session.properties.set('SOURCEDIR', source)
  session.directoryTree?.forgetSources()
  return source
}

/** As {@link resolveSource}, where going on without a source may do. */
export function resolveSourceIfPresent(session: InstallSession): void {
  try {
    resolveSource(session)
  } catch (error) {
    if (!(error instanceof InstallError)) throw error
    session.messages.log(`The source is not at hand: ${error.message}`)
  }
}

/** The source that was used last, then the network list in its order, unless policy leaves network sources out. Media and URLs are nothing that is reached from here. */
export function registeredSources(session: Pick<InstallSession, 'platform' | 'product' | 'context' | 'parts'>): string[] {
  const { registry } = session.platform
  const key = `${session.context.publishRoot}\\Products\\${session.product.packedProductCode}\\SourceList`
  const text = (at: string, name: string): string => {
    const value = registry.value(at, name)
    return value?.type === 'REG_SZ' || value?.type === 'REG_EXPAND_SZ' ? value.data : ''
  }
  const last = /^[nmu];\d+;(.*)$/.exec(text(key, 'LastUsedSource'))?.[1] ?? ''
  const net = !session.parts.policies.searchOrder.includes('n') ? [] : [...registry.valueNames(`${key}\\Net`)].sort((a, b) => Number(a) - Number(b)).map((name) => text(`${key}\\Net`, name))
  return [last, ...net].filter((folder) => folder !== '')
}
