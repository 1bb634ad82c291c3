// Disk space: what the session needs per volume, with and without rollback. Bytes, rounded to clusters of 4096.
// https://learn.microsoft.com/windows/win32/msi/file-costing; properties.md §5
import type { InstallSession } from './install-session.ts'
import { InstallState } from './states.ts'

const clusterBytes = 4096

export interface VolumeCost {
  /** Such as `C:\`. */
  readonly volume: string
  /** Bytes needed when replaced files are kept for rollback, and when they are not. */
  needed: number
  neededWithoutRollback: number
  readonly free: number
}

export function volumeCosts(session: InstallSession): VolumeCost[] {
  const volumes = new Map<string, VolumeCost>()
  const add = (path: string, bytes: number, bytesWithoutRollback: number): void => {
    const volume = path.slice(0, 3).toUpperCase()
    let cost = volumes.get(volume)
    if (cost === undefined) volumes.set(volume, cost = { volume, needed: 0, neededWithoutRollback: 0, free: session.platform.files.freeBytes(volume) })
    cost.needed += bytes
    cost.neededWithoutRollback += bytesWithoutRollback
  }
  for (const file of session.files.values()) {
    if (file.disposition === 'copy') {
      const size = inClusters(file.size)
      add(file.targetPath, size, size - inClusters(session.platform.files.stat(file.targetPath)?.size ?? 0))
    } else if (file.disposition === 'remove') {
      add(file.targetPath, 0, -inClusters(session.platform.files.stat(file.targetPath)?.size ?? 0))
    }
  }
  for (const row of session.rows('ReserveCost')) {
    const component = session.components.get(row.text('Component_'))
    if (component === undefined || (component.action !== InstallState.local && component.action !== InstallState.source)) continue
    const bytes = row.integer(component.action === InstallState.local ? 'ReserveLocal' : 'ReserveSource') ?? 0
    const folder = session.properties.get(row.text('ReserveFolder')) || session.directories.target(component.directory)
    add(folder, inClusters(bytes), inClusters(bytes))
  }
  return [...volumes.values()]
}

function inClusters(bytes: number): number {
  return Math.ceil(bytes / clusterBytes) * clusterBytes
}

/** Sets the properties that dialogs and InstallValidate go by. Sizes are in units of 512 bytes. */
export function computeDiskCost(session: InstallSession): VolumeCost[] {
  const costs = volumeCosts(session)
  const { properties } = session
  properties.set('OutOfDiskSpace', costs.some((cost) => cost.needed > cost.free) ? '1' : '0')
  properties.set('OutOfNoRbDiskSpace', costs.some((cost) => cost.neededWithoutRollback > cost.free) ? '1' : '0')
  const primary = (properties.get(properties.get('PRIMARYFOLDER') || 'TARGETDIR') || properties.get('ROOTDRIVE')).slice(0, 3).toUpperCase()
  const cost = costs.find((one) => one.volume === primary) ?? { volume: primary, needed: 0, free: primary === '' ? 0 : session.platform.files.freeBytes(primary) }
  properties.set('PrimaryVolumePath', primary.slice(0, 2))
  properties.set('PrimaryVolumeSpaceAvailable', units(cost.free))
  properties.set('PrimaryVolumeSpaceRequired', units(cost.needed))
  properties.set('PrimaryVolumeSpaceRemaining', units(cost.free - cost.needed))
  return costs
}

function units(bytes: number): string {
  return String(Math.round(bytes / 512))
}
