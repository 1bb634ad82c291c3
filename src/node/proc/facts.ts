// Facts of a process for its classification: proc_pid_stat(5), proc_pid_status(5), proc_pid_cgroup(5) and others.
// What cannot be read is left out.
import type { CloseSignal, ProcessFacts, ProcessIdentity } from '../../platform/index.ts'
import { sameProcess } from '../../platform/index.ts'
import type { DesktopEntries } from '../programs/desktop-entries.ts'
import { hasEnded, type ProcessClock, type ProcessStat } from './process-stat.ts'
import { linkTarget, names, ProcReader } from './read.ts'

/** Of the login and its display; everything else is the starter's. */
const keptVariables = /^(?:DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|XDG_.*|DBUS_.*|PATH|LANG|LC_.*|LANGUAGE|TZ|HOME|USER|LOGNAME|SHELL|TERM)$/

const signalNumbers: Readonly<Record<CloseSignal, number>> = { interrupt: 2, terminate: 15, hangup: 1 }

/** An audit session or user that was never set. */
const unset = 0xffff_ffff

export function factsOf(
  process: ProcessIdentity, clock: ProcessClock, reader: ProcReader, desktop?: DesktopEntries,
): ProcessFacts | undefined {
  const stat = clock.stat(process.pid)
  if (!stat || hasEnded(stat) || !sameProcess(clock.identity(stat), process)) return undefined
  const folder = `/proc/${process.pid}`
  const status = parseStatus(reader.text(`${folder}/status`) ?? '')
  const control = parseControlGroups(reader.text(`${folder}/cgroup`) ?? '', globalThis.process.geteuid?.())
  const environment = parseEnvironment(reader.text(`${folder}/environ`) ?? '')
  const executable = existing(linkTarget(`${folder}/exe`))
  const workingDirectory = existing(linkTarget(`${folder}/cwd`))
  const [output, errorOutput] = [outputFile(`${folder}/fd/1`), outputFile(`${folder}/fd/2`)]
  const args = commandLine(reader, folder)
  const applicationName = executable === undefined || control.service !== undefined ? undefined
    : desktop?.nameOf({ pid: process.pid, executable, arguments: args, group: control.group ?? '', environment })
  return {
    identity: process, kind: kindOf(stat, status), commandName: stat.commandName, arguments: args,
    ...(applicationName === undefined ? {} : { applicationName }),
    ...(executable === undefined ? {} : { executable }), ...(workingDirectory === undefined ? {} : { workingDirectory }),
    ...(output === undefined ? {} : { output }), ...(errorOutput === undefined ? {} : { errorOutput }),
    environment: Object.fromEntries(Object.entries(environment).filter(([name]) => keptVariables.test(name))),
    userId: Number(/^\s*(\d+)/.exec(status.get('Uid') ?? '')?.[1] ?? -1), loginUserId: audit(reader, `${folder}/loginuid`),
    startedMs: clock.startedMs(stat), parentPid: stat.parentPid, processGroup: stat.processGroup, terminal: stat.terminal !== 0,
    sessionLeaderPid: stat.session, loginSession: control.session ?? audit(reader, `${folder}/sessionid`),
    ...(control.service === undefined ? {} : { service: control.service }),
    windows: [], graphical: hasDisplay(environment, reader, folder), heeds: heededSignals(status, folder, reader),
    stopped: stat.state === 'T', signalable: isSignalable(process.pid),
  }
}

export function parseStatus(text: string): ReadonlyMap<string, string> {
  return new Map(text.split('\n').map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  }))
}

interface ControlGroup {
  readonly service?: string
  readonly session?: number
  /** What the path ends in, when that is a scope. */
  readonly group?: string
}

/**
 * The service is what the group's path ends in; one of a user's manager lies below `user@UID.service`. systemd's groups are the
 * hierarchy called after it, or the only one of version 2; in a container inside of the one there may be nothing in the other.
 */
export function parseControlGroups(text: string, ownUserId?: number): ControlGroup {
  const lines = text.split('\n').filter((line) => /^\d+:name=systemd:|^0::/.test(line))
  const groups = lines.map((line) => parseControlGroup(line.slice(line.indexOf(':', line.indexOf(':') + 1) + 1).split('/'), ownUserId))
  return { ...groups[1], ...groups[0] }
}

