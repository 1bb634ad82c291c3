// The log of an installation in msiexec's dialect, line by line. Where the lines go and in which encoding is the
// caller's choice. https://learn.microsoft.com/windows/win32/msi/normal-logging
import type { Clock } from '../../../platform/index.ts'

/** The letter of msiexec's `/L` that lets a line through. */
export type LogMode = 'i' | 'w' | 'e' | 'a' | 'r' | 'u' | 'c' | 'm' | 'o' | 'p' | 'v' | 'x'

export interface LogSink {
  (line: string, mode: LogMode): void
}

/** `c` the client, `s` the server, `N` a nested installation, `a` custom actions. */
export type LogSide = 'c' | 's' | 'N' | 'a'

/** `MSI (s) (PP:TT) [HH:MM:SS:mmm]: `: process and thread by the low byte of their numbers. */
export function logPrefix(side: LogSide, processId: number, threadId: number, clock: Clock): string {
  return `MSI (${side}) (${lowByte(processId)}:${lowByte(threadId)}) [${timeOfDay(clock)}]: `
}

function lowByte(value: number): string {
  return (value & 0xff).toString(16).toUpperCase().padStart(2, '0')
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** `M/D/YYYY`; UTC, for an emulated machine has no time zone of its own. */
export function shortDate(clock: Clock): string {
  const at = new Date(clock.now())
  return `${at.getUTCMonth() + 1}/${at.getUTCDate()}/${at.getUTCFullYear()}`
}

/** `H:MM:SS`, as the lines about actions have it. */
export function shortTime(clock: Clock): string {
  const at = new Date(clock.now())
  return `${at.getUTCHours()}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}`
}

function timeOfDay(clock: Clock): string {
  const at = new Date(clock.now())
  return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}:${two(at.getUTCSeconds())}:${String(at.getUTCMilliseconds()).padStart(3, '0')}`
}

function dateAndTime(clock: Clock): string {
  return `${shortDate(clock)}  ${shortTime(clock)}`
}

/** The first line of a log file. */
export function logHeader(clock: Clock, options: { verbose: boolean; installerVersion: string; callingProcess: string }): string {
  const { verbose, installerVersion, callingProcess } = options
  return verbose
    ? `=== Verbose logging started: ${dateAndTime(clock)}  Build type: SHIP UNICODE ${installerVersion}.10011.00  Calling process: ${callingProcess} ===`
    : `=== Logging started: ${dateAndTime(clock)} ===`
}

/** The last line of a log file. */
export function logFooter(clock: Clock, options: { verbose: boolean }): string {
  return `=== ${options.verbose ? 'Verbose logging' : 'Logging'} stopped: ${dateAndTime(clock)} ===`
}
