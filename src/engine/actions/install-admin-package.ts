// InstallAdminPackage: the package itself in an administrative image, with its cabinets left out.
// https://learn.microsoft.com/windows/win32/msi/installadminpackage-action
import { joinPath, withTrailingBackslash } from '../../base/index.ts'
import type { StandardAction } from './action.ts'

export const installAdminPackage: StandardAction = (session) => {
  const folder = withTrailingBackslash(session.properties.get('TARGETDIR'))
  const { packageName } = session.product
  session.emit({ op: 'FolderCreate', folder, persistent: false }, { data: { 1: folder } })
  session.emit({
    op: 'DatabaseCopy', source: session.properties.get('OriginalDatabase'), destination: joinPath(folder, packageName), administrative: true,
  }, { data: { 1: packageName, 6: 0, 9: folder } })
}
