// The windows of applications on a display: those its window manager lists, or without one the children of the root window.
// Whose they are the server knows (X-Resource); where it does not tell, what they say of themselves (_NET_WM_PID) counts, on this
// machine only (WM_CLIENT_MACHINE). Extended Window Manager Hints 1.5; Inter-Client Communication Conventions 4.2.8.1 (WM_DELETE_WINDOW)
import { hostname } from 'node:os'
import { XConnection, type Display } from './connection.ts'
import {
  clientProcesses, extensionOpcode, getInputFocus, getProperty, getWindowAttributes, internAtom, isMapped, propertyText, propertyWords, queryClientProcesses, queryExtension,
  queryTree, resourceVersion, sendProtocolMessage, treeChildren,
} from './protocol.ts'

export interface ApplicationWindow {
  readonly window: number
  readonly pid: number
  readonly title: string
  /** It takes part in WM_DELETE_WINDOW. */
  readonly closable: boolean
}

/** A display that is busy is no reason to take a program for one without windows, which would be told to end. */
const limitMs = 5000
const mostWindows = 4096
const atomNames = ['_NET_CLIENT_LIST', '_NET_WM_PID', '_NET_WM_NAME', 'WM_NAME', 'WM_PROTOCOLS', 'WM_DELETE_WINDOW', 'WM_CLIENT_MACHINE'] as const
type Atoms = Readonly<Record<typeof atomNames[number], number>>

/** Empty when the display cannot be reached. */
export async function listWindows(display: Display, timeLimitMs = limitMs): Promise<ApplicationWindow[]> {
  using connection = await XConnection.open(display, timeLimitMs)
  if (!connection) return []
  const atoms = await internAtoms(connection)
  const candidates = (await Promise.all(connection.roots.map((root) => topWindows(connection, root, atoms)))).flat().slice(0, mostWindows)
  const processes = await clientsOf(connection, candidates)
  const windows = await Promise.all(candidates.map((window) => describeWindow(connection, window, atoms, processes)))
  return windows.filter((window) => window !== undefined)
}

/** Asks the windows of a process to close; how many were asked. */
export async function closeWindows(display: Display, pid: number): Promise<number> {
  const own = (await listWindows(display)).filter((window) => window.pid === pid && window.closable)
  using connection = own.length > 0 ? await XConnection.open(display, limitMs) : undefined
  if (!connection) return 0
  const atoms = await internAtoms(connection)
  for (const { window } of own) connection.send(sendProtocolMessage(window, atoms.WM_PROTOCOLS, atoms.WM_DELETE_WINDOW))
  await connection.request(getInputFocus())
  return own.length
}

async function internAtoms(connection: XConnection): Promise<Atoms> {
  const replies = await Promise.all(atomNames.map((name) => connection.request(internAtom(name))))
  return Object.fromEntries(atomNames.map((name, index) => [name, replies[index]?.readUInt32LE(8) ?? 0])) as Atoms
}

async function topWindows(connection: XConnection, root: number, atoms: Atoms): Promise<number[]> {
  const listed = await connection.request(getProperty(root, atoms._NET_CLIENT_LIST, mostWindows))
  const windows = listed ? propertyWords(listed) : []
  if (windows.length > 0) return windows
  const tree = await connection.request(queryTree(root))
  const children = tree ? treeChildren(tree).slice(0, mostWindows) : []
  const attributes = await Promise.all(children.map((window) => connection.request(getWindowAttributes(window))))
  return children.filter((_, index) => attributes[index] && isMapped(attributes[index]))
}

/** The window's number with the bits that the server gives its client. */
async function clientsOf(connection: XConnection, windows: readonly number[]): Promise<(window: number) => number | undefined> {
  const extension = await connection.request(queryExtension('X-Resource'))
  const opcode = extension && extensionOpcode(extension)
  if (opcode === undefined || windows.length === 0 || !(await connection.request(resourceVersion(opcode)))) return () => undefined
  const reply = await connection.request(queryClientProcesses(opcode, windows))
  const clients = reply ? clientProcesses(reply) : new Map<number, number>()
  return (window) => clients.get(window & ~connection.resourceMask)
}

async function describeWindow(
  connection: XConnection, window: number, atoms: Atoms, processOf: (window: number) => number | undefined,
): Promise<ApplicationWindow | undefined> {
  const property = (name: keyof Atoms, units: number) => connection.request(getProperty(window, atoms[name], units))
  const [pid, title, plainTitle, protocols, machine] = await Promise.all([
    property('_NET_WM_PID', 1), property('_NET_WM_NAME', 64), property('WM_NAME', 64), property('WM_PROTOCOLS', 32), property('WM_CLIENT_MACHINE', 64),
  ])
  const known = processOf(window)
  const number = known ?? (pid ? propertyWords(pid)[0] : undefined)
  if (number === undefined || !protocols || propertyWords(protocols).length === 0 && !(title && propertyText(title, 'utf8'))) return undefined
  const where = machine ? propertyText(machine, 'latin1') : ''
  if (known === undefined && where !== '' && where !== hostname() && where !== hostname().split('.')[0]) return undefined
  return {
    window, pid: number, title: (title && propertyText(title, 'utf8')) || (plainTitle ? propertyText(plainTitle, 'latin1') : ''),
    closable: protocols !== undefined && propertyWords(protocols).includes(atoms.WM_DELETE_WINDOW),
  }
}
