// Values of ini files, as the private profile functions of Windows read and write them.

/** `undefined` where section or key are missing. */
export function iniValue(text: string, section: string, key: string): string | undefined {
  let inside = false
  for (const line of text.split(/\r?\n/)) {
    const heading = /^\s*\[([^\]]*)\]/.exec(line)?.[1]
    if (heading !== undefined) inside = heading.toLowerCase() === section.toLowerCase()
    const [, name, value] = /^\s*([^=;]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (inside && name?.toLowerCase() === key.toLowerCase()) return value
  }
  return undefined
}

/** @param value `null` removes the key. */
export function withIniValue(text: string, section: string, key: string, value: string | null): string {
  const lines = text === '' ? [] : text.replace(/\r?\n$/, '').split(/\r?\n/)
  const start = lines.findIndex((line) => line.trim().toLowerCase() === `[${section.toLowerCase()}]`)
  const line = value === null ? [] : [`${key}=${value}`]
  if (start < 0) return value === null ? text : [...lines, `[${section}]`, ...line, ''].join('\r\n')
  const next = lines.findIndex((one, index) => index > start && one.trim().startsWith('['))
  const end = next < 0 ? lines.length : next
  const at = lines.findIndex((one, index) => index > start && index < end && one.split('=')[0]!.trim().toLowerCase() === key.toLowerCase())
  if (at >= 0) lines.splice(at, 1, ...line)
  else lines.splice(end, 0, ...line)
  return `${lines.join('\r\n')}\r\n`
}