function parseControlGroup(segments: readonly string[], ownUserId: number | undefined): ControlGroup {
  const last = segments.at(-1) ?? ''
  const session = segments.map((segment) => /^session-(\d+)\.scope$/.exec(segment)?.[1]).find((number) => number !== undefined)
  const manager = segments.slice(0, -1).map((segment) => /^user@(\d+)\.service$/.exec(segment)?.[1]).findLast((number) => number !== undefined)
  const prefix = manager === undefined ? '' : Number(manager) === ownUserId ? 'user:' : `user@${manager}:`
  return {
    ...(last.endsWith('.service') ? { service: `${prefix}${unescapeUnit(last)}` } : {}),
    ...(session === undefined ? {} : { session: Number(session) }), ...(last.startsWith('app-') && last.endsWith('.scope') ? { group: last } : {}),
  }
}

/** A leading underscore keeps a group from being taken for a controller's file. */
function unescapeUnit(name: string): string {
  return name.startsWith('_') ? name.slice(1) : name
}

function parseEnvironment(text: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = Object.create(null) as Record<string, string>
  for (const entry of text.split('\0')) {
    const sign = entry.indexOf('=')
    if (sign >= 0) variables[entry.slice(0, sign)] = entry.slice(sign + 1)
  }
  return variables
}

function kindOf(stat: ProcessStat, status: ReadonlyMap<string, string>): ProcessFacts['kind'] {
  if (stat.isKernelThread) return 'kernel'
  if (stat.pid === 1) return 'first process'
  const numbers = (status.get('NSpid') ?? '').split(/\s+/)
  return numbers.length > 1 && numbers.at(-1) === '1' ? 'first process of a container' : 'program'
}

function commandLine(reader: ProcReader, folder: string): readonly string[] {
  const text = reader.text(`${folder}/cmdline`) ?? ''
  return text === '' ? [] : text.replace(/\0$/, '').split('\0')
}

/** The name it was started by, also after it has been replaced on disk. */
function existing(target: string | undefined): string | undefined {
  return target === undefined || target === 'denied' || !target.startsWith('/') ? undefined : target.replace(/ \(deleted\)$/, '')
}

/** By name alone: asking a file system that does not answer would hang. Whether it is a file is seen when it is opened. */
function outputFile(link: string): string | undefined {
  const target = linkTarget(link)
  return target === undefined || !target.startsWith('/') || target.startsWith('/dev/') || target.endsWith(' (deleted)') ? undefined : target
}

function audit(reader: ProcReader, path: string): number {
  const value = Number.parseInt(reader.text(path) ?? '', 10)
  return Number.isNaN(value) || value === unset ? -1 : value
}

function hasDisplay(environment: Readonly<Record<string, string>>, reader: ProcReader, folder: string): boolean {
  if (!environment.DISPLAY && !environment.WAYLAND_DISPLAY) return false
  const maps = reader.read(`${folder}/maps`)
  return typeof maps !== 'string' && ['/libX11.so', '/libxcb.so', '/libwayland-client.so'].some((library) => maps.includes(library))
}

function heededSignals(status: ReadonlyMap<string, string>, folder: string, reader: ProcReader): CloseSignal[] {
  const ignored = mask(status, 'SigIgn')
  const blocked = mask(status, 'SigBlk')
  const heeded = (Object.keys(signalNumbers) as CloseSignal[]).filter((signal) => !has(ignored, signal))
  if (heeded.every((signal) => !has(blocked, signal))) return heeded
  const everywhere = readsSignals(folder) ? 0n : blockedEverywhere(folder, reader, blocked)
  return heeded.filter((signal) => !has(everywhere, signal))
}

/** A thread that does not block a signal receives it for the process. */
function blockedEverywhere(folder: string, reader: ProcReader, blocked: bigint): bigint {
  const threads = names(`${folder}/task`)
  if (typeof threads === 'string') return blocked
  return threads.reduce((sum, thread) => sum & mask(parseStatus(reader.text(`${folder}/task/${thread}/status`) ?? ''), 'SigBlk'), blocked)
}

/** Signals that a program takes from a descriptor are blocked by necessity. */
function readsSignals(folder: string): boolean {
  const numbers = names(`${folder}/fd`)
  return typeof numbers !== 'string' && numbers.some((number) => linkTarget(`${folder}/fd/${number}`) === 'anon_inode:[signalfd]')
}

function mask(status: ReadonlyMap<string, string>, name: string): bigint {
  const digits = status.get(name) ?? '0'
  return /^[0-9a-f]+$/i.test(digits) ? BigInt(`0x${digits}`) : 0n
}

function has(mask: bigint, signal: CloseSignal): boolean {
  return (mask & (1n << BigInt(signalNumbers[signal] - 1))) !== 0n
}

function isSignalable(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EPERM'
  }
}
