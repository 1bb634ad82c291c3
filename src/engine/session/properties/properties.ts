// Properties: names are case-sensitive, and an empty value is the same as none.
// https://learn.microsoft.com/windows/win32/msi/properties

export interface Properties {
  /** `''` when undefined. */
  get(name: string): string
  has(name: string): boolean
  /** An empty value deletes. Changes are logged as `PROPERTY CHANGE`. */
  set(name: string, value: string): void
  entries(): Iterable<readonly [string, string]>
}
