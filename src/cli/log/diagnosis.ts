// Why an installation failed, from its log: the first action that returned 3 (or 2, a user's cancelling), and within it the first
// line that says what went wrong. What comes after it, up to the last `Return value 3` of INSTALL, is consequence.
// https://learn.microsoft.com/windows/win32/msi/logging-of-action-return-values
import type { LogLine } from './log-lines.ts'

export type CauseKind = 'error' | 'launch condition' | 'custom action' | 'cancelled' | 'other'

export interface Cause {
  readonly kind: CauseKind
  /** The action of the sequence, or the custom action that the script ran; '' when the log does not say. */
  readonly action: string
  /** Number in the Error table; 0 when there is none. */
  readonly errorNumber: number
  readonly message: string
  /** Line of the log, from 1. */
  readonly line: number
  /** What the custom action printed, or what happened just before, oldest first. */
  readonly before: readonly LogLine[]
}

export interface Diagnosis {
  readonly product: string
  readonly version: string
  /** `undefined` when the log ends before it is said. */
  readonly exitCode: number | undefined
  readonly cause: Cause | undefined
  /** Actions that ended with 2 or 3, innermost first. */
  readonly failed: readonly { readonly action: string; readonly result: number; readonly line: number }[]
  /** Custom actions that failed, which the package passed over. */
  readonly ignored: readonly { readonly action: string; readonly code: number; readonly line: number }[]
  readonly isRolledBack: boolean
  readonly needsRestart: boolean
}

/** Hours, minutes and seconds, as the machine's region separates them: Danish, Finnish and Italian ones with full stops. */
const time = String.raw`\d{1,2}[:.]\d{2}[:.]\d{2}`

