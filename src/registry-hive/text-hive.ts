// The text hives of a Wine prefix: `system.reg` (HKEY_LOCAL_MACHINE), `user.reg` (the user), `userdef.reg` (.Default).
// `WINE REGISTRY Version 2`; a block for every key that has values, attributes or nothing below it; times as FILETIMEs
// in `#time=`. What did not change is written back as it stood, comments and unknown lines of a key included.
import { type Finding, Findings, foldCase, FormatError, filetimeFromUnixMs, filetimeToUnixMs, RegistryKey, ValueRoom } from '../base/index.ts'
import { escapeText, parseValue, unescapeUntil, valueLines } from './text-hive-syntax.ts'

const signature = 'WINE REGISTRY Version 2'
const deepestKey = 512

export interface TextHive {
  readonly root: RegistryKey
  /** What the keys are relative to, such as `REGISTRY\Machine` or `REGISTRY\User\S-1-5-21-…`. */
  readonly base: string
  /** `win64`, `win32`; `''` when the file says nothing. */
  readonly architecture: string
  readonly findings: readonly Finding[]
  toText(): string
}

/** What a key's block was when it was read. */
interface Block {
  readonly lines: string
  readonly revision: number
  readonly lastWrite: bigint
}

export function createTextHive(base: string, architecture: string, root: RegistryKey = new RegistryKey('', 0n)): TextHive {
  const header = `${signature}\n;; All keys relative to ${base.replaceAll('\\', '\\\\')}\n${architecture === '' ? '' : `\n#arch=${architecture}\n`}`
  return textHive(root, base, architecture, header, new Map(), [])
}

/**
 * Reads a text hive.
 * @throws FormatError ERROR_INVALID_DATA when the text is none; with `strict`, for every line that cannot be read
 */
