// Where files go, for another thread: the folders once, the names as bytes.
import type { PlaceList } from '../layout/places.ts'

export interface PortablePlaces {
  readonly folders: readonly (readonly string[])[]
  /** By target. */
  readonly folderOf: Uint32Array
  readonly names: Uint8Array
  /** Where each name ends. */
  readonly ends: Uint32Array
}

export function portablePlaces(places: PlaceList): PortablePlaces {
  const numbers = new Map<readonly string[], number>()
  const folderOf = new Uint32Array(places.length)
  const ends = new Uint32Array(places.length)
  let names = Buffer.alloc(places.length * 16 + 1024)
  let at = 0
  for (let target = 0; target < places.length; target++) {
    const folder = places.folder(target)
    if (!numbers.has(folder)) numbers.set(folder, numbers.size)
    folderOf[target] = numbers.get(folder)!
    const name = places.name(target)
    if (at + name.length * 3 > names.length) names = Buffer.concat([names], names.length * 2 + name.length * 3)
    ends[target] = at += names.write(name, at)
  }
  return { folders: [...numbers.keys()], folderOf, names: names.subarray(0, at), ends }
}

export function openedPlaces({ folders, folderOf, names, ends }: PortablePlaces): PlaceList {
  const bytes = Buffer.from(names.buffer, names.byteOffset, names.length)
  return { length: ends.length, folder: (target) => folders[folderOf[target]!]!, name: (target) => bytes.toString('utf8', target === 0 ? 0 : ends[target - 1]!, ends[target]!) }
}