const patterns = {
  ended: new RegExp(String.raw`^Action ended ${time}: (.*)\. Return value (\d)\.$`),
  // Translated logs keep order and punctuation: time, name, then the number.
  endedElsewhere: new RegExp(String.raw`^(?!Action \d)\S.* ?${time}\s?[:：]\s?(\S+?)[.。].*?([23])\D*[.。]$`, 'u'),
  started: new RegExp(String.raw`^(?:Action start ${time}: (.*)\.|Doing action: (.*)|\S.* ?${time}\s?[:：]\s?(\S+?)[.。])$`, 'u'),
  scheduled: /^Executing op: (?:CustomAction(?:Schedule|Rollback|Commit)?\(Action=([^,]*),|ActionStart\(Name=([^,]*),)/,
  customAction: /^CustomAction (.+?) returned actual error code (-?\d+)/,
  error: /^(?:Product: .*? -- )?(?:Error|Internal Error|Warning|DEBUG: Error) (\d{3,5})[.:] ?(.*)$/,
  // `Fehler 1310. …`, `Produit : App -- Erreur interne 2753. …`, whatever the words are; a code page that was guessed wrong leaves the shape.
  errorElsewhere: /^(?:\S+\s?[:：] .*? -- )?(?!Warn|Avert|Advert|Avis|Avvis|Предупр|警告|경고|Waarsch|Varn|Advar|Varoit|Ostrze|Upozor|Figyel|Uyar|Info)\p{L}\S*(?:\s\p{L}\S*)?\s?([12]\d{3})[.。]\s?(.*)$/u,
  productText: /^Product: (.*?) -- (?!(?:Installation|Removal|Configuration|Advertisement|Update) .*(?:failed|successfully))(.*)$/,
  productTextElsewhere: /^\p{L}+\s?[:：] (.*?) -- (.*)$/u,
  ownText: /(?:\bError 0x[0-9A-Fa-f]{8}|[Ee]xception|SFXCA:.*(?:[Ee]rror|[Ff]ail)|\bfatal\b|\b[Ee]rror:)/,
  note: /^(?:Note: )?1: (\d{4}) (.*)$/,
  exit: /(?:MainEngineThread \D*?|Back from server\. Return value: |(?:success or error|installation) status: )(\d+)/i,
} as const

/** Notes that every installation's log is full of. */
const usualNotes = new Set([1402, 1314, 1325, 1708, 1707, 1729, 1728, 2205, 2228, 2262, 2203, 2265, 2727, 2729, 2731, 2898, 2826, 2303, 1336])
const contextLines = 12

export function diagnose(lines: readonly LogLine[]): Diagnosis {
  const failed = failedActions(lines)
  const exitCode = lastMatch(lines, patterns.exit)
  const ended = Number(exitCode ?? (failed.some(({ result }) => result === 3) ? 1603 : failed.length > 0 ? 1602 : NaN))
  const isFailure = ended !== 0 && ended !== 3010 && ended !== 1641 && !(Number.isNaN(ended) && lines.every(({ text }) => !patterns.error.test(text) && !patterns.errorElsewhere.test(text)))
  return {
    product: lastMatch(lines, /(?:^Property\([SC]\): ProductName = |Product Name: )(.*?)(?:\. Product Version: .*)?$/) ?? lastMatch(lines, patterns.productText) ?? '',
    version: lastMatch(lines, /(?:^Property\([SC]\): ProductVersion = |Product Version: )([\d.]*\d)/) ?? '',
    exitCode: Number.isNaN(ended) ? undefined : ended,
    cause: isFailure ? findCause(lines, failed[0]) : undefined,
    failed,
    ignored: lines.flatMap(({ text, number }) => {
      const found = patterns.customAction.exec(text)
      return found !== null && /translated to success|continue marking/.test(text) ? [{ action: found[1]!, code: Number(found[2]), line: number }] : []
    }),
    isRolledBack: lines.some(({ text }) => /^Rollback: |: Rollback\. |^Executing op: Header\(.*ScriptType=2\b/.test(text)),
    needsRestart: ended === 3010 || ended === 1641 || lines.some(({ text }) => /^Property\([SC]\): ReplacedInUseFiles = |reboot is required|requires a (?:system )?restart/i.test(text)),
  }
}

function lastMatch(lines: readonly LogLine[], pattern: RegExp): string | undefined {
  for (let index = lines.length - 1; index >= 0; index--) {
    const found = pattern.exec(lines[index]!.text)
    if (found !== null) return found[1]
  }
  return undefined
}

function failedActions(lines: readonly LogLine[]): { action: string; result: number; line: number }[] {
  return lines.flatMap(({ text, number }) => {
    const found = patterns.ended.exec(text) ?? patterns.endedElsewhere.exec(text)
    const result = Number(found?.[2])
    return result === 2 || result === 3 ? [{ action: found![1]!, result, line: number }] : []
  })
}

/** Looks between the start of the action that failed first and its end; in the whole log when no action is said to have failed. */
function findCause(lines: readonly LogLine[], failure: { action: string; result: number; line: number } | undefined): Cause | undefined {
  const end = failure?.line ?? lines.length
  const start = failure === undefined ? 0 : startOf(lines, failure.action, end)
  const range = lines.slice(start, end)
  const found = range.find(isStrong) ?? range.find(isStrongElsewhere) ?? (failure?.result === 2 ? undefined : range.find(isUnusualNote))
  if (found === undefined && failure === undefined) return undefined
  const action = customActionAt(range, found) ?? failure?.action ?? ''
  if (found === undefined) {
    const cancelled = failure!.result === 2
    return { kind: cancelled ? 'cancelled' : 'other', action, errorNumber: 0, line: end, message: cancelled ? 'The user cancelled.' : `${failure!.action} ended with ${failure!.result}; the log does not say why.`, before: contextOf(range, range.length) }
  }
  return causeOf(found, action, failure?.action === 'LaunchConditions', contextOf(range, range.indexOf(found)))
}

function startOf(lines: readonly LogLine[], action: string, end: number): number {
  for (let index = end - 1; index >= 0; index--) {
    const found = patterns.started.exec(lines[index]!.text)
    if (found !== null && (found[1] ?? found[2] ?? found[3]) === action) return index
  }
  return 0
}

function isStrong({ text }: LogLine): boolean {
  const custom = patterns.customAction.exec(text)
  if (custom !== null) return custom[2] !== '0' && !/translated to success|continue marking/.test(text)
  return (patterns.error.test(text) && !/^DEBUG|^Warning/.test(text)) || patterns.productText.test(text)
}

/** In a log that is not in English; looked for only when nothing in English is there. */
function isStrongElsewhere({ text }: LogLine): boolean {
  return patterns.errorElsewhere.test(text) || patterns.productTextElsewhere.test(text)
}

function isUnusualNote({ text }: LogLine): boolean {
  const number = Number(patterns.note.exec(text)?.[1] ?? 0)
  return number !== 0 && !usualNotes.has(number)
}

/** The script runs custom actions under InstallFinalize: the last one begun before the line is meant. */
function customActionAt(range: readonly LogLine[], found: LogLine | undefined): string | undefined {
  const named = found === undefined ? null : patterns.customAction.exec(found.text)
  if (named !== null) return named[1]
  let last: string | undefined
  for (const line of range) {
    if (line === found) break
    const scheduled = patterns.scheduled.exec(line.text)
    if (scheduled !== null) last = scheduled[1] ?? scheduled[2]
  }
  return last
}

function causeOf({ text, number: line }: LogLine, action: string, isLaunchCondition: boolean, before: readonly LogLine[]): Cause {
  const custom = patterns.customAction.exec(text)
  if (custom !== null) {
    const said = before.find((one) => patterns.ownText.test(one.text) && !/^Exception thrown by custom action:?$/.test(one.text))
    return { kind: 'custom action', action, errorNumber: 0, line, message: said?.text ?? `The custom action ${action} returned ${custom[2]}.`, before }
  }
  const error = patterns.error.exec(text) ?? patterns.errorElsewhere.exec(text)
  if (error !== null) return { kind: 'error', action, errorNumber: Number(error[1]), line, message: error[2]!, before }
  const own = before.filter((one) => !text.endsWith(` -- ${one.text}`))
  const plain = (patterns.productText.exec(text) ?? patterns.productTextElsewhere.exec(text))?.[2]
  if (plain !== undefined) return { kind: isLaunchCondition ? 'launch condition' : 'error', action, errorNumber: 0, line, message: plain, before: own }
  const note = patterns.note.exec(text)
  return { kind: 'error', action, errorNumber: Number(note?.[1] ?? 0), line, message: note?.[2] ?? text, before }
}

/** The last lines before, since the operation or custom action began, without the engine's own chatter. */
function contextOf(range: readonly LogLine[], at: number): readonly LogLine[] {
  const chatter = /^(?:Note: 1: |Action \d|Property\(|PROPERTY CHANGE|Action (?:start|ended) |Executing op: |Doing action|Skipping|Resolving|Component: |Feature: |Machine policy|User policy|Running |Invoking |Custom Action Manager|Hello, I'm your|=== |(?:Creating|Closing|Leaked) MSIHANDLE|Transforming table|SECREPAIR|$)/
  const begun = range.slice(0, at).findLastIndex(({ text }) => patterns.scheduled.test(text) || text.startsWith('Invoking remote custom action'))
  return range.slice(begun + 1, at).filter(({ text, by }) => by !== 'client' && !chatter.test(text) && !patterns.started.test(text)).slice(-contextLines)
}
