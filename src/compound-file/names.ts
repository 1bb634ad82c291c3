// Names of storages and streams, and the order of siblings. MS-CFB 2.6.1 and 2.6.4.
// A name has at most 31 UTF-16 units; shorter names come first, then upper-cased units decide.

export const maximumNameUnits = 31

/** Negative, zero or positive, in the order of the directory's red-black trees. */
export function compareNames(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  for (let index = 0; index < a.length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) {
      const difference = upperUnit(left) - upperUnit(right)
      if (difference !== 0) return difference
    }
  }
  return 0
}

/** Equal for names that {@link compareNames} calls equal. */
export function nameKey(name: string): string {
  let key = ''
  for (let index = 0; index < name.length; index++) key += String.fromCharCode(upperUnit(name.charCodeAt(index)))
  return key
}

/** Ideographs, which have no case; the encoded names of a database's streams use them. */
const firstCaseless = 0x2e80
const endCaseless = 0xa640

/** Simple case conversion: a unit whose upper case is more than one unit, such as ß, stays as it is. */
function upperUnit(unit: number): number {
  if (unit < 0x80) return unit >= 0x61 && unit <= 0x7a ? unit - 0x20 : unit
  if (unit >= firstCaseless && unit < endCaseless) return unit
  const upper = String.fromCharCode(unit).toUpperCase()
  return upper.length === 1 ? upper.charCodeAt(0) : unit
}
