// Which assemblies the Windows of the root can load, by the versions of the libraries that it has for them. A root without
// them has no properties, as a Windows without the runtime. https://learn.microsoft.com/windows/win32/msi/msinetassemblysupport,
// …/msiwin32assemblysupport
import { compareFileVersions, joinPath, WindowsError, type FileVersion } from '../../../base/index.ts'
import type { FileSystem } from '../../../platform/index.ts'
import type { PropertyStore } from '../properties/property-store.ts'
import { readFileVersion } from './file-version-resource.ts'

/** After the folder properties are set. */
export function setAssemblySupport(properties: PropertyStore, { files }: { readonly files: FileSystem }): void {
  const system = properties.get('System64Folder') || properties.get('SystemFolder')
  const win32 = versionOf(files, joinPath(system, 'sxs.dll'))
  if (win32 !== undefined) properties.set('MsiWin32AssemblySupport', win32.join('.'))
  const net = newestFusion(files, joinPath(properties.get('WindowsFolder'), 'Microsoft.NET'))
  if (net !== undefined) properties.set('MsiNetAssemblySupport', net.join('.'))
}

/** Every version of the .NET Framework has its own Fusion.dll: the latest counts. */
function newestFusion(files: FileSystem, folder: string): FileVersion | undefined {
  let newest: FileVersion | undefined
  for (const framework of ['Framework64', 'Framework'].map((name) => joinPath(folder, name))) {
    if (files.stat(framework)?.kind !== 'directory') continue
    for (const name of files.list(framework)) {
      const version = /^v\d/i.test(name) ? versionOf(files, joinPath(framework, name, 'fusion.dll')) : undefined
      if (version !== undefined && (newest === undefined || compareFileVersions(version, newest) > 0)) newest = version
    }
  }
  return newest
}

/** `undefined` for a file that is not there, cannot be read, or has none. */
function versionOf(files: FileSystem, path: string): FileVersion | undefined {
  if (files.stat(path)?.kind !== 'file') return undefined
  try {
    using file = files.open(path)
    return readFileVersion(file)?.version
  } catch (error) {
    if (error instanceof WindowsError) return undefined
    throw error
  }
}
