// Disk space: what the session needs per volume, with and without rollback. Bytes, rounded to clusters of 4096.
// https://learn.microsoft.com/windows/win32/msi/file-costing
import type { Component } from './features/components.ts'
import { isDescendantOf } from './features/feature-tree.ts'
import type { Feature } from './features/features.ts'
import { InstallState } from './features/states.ts'
import { FilesSeen } from './files/files-seen.ts'
import type { InstallSession } from './install-session.ts'

const clusterBytes = 4096
const unitBytes = 512
/** Room for the script while it is written. */
const scriptUnits = 8

export interface VolumeCost {
  /** Such as `C:\`. */
  readonly volume: string
  /** Bytes needed when replaced files are kept for rollback. */
  needed: number
  readonly free: number
}

function volumeCosts(session: InstallSession): VolumeCost[] {
  const volumes = new Map<string, VolumeCost>()
  const add = (path: string, bytes: number): void => {
    const volume = volumeOf(path)
    let cost = volumes.get(volume)
    if (cost === undefined) volumes.set(volume, cost = { volume, needed: 0, free: session.platform.files.freeBytes(volume) })
    cost.needed += bytes
  }
  for (const { disposition, targetPath, size } of session.files.values()) {
    if (disposition === 'copy' || disposition === 'remove') add(targetPath, disposition === 'copy' ? inClusters(size) : 0)
  }
  for (const row of session.rows('ReserveCost')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || (component.action !== InstallState.local && component.action !== InstallState.source)) continue
    const bytes = row.integer(component.action === InstallState.local ? 'ReserveLocal' : 'ReserveSource') ?? 0
    const folder = session.properties.get(row.text('ReserveFolder')) || session.directories.target(component.directory)
    add(folder, inClusters(bytes))
  }
  return [...volumes.values()]
}

function volumeOf(path: string): string {
  return path.slice(0, 3).toUpperCase()
}

/** Whether there is room when replaced and removed files are not kept. Looks at each of them: asked where there is too little otherwise. */
export function fitsWithoutRollback(session: InstallSession, costs: readonly VolumeCost[], seen = new FilesSeen(session.platform.files)): boolean {
  const givenBack = new Map<string, number>()
  for (const { disposition, targetPath } of session.files.values()) {
    if (disposition !== 'copy' && disposition !== 'remove') continue
    const volume = volumeOf(targetPath)
    givenBack.set(volume, (givenBack.get(volume) ?? 0) + inClusters(seen.stat(targetPath)?.size ?? 0))
  }
  return costs.every(({ volume, needed, free }) => needed - (givenBack.get(volume) ?? 0) <= free)
}

function inClusters(bytes: number): number {
  return Math.ceil(bytes / clusterBytes) * clusterBytes
}

/** Sets the properties that dialogs and InstallValidate go by. Sizes are in units of 512 bytes. */
export function computeDiskCost(session: InstallSession, seen?: FilesSeen): VolumeCost[] {
  const costs = volumeCosts(session)
  const { properties } = session
  const isFull = costs.some((cost) => cost.needed > cost.free)
  properties.set('OutOfDiskSpace', isFull ? '1' : '0')
  properties.set('OutOfNoRbDiskSpace', isFull && !fitsWithoutRollback(session, costs, seen) ? '1' : '0')
  const primary = (properties.get(properties.get('PRIMARYFOLDER') || 'TARGETDIR') || properties.get('ROOTDRIVE')).slice(0, 3).toUpperCase()
  const cost = costs.find((one) => one.volume === primary) ?? { volume: primary, needed: 0, free: primary === '' ? 0 : session.platform.files.freeBytes(primary) }
  properties.set('PrimaryVolumePath', primary.slice(0, 2))
  properties.set('PrimaryVolumeSpaceAvailable', units(cost.free))
  properties.set('PrimaryVolumeSpaceRequired', units(cost.needed))
  properties.set('PrimaryVolumeSpaceRemaining', units(cost.free - cost.needed))
  return costs
}

function units(bytes: number): string {
  return String(Math.round(bytes / unitBytes))
}

export interface ComponentCost {
  /** Such as `C:`. */
  readonly drive: string
  /** Units of 512 bytes; less than 0 where space is given back. */
  readonly cost: number
  /** The same, during the installation only. */
  readonly temporaryCost: number
}

/** What a component takes in a state; without one, what the script and the cached package take on the system's volume. */
export function componentCosts(session: InstallSession, component: Component | undefined, state: InstallState): ComponentCost[] {
  const windows = (session.properties.get('WindowsVolume') || 'C:\\').slice(0, 2)
  if (component === undefined) return [{ drive: windows, cost: 0, temporaryCost: inClusters(session.parts.package.size) / unitBytes + scriptUnits }]
  const drive = session.directories.target(component.directory).slice(0, 2)
  return [{ drive, cost: inState(session, component, state), temporaryCost: 0 }]
}

/** With `parents`, the ancestors too as far as they would be installed along with it. */
export function featureCost(session: InstallSession, feature: Feature, tree: 'self' | 'children' | 'parents', state: InstallState): number {
  const related = [...session.features.values()].filter((one) => one === feature
    || (tree === 'children' && isDescendantOf(one, feature)) || (tree === 'parents' && isDescendantOf(feature, one)))
  const names = new Set(related.flatMap((one) => one.components))
  return [...names].map((name) => session.components.get(name)).reduce((sum, one) => one === undefined ? sum : sum + inState(session, one, state), 0)
}

function inState(session: InstallSession, component: Component, state: InstallState): number {
  if (!component.enabled) return 0
  let units = 0
  for (const file of session.files.values()) {
    if (file.component !== component.name) continue
    const present = session.platform.files.stat(file.targetPath)?.size ?? 0
    if (state === InstallState.local) units += (inClusters(file.size) - inClusters(present)) / unitBytes
    else if (component.installed === InstallState.local) units -= inClusters(present) / unitBytes
  }
  return units
}
