// Formatted and Template text: [Property], [1], [%ENV], [#file], [!file], [$component], [\x], [~], {groups} and {{comments}}.
// https://learn.microsoft.com/windows/win32/msi/formatted and nf-msiquery-msiformatrecordw
// Pure: the context resolves names. One pass from left to right with an explicit stack, linear in the text.
// A group runs from { to the first }; groups do not nest. References nest and are resolved from the inside; values that
// were put in are not looked at again, except as part of the name of the reference around them.

/** Value of a record field; `null` and '' are the same, a missing one too. */
export type FieldValue = string | number | null

/** What a running installation knows. Each gives '' for what is not there or, before costing, not known yet. */
export interface FormatSession {
  property(name: string): string
  environment?(name: string): string
  /** `[#file]`: full path of a row of the File table. */
  filePath?(file: string): string
  /** `[!file]`: the same as a short path. Left out, it is what `filePath` gives. */
  shortFilePath?(file: string): string
  /** `[$component]`: directory of a row of the Component table, with a trailing backslash. */
  componentDirectory?(component: string): string
}

export interface FormatContext {
  /** Value of field n of the record, for Template text. Without it `[1]` stays as it is. */
  field?(index: number): FieldValue | undefined
  /** Without it everything but fields stays as it is. */
  session?: FormatSession
  /** `show` keeps what stands in `{{…}}`, as the log does with texts of the Error table. Default `omit`. */
  comments?: 'omit' | 'show'
}

/**
 * Resolves Formatted or Template text.
 *
 * @see https://learn.microsoft.com/windows/win32/msi/formatted
 * @example
 * ```ts
 * import { format } from 'msikit/expression'
 *
 * const session = { property: (name: string) => name === 'INSTALLDIR' ? 'C:\\App\\' : '' }
 * format('"[INSTALLDIR]run.exe"{ /log [LOGFILE]}', { session }) // '"C:\\App\\run.exe"'
 * ```
 */
export function format(text: string, context: FormatContext): string {
  if (!text.includes('[') && !text.includes('{')) return text
  let groups = true
  const region = openRegion(context, matchBrackets(text, context.comments !== 'show'))
  for (let at = 0; at < text.length;) {
    const comment = groups && text.startsWith('{{', at)
    const end = comment ? text.indexOf('}}', at + 2) : groups && text[at] === '{' ? groupEnd(text, at + 1, region.brackets.lastClosing) : -1
    if (end >= 0) {
      appendToRegion(region, comment ? commentText(text.slice(at + 2, end), context) : groupText(text.slice(at + 1, end), context), comment)
      at = end + (comment ? 2 : 1)
    } else if (comment || (groups && text[at] === '{')) {
      // An opening that is never closed: braces mean nothing from here on.
      groups = false
      appendToRegion(region, comment ? '{{' : '{')
      at += comment ? 2 : 1
    } else {
      at = stepRegion(region, text, at)
    }
  }
  return closeRegion(region)
}

/**
 * Formats a record as `MsiFormatRecord` does.
 *
 * @param fields the template, then fields 1, 2, …; without a template every field is listed as `1: value 2: value `.
 * @see https://learn.microsoft.com/windows/win32/api/msiquery/nf-msiquery-msiformatrecordw
 */
export function formatRecord(fields: readonly (FieldValue | undefined)[], session?: FormatSession, comments: 'omit' | 'show' = 'omit'): string {
  const template = String(fields[0] ?? '') || defaultTemplate(fields.length - 1)
  return format(template, { field: (index) => fields[index], comments, ...(session === undefined ? {} : { session }) })
}

function defaultTemplate(fieldCount: number): string {
  let text = ''
  for (let index = 1; index <= fieldCount; index++) text += `${index}: [${index}] `
  return text
}

function commentText(text: string, context: FormatContext): string {
  return context.comments === 'show' ? expandBrackets(text, context).text : ''
}

/**
 * `{text}` without properties and fields stays in its braces, with one that is empty it vanishes, otherwise the braces go.
 * Files, components, variables and escapes are no property names: they are resolved and decide nothing.
 */
function groupText(text: string, context: FormatContext): string {
  const { text: expanded, resolved, nothing, unresolved } = expandBrackets(text, context)
  if (unresolved > 0) return `{${expanded}}`
  if (text === '' || nothing > 0) return ''
  return resolved > 0 ? expanded : `{${expanded}}`
}

function expandBrackets(text: string, context: FormatContext): { text: string } & Omit<Region, 'frames'> {
  const region = openRegion(context, matchBrackets(text, false))
  for (let at = 0; at < text.length;) at = stepRegion(region, text, at)
  return { ...region, text: closeRegion(region) }
}

/** A stretch of text in which brackets match brackets, with the references met so far. */
interface Region {
  readonly context: FormatContext
  /** One per open bracket, and the text around all of them. */
  readonly frames: Frame[]
  readonly brackets: Brackets
  /** References to properties and fields. */
  resolved: number
  /** Those of them that gave no text. */
  nothing: number
  /** References that stay as they are. */
  unresolved: number
}

