// Versions `a.b.c.d` of four 16-bit fields, as file resources and the File table have them.
// https://learn.microsoft.com/windows/win32/msi/file-versioning-rules

export type FileVersion = readonly [number, number, number, number]

/** Missing fields are 0; `undefined` when the text is not one to four decimal fields of at most 65535. */
export function parseFileVersion(text: string): FileVersion | undefined {
  if (!/^\d+(\.\d+){0,3}$/.test(text)) return undefined
  const fields = text.split('.').map(Number)
  if (fields.some((field) => field > 0xffff)) return undefined
  return [fields[0]!, fields[1] ?? 0, fields[2] ?? 0, fields[3] ?? 0]
}

/** Negative when `a` is lower. Compare product versions with `fields` = 3. */
export function compareFileVersions(a: FileVersion, b: FileVersion, fields: 3 | 4 = 4): number {
  for (let index = 0; index < fields; index++) {
    const difference = a[index]! - b[index]!
    if (difference !== 0) return difference
  }
  return 0
}
