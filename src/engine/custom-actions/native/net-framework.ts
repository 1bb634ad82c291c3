// Which versions of the .NET Framework, and of .NET, a root has, as its registry tells.
// https://learn.microsoft.com/dotnet/framework/install/how-to-determine-which-versions-are-installed,
// https://github.com/dotnet/designs/blob/main/accepted/2020/install-locations.md
import { compareFileVersions, parseFileVersion, type FileVersion } from '../../../base/index.ts'
import type { Registry } from '../../../platform/index.ts'

const keys = ['HKLM\\Software\\Microsoft\\NET Framework Setup\\NDP', 'HKLM\\Software\\Wow6432Node\\Microsoft\\NET Framework Setup\\NDP']

/** The least value of Release that each version has, on any Windows. */
const releases: readonly (readonly [release: number, version: FileVersion])[] = [
  [378389, [4, 5, 0, 0]], [378675, [4, 5, 1, 0]], [379893, [4, 5, 2, 0]], [393295, [4, 6, 0, 0]], [394254, [4, 6, 1, 0]], [394802, [4, 6, 2, 0]],
  [460798, [4, 7, 0, 0]], [461308, [4, 7, 1, 0]], [461808, [4, 7, 2, 0]], [528040, [4, 8, 0, 0]], [533320, [4, 8, 1, 0]],
]

export interface FrameworkRequirement {
  readonly version: FileVersion
  /** What the Client Profile of 4.0 has is enough. */
  readonly clientProfile: boolean
  /** Other generations that are newer do as well: 4 for 2.0. */
  readonly allowsLater: boolean
}

/** The registry says nothing of any .NET Framework: every Windows since Vista has one. */
export function isBareRoot(registry: Registry): boolean {
  return !keys.some((key) => registry.keyExists(key))
}

export function hasFramework(registry: Registry, { version, clientProfile, allowsLater }: FrameworkRequirement): boolean {
  const [major] = version
  const newest = keys.flatMap((key) => [installedFour(registry, `${key}\\v4\\Full`), clientProfile ? installedFour(registry, `${key}\\v4\\Client`) : undefined])
  const hasFour = newest.some((four) => four !== undefined && (major < 4 || compareFileVersions(four, version, 3) >= 0))
  if (major >= 4) return hasFour
  return (allowsLater && hasFour) || keys.some((key) => registry.subkeys(key).some((name) => satisfies(registry, `${key}\\${name}`, name, version)))
}

/**
 * A runtime of .NET (Core), rolled forward as programs do by default: to newer versions of the same generation.
 * @param runtime `Microsoft.NETCore.App` or `Microsoft.WindowsDesktop.App`
 */
export function hasRuntime(registry: Registry, runtime: string, architecture: string, version: FileVersion): boolean {
  const installed = ['HKLM\\Software', 'HKLM\\Software\\Wow6432Node'].flatMap((root) =>
    registry.valueNames(`${root}\\dotnet\\Setup\\InstalledVersions\\${architecture}\\sharedfx\\${runtime}`))
  return installed.some((name) => {
    const found = parseFileVersion(name)
    return found !== undefined && found[0] === version[0] && compareFileVersions(found, version, 3) >= 0
  })
}

/** Versions before 4 stand side by side, but 3.0 and 3.5 are 2.0 with more. */
function satisfies(registry: Registry, key: string, name: string, version: FileVersion): boolean {
  const generation = parseFileVersion(/^v(\d+\.\d+(\.\d+)?)$/.exec(name)?.[1] ?? '')
  if (generation === undefined || generation[0] >= 4 || generation[0] < version[0] || (version[0] === 1 && generation[0] !== 1)) return false
  const isInstalled = number(registry, key, 'Install') === 1 || number(registry, `${key}\\Setup`, 'InstallSuccess') === 1
  const exact = registry.value(key, 'Version')
  const found = (exact?.type === 'REG_SZ' ? parseFileVersion(exact.data) : undefined) ?? generation
  return isInstalled && (generation[0] > version[0] || compareFileVersions(found, version, 3) >= 0)
}

/** 4.5 and later replace what was there before, and are told by Release. */
function installedFour(registry: Registry, key: string): FileVersion | undefined {
  if (number(registry, key, 'Install') !== 1) return undefined
  const release = number(registry, key, 'Release') ?? 0
  return releases.findLast(([least]) => release >= least)?.[1] ?? [4, 0, 30319, 0]
}

function number(registry: Registry, key: string, name: string): number | undefined {
  const value = registry.value(key, name)
  return value?.type === 'REG_DWORD' ? value.data : undefined
}