interface Frame {
  text: string
  /** Whether a property or the like gave part of the text: it cannot become the number of a field then. */
  fromSession: boolean
  /** Whether a comment stood in it: it is no name then. */
  commented: boolean
}

function openRegion(context: FormatContext, brackets: Brackets): Region {
  return { context, frames: [newFrame()], brackets, resolved: 0, nothing: 0, unresolved: 0 }
}

function newFrame(): Frame {
  return { text: '', fromSession: false, commented: false }
}

function appendToRegion(region: Region, text: string, comment = false): void {
  const frame = region.frames.at(-1)!
  frame.text += text
  frame.commented ||= comment
}

/** Takes one plain stretch, bracket or escape; returns where the next one begins. */
function stepRegion(region: Region, text: string, at: number): number {
  const { firstUnmatched, lastClosing } = region.brackets
  if (at >= firstUnmatched) {
    appendToRegion(region, text.slice(at))
    return text.length
  }
  if (text[at] === '[') {
    const end = escapeEnd(text, at, lastClosing)
    if (end < 0) region.frames.push(newFrame())
    else takeReference(region, { ...newFrame(), text: text.slice(at + 1, end) })
    return end < 0 ? at + 1 : end + 1
  }
  if (text[at] === ']' && region.frames.length > 1) {
    takeReference(region, region.frames.pop()!)
    return at + 1
  }
  const next = nextSpecial(text, at + 1)
  appendToRegion(region, text.slice(at, next))
  return next
}

function closeRegion(region: Region): string {
  // Brackets cut off by a group: what was read of them is literal.
  return region.frames.map((frame) => frame.text).join('[')
}

function nextSpecial(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const unit = text[at]
    if (unit === '[' || unit === ']' || unit === '{') return at
  }
  return text.length
}

/** The closing bracket of `[\x…]` when such an escape begins here, otherwise -1. Its first character is never a bracket. */
function escapeEnd(text: string, at: number, lastClosing: number): number {
  return text[at + 1] === '\\' && at + 3 <= lastClosing ? text.indexOf(']', at + 3) : -1
}

/** The first } that is not within `[\}]`; -1 when there is none. */
function groupEnd(text: string, from: number, lastClosing: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '}') return at
    if (text[at] === '[' && text[at + 1] === '\\' && text[at + 2] === '}') at = Math.max(at, escapeEnd(text, at, lastClosing))
  }
  return -1
}

interface Brackets {
  /** The outermost [ without a ]: from there on everything is literal. Infinity when all are matched. */
  readonly firstUnmatched: number
  readonly lastClosing: number
}

function matchBrackets(text: string, skipComments: boolean): Brackets {
  const open: number[] = []
  const lastClosing = text.lastIndexOf(']')
  let comments = skipComments
  for (let at = nextSpecial(text, 0); at < text.length; at = nextSpecial(text, at + 1)) {
    const comment = comments && text.startsWith('{{', at) ? text.indexOf('}}', at + 2) : undefined
    if (comment !== undefined) {
      if (comment < 0) comments = false
      else at = comment + 1
    } else if (text[at] === '[') {
      const end = escapeEnd(text, at, lastClosing)
      if (end < 0) open.push(at)
      else at = end
    } else if (text[at] === ']') {
      open.pop()
    }
  }
  return { firstUnmatched: open[0] ?? Infinity, lastClosing }
}

/** Puts the value of a reference into the text around it, or the reference itself when nobody can resolve it. */
function takeReference(region: Region, reference: Frame): void {
  const frame = region.frames.at(-1)!
  const resolved = reference.commented ? undefined : resolveReference(reference, region.context)
  frame.fromSession ||= reference.fromSession || (resolved?.fromSession ?? false)
  if (resolved === undefined) {
    region.unresolved++
    frame.text += `[${reference.text}]`
    return
  }
  if (resolved.named) region.resolved++
  if (resolved.named && resolved.text === '') region.nothing++
  frame.text += resolved.text
}

/** `named` are properties and fields. */
function resolveReference(reference: Frame, context: FormatContext): { text: string; fromSession: boolean; named: boolean } | undefined {
  const name = reference.text
  if (/^[0-9]+$/.test(name)) {
    if (context.field === undefined || reference.fromSession) return undefined
    return { text: String(context.field(Number(name)) ?? ''), fromSession: false, named: true }
  }
  if (context.session === undefined) return undefined
  return { text: sessionText(name, context.session), fromSession: true, named: !/^(?:[\\%#!$]|~$)/.test(name) }
}

function sessionText(name: string, session: FormatSession): string {
  const rest = name.slice(1)
  switch (name[0]) {
    case '\\': return rest === '' ? '' : String.fromCodePoint(rest.codePointAt(0)!)
    case '%': return session.environment?.(rest) ?? ''
    case '#': return session.filePath?.(rest) ?? ''
    case '!': return (session.shortFilePath ?? session.filePath)?.call(session, rest) ?? ''
    case '$': return session.componentDirectory?.(rest) ?? ''
    default: return name === '~' ? '\0' : session.property(name)
  }
}