export function parseTextHive(text: string, options: { strict?: boolean } = {}): TextHive {
  if (!text.startsWith(signature)) throw new FormatError({ structure: 'text hive', field: 'first line', offsetBytes: 0, expected: signature, found: text.slice(0, 40) })
  const findings = new Findings(options.strict)
  const root = new RegistryKey('', 0n)
  const blocks = new Map<RegistryKey, Block>()
  const room = new ValueRoom()
  const firstKey = text.startsWith('[') ? 0 : text.search(/^\[/m)
  const headerEnd = firstKey < 0 ? text.length : firstKey
  const header = text.slice(0, headerEnd)
  for (let start = headerEnd; start < text.length;) {
    const next = text.indexOf('\n[', start)
    const end = next < 0 ? text.length : next + 1
    readBlock(text.slice(start, end), start, { root, blocks, room, findings })
    start = end
  }
  const base = /^;; All keys relative to (.*)$/m.exec(header)?.[1]?.replaceAll('\\\\', '\\') ?? ''
  const architecture = /^#arch=(\w+)/m.exec(header)?.[1] ?? ''
  return textHive(root, base, architecture, firstKey < 0 ? header : header.replace(/\n$/, ''), blocks, findings.list)
}

interface HiveBeingRead {
  readonly root: RegistryKey
  readonly blocks: Map<RegistryKey, Block>
  readonly room: ValueRoom
  readonly findings: Findings
}

function readBlock(block: string, offset: number, { root, blocks, room, findings }: HiveBeingRead): void {
  const complain = (id: string, expected: string, found: string): void => {
    findings.report({ id, structure: 'text hive', offsetBytes: offset, expected, found: found.slice(0, 80) })
  }
  const lines = (block.includes('\\\n') || block.includes('\\\r') ? block.replace(/\\\r?\n\s*/g, '') : block).split(/\r?\n/)
  const heading = unescapeSegments(lines[0]!)
  if (heading === undefined || heading.segments.length > deepestKey) {
    complain('text-key-heading', '[name\\\\name] seconds', lines[0]!)
    return
  }
  const time = heading.seconds === undefined ? 0n : filetimeFromUnixMs(heading.seconds * 1000)
  const key = heading.segments.reduce((at, name) => at.subkey(name) ?? attachNew(at, name, time), root)
  let lastWrite = time
  for (const line of lines.slice(1)) {
    if (line === '' || line.startsWith(';')) continue
    if (line.startsWith('#')) {
      const precise = /^#time=([0-9a-f]{1,16})$/i.exec(line)
      if (precise !== null) lastWrite = BigInt(`0x${precise[1]}`)
      else if (line.startsWith('#link')) key.isLink = true
      else if (line.startsWith('#class="')) key.className = unescapeUntil(line, 8, '"')?.text
      continue
    }
    const value = parseValue(line)
    if (value === undefined) complain('text-value', 'a value', line)
    else key.setValue(value.name, value.type, room.keep(value.data), time)
  }
  key.lastWrite = lastWrite
  key.revision = 0
  blocks.set(key, { lines: block.replace(/\n+$/, '\n'), revision: 0, lastWrite })
}

/** A parent that has no block of its own gets the time of the first key below it. */
function attachNew(parent: RegistryKey, name: string, time: bigint): RegistryKey {
  const key = new RegistryKey(name, time)
  parent.attach(key)
  return key
}

/** `[a\\b] 1700000000` → its names and seconds. */
function unescapeSegments(line: string): { segments: string[]; seconds: number | undefined } | undefined {
  const end = unescapeUntil(line, 1, ']')
  if (!line.startsWith('[') || end === undefined) return undefined
  const segments = end.text.split('\\')
  if (segments.some((segment) => segment === '')) return undefined
  const seconds = /^\s*(\d+)/.exec(line.slice(end.next))?.[1]
  return { segments, seconds: seconds === undefined ? undefined : Number(seconds) }
}

function textHive(root: RegistryKey, base: string, architecture: string, header: string, blocks: ReadonlyMap<RegistryKey, Block>, findings: readonly Finding[]): TextHive {
  return {
    root, base, architecture, findings,
    toText: () => {
      const parts = [header]
      const pending: { key: RegistryKey; path: string }[] = [...below(root, '')]
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const { key, path } = next
        const children = below(key, `${path}\\\\`)
        const empty = key.valueCount === 0 && key.className === undefined && !key.isLink
        if (!empty || children.length === 0) parts.push(`\n${keyLines(key, path, blocks.get(key))}`)
        for (const child of children) pending.push(child)
      }
      return parts.join('')
    },
  }
}

/** Last first, as a stack wants them. Wine sorts by lower-case name. */
function below(key: RegistryKey, prefix: string): { key: RegistryKey; path: string }[] {
  return sortedByName(key.subkeys()).toReversed().map((child) => ({ key: child, path: `${prefix}${escapeText(child.name, '[]')}` }))
}

function keyLines(key: RegistryKey, path: string, block: Block | undefined): string {
  if (block !== undefined && block.revision === key.revision && block.lastWrite === key.lastWrite) return block.lines
  const seconds = Math.max(0, Math.floor(filetimeToUnixMs(key.lastWrite) / 1000))
  const lines = [`[${path}] ${seconds}`, `#time=${key.lastWrite.toString(16)}`]
  if (key.className !== undefined) lines.push(`#class="${escapeText(key.className, '"')}"`)
  if (key.isLink) lines.push('#link')
  for (const value of sortedByName([...key.values()])) lines.push(valueLines(value))
  return `${lines.join('\n')}\n`
}

function sortedByName<T extends { readonly name: string }>(items: readonly T[]): T[] {
  const keyed = items.map((item) => ({ item, lower: lowerCase(item.name) }))
  return keyed.sort((a, b) => a.lower < b.lower ? -1 : a.lower > b.lower ? 1 : 0).map(({ item }) => item)
}

function lowerCase(name: string): string {
  const lower = name.toLowerCase()
  return lower.length === name.length ? lower : foldCase(name)
}
