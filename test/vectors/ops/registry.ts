// Registry functions of the Windows API, and the checks made of values. The client is a 64-bit process.
import type { RegistryValue } from 'msikit/platform'
import { view32 } from 'msikit/engine'
import { fileNotFound, invalidHandle, moreData, success } from '../api/return-code.ts'
import type { Found, Operation, Step, World } from '../world.ts'

/** KEY_WOW64_32KEY */
const wow64View32 = 0x200
const roots = new Set(['HKLM', 'HKCU', 'HKU', 'HKCR'])
const typeIds = { REG_NONE: 0, REG_SZ: 1, REG_EXPAND_SZ: 2, REG_BINARY: 3, REG_DWORD: 4, REG_MULTI_SZ: 7, REG_QWORD: 11 } as const

/** An open key; programs that asked for the 32-bit view go on in it. */
interface OpenKey {
  readonly path: string
  readonly view: 32 | 64
}

export const registryOperations: Readonly<Record<string, Operation>> = {
  RegOpenKey: open,
  RegOpenKeyEx: open,
  RegCreateKey: create,
  RegCreateKeyEx: create,
  RegCloseKey: ({ key }, world) => ({ rc: world.close(String(key)) ? success : invalidHandle }),
  RegDeleteKey: remove,
  RegDeleteKeyEx: remove,
  RegSetValue: ({ key, subkey, data }, world) => {
    const at = keyOf(world, key, subkey, 0)
    if (at === undefined) return { rc: invalidHandle }
    world.platform.registry.createKey(at.path)
    world.platform.registry.setValue(at.path, '', { type: 'REG_SZ', data: String(data) })
    return { rc: success }
  },
  RegSetValueEx: (step, world) => {
    const at = keyOf(world, step['key'], '', 0)
    if (at === undefined) return { rc: invalidHandle }
    world.platform.registry.setValue(at.path, nameOf(step), valueOf(step))
    return { rc: success }
  },
  RegDeleteValue: (step, world) => {
    const at = keyOf(world, step['key'], '', 0)
    if (at === undefined) return { rc: invalidHandle }
    const { registry } = world.platform
    if (registry.value(at.path, nameOf(step)) === undefined) return { rc: fileNotFound }
    registry.deleteValue(at.path, nameOf(step))
    return { rc: success }
  },
  RegQueryValueEx: (step, world) => query(step, world),
  checkRegValue: (step, world) => {
    const at = keyOf(world, step['key'], '', 0)
    const value = at === undefined ? undefined : world.platform.registry.value(at.path, nameOf(step))
    const types = step.expect?.['type'] as string | readonly string[] | undefined
    const data = dataOf(value)
    // A placeholder makes a text of a number.
    const shown = typeof data === 'number' && typeof step.expect?.['value'] === 'string' ? String(data) : data
    // The expectation lists the types it allows: the value shows all of them when it has one of them.
    return { type: value !== undefined && Array.isArray(types) && types.includes(value.type) ? types : value?.type, value: shown }
  },
}

function open(step: Step, world: World): Found {
  const at = keyOf(world, step['key'], step['subkey'], Number(step['access'] ?? 0))
  if (at === undefined) return { rc: invalidHandle }
  const path = existing(world, at.path, step['key'] === 'HKCR')
  return path === undefined ? { rc: fileNotFound } : { rc: success, handles: { result: { ...at, path } } }
}

function create(step: Step, world: World): Found {
  const at = keyOf(world, step['key'], step['subkey'], Number(step['access'] ?? 0))
  if (at === undefined) return { rc: invalidHandle }
  world.platform.registry.createKey(at.path)
  return { rc: success, handles: { result: at } }
}

function remove(step: Step, world: World): Found {
  const at = keyOf(world, step['key'], step['subkey'], Number(step['access'] ?? 0))
  if (at === undefined) return { rc: invalidHandle }
  const { registry } = world.platform
  if (!registry.keyExists(at.path)) return { rc: fileNotFound }
  if (registry.subkeys(at.path).length > 0) return { rc: 5 }
  registry.deleteKey(at.path)
  return { rc: success }
}

function query(step: Step, world: World): Found {
  const at = keyOf(world, step['key'], '', 0)
  if (at === undefined) return { rc: invalidHandle }
  const value = world.platform.registry.value(at.path, nameOf(step))
  if (value === undefined) return { rc: fileNotFound }
  const type = value.type === 'REG_RAW' ? value.typeId : typeIds[value.type]
  const size = sizeOf(value)
  const room = world.number(step['size'])
  const hasBuffer = step.omit?.includes('value') !== true
  return hasBuffer && room !== undefined && size > room ? { rc: moreData, type, size } : { rc: success, type, size, value: judgedData(value) }
}

