// Names and folders of paths, as text: nothing is looked up. Either slash separates.

/** Where the last name begins. */
function nameStart(path: string): number {
  return Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1
}

function trimmed(path: string): string {
  return path.replace(/(?<=[^\\/:])[\\/]+$/, '')
}

export function fileName(path: string): string {
  const text = trimmed(path)
  const name = text.slice(nameStart(text))
  return /^[A-Za-z]:$/.test(name) ? '' : name
}

export function baseName(path: string): string {
  const name = fileName(path)
  const at = name.lastIndexOf('.')
  return at < 0 ? name : name.slice(0, at)
}

export function extensionName(path: string): string {
  const name = fileName(path)
  const at = name.lastIndexOf('.')
  return at < 0 ? '' : name.slice(at + 1)
}

/** `''` where there is none; of `C:\app` it is `C:\`. */
export function parentFolder(path: string): string {
  const text = trimmed(path)
  const at = nameStart(text)
  if (at === 0 || at === text.length) return ''
  const folder = text.slice(0, at)
  return /^(?:[A-Za-z]:)?[\\/]$/.test(folder) ? folder : folder.slice(0, -1)
}

export function driveName(path: string): string {
  return /^[A-Za-z]:/.exec(path)?.[0] ?? /^[\\/]{2}[^\\/]+[\\/][^\\/]+/.exec(path)?.[0] ?? ''
}

export function joined(folder: string, name: string): string {
  if (folder === '') return name
  if (/[\\/]$/.test(folder) || /^[A-Za-z]:$/.test(folder)) return folder + name.replace(/^[\\/]+/, '')
  return `${folder}${folder.includes('/') && !folder.includes('\\') ? '/' : '\\'}${name.replace(/^[\\/]+/, '')}`
}

export function hasWildcard(path: string): boolean {
  return /[*?]/.test(fileName(path))
}

/** Whether a name matches a pattern of `*` and `?`. */
export function matches(name: string, pattern: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('?', '[^]').replace(/\*+/g, '[^]*').replace(/\\\.\[\^\]\*$/, '(?:\\.[^]*)?')
  return new RegExp(`^${source}$`, 'i').test(name)
}