/** What the functions for ANSI text count. */
function sizeOf(value: RegistryValue): number {
  switch (value.type) {
    case 'REG_SZ': case 'REG_EXPAND_SZ': return value.data.length + 1
    case 'REG_MULTI_SZ': return multiText(value.data).length
    case 'REG_DWORD': return 4
    case 'REG_QWORD': return 8
    default: return bytesOf(value.data).length
  }
}

/** What is in the buffer may be looked at as what it is, as a text up to its first NUL, or as all its bytes. */
function judgedData(value: RegistryValue): unknown {
  if (value.type === 'REG_SZ' || value.type === 'REG_EXPAND_SZ' || value.type === 'REG_QWORD') return dataOf(value)
  const views = value.type === 'REG_DWORD' ? [value.data, value.data | 0] : value.type === 'REG_MULTI_SZ' ? [value.data, value.data[0] ?? '', multiText(value.data), multiText(value.data).slice(0, -1)]
    : [value.data, bytesOf(value.data), Buffer.from(bytesOf(value.data)).toString('latin1')]
  return { disagreement: (expected: unknown, matches: (found: unknown, expected: unknown) => boolean) => views.some((view) => matches(view, expected)) ? undefined : dataOf(value) }
}

function multiText(texts: readonly string[]): string {
  return `${texts.map((text) => `${text}\0`).join('')}\0`
}

function bytesOf(data: string): Uint8Array {
  return Buffer.from(data, 'hex')
}

/** HKCR is the user's classes over those of the machine: reading looks at both. */
function existing(world: World, path: string, merged: boolean): string | undefined {
  const { registry } = world.platform
  if (merged) {
    const users = path.replace(/^HKLM\\/, 'HKCU\\')
    if (registry.keyExists(users)) return users
  }
  return registry.keyExists(path) ? path : undefined
}

function keyOf(world: World, key: unknown, subkey: unknown, access: number): OpenKey | undefined {
  const name = String(key)
  const parent = roots.has(name) ? { path: name === 'HKCR' ? 'HKLM\\Software\\Classes' : name, view: 64 as const } : world.handle<OpenKey>(name)
  if (parent === undefined) return undefined
  const view = (access & wow64View32) !== 0 ? 32 : parent.view
  const path = subkey === null || subkey === undefined || subkey === '' ? parent.path : `${parent.path}\\${String(subkey).replace(/\\+$/, '')}`
  return { path: view === 32 ? view32(path) : path, view }
}

function nameOf(step: Step): string {
  return step['name'] === null || step['name'] === undefined ? '' : String(step['name'])
}

function valueOf({ type, data, bytes }: Step): RegistryValue {
  if (type === 'REG_DWORD') return { type: 'REG_DWORD', data: Number(data) >>> 0 }
  if (type === 'REG_MULTI_SZ') return { type: 'REG_MULTI_SZ', data: textsOf(data) }
  if (type === 'REG_BINARY') return { type: 'REG_BINARY', data: digitsOf(data, bytes) }
  return { type: type === 'REG_EXPAND_SZ' ? 'REG_EXPAND_SZ' : 'REG_SZ', data: Array.isArray(data) ? textsOf(data)[0] ?? '' : String(data) }
}

/** Bytes by number, as digits, or as a text of so many of them. */
function digitsOf(data: unknown, bytes: unknown): string {
  if (Array.isArray(data)) return Buffer.from(data as number[]).toString('hex')
  if (typeof data === 'object' && data !== null && 'hex' in data) return String(data.hex)
  const text = String(data)
  const isDigits = /^([0-9a-f]{2})*$/i.test(text) && (bytes === undefined || text.length === Number(bytes) * 2)
  return isDigits ? text : Buffer.from(text.padEnd(Number(bytes ?? 0), '\0').slice(0, Number(bytes ?? text.length)), 'latin1').toString('hex')
}

/** Texts, or the characters of all of them by number. */
function textsOf(data: unknown): readonly string[] {
  if (Array.isArray(data) && typeof data[0] !== 'number') return data.map(String)
  const text = Array.isArray(data) ? String.fromCharCode(...data as number[]) : String(data)
  return text.split('\0').filter((one) => one !== '')
}

function dataOf(value: RegistryValue | undefined): unknown {
  if (value === undefined) return undefined
  return value.type === 'REG_QWORD' ? Number(value.data) : value.data
}
