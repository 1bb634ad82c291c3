// What the categories of `_Validation` allow in a column. https://learn.microsoft.com/windows/win32/msi/column-data-types
// Conditions, Formatted and Template text are not parsed here: the condition language lives in another layer.

export type CategoryProblem =
  | 'BADCASE' | 'BADIDENTIFIER' | 'BADPROPERTY' | 'BADFILENAME' | 'BADWILDCARD' | 'BADPATH' | 'BADDEFAULTDIR' | 'BADREGPATH'
  | 'BADGUID' | 'BADVERSION' | 'BADLANGUAGE' | 'BADCUSTOMSOURCE' | 'BADCABINET' | 'BADSHORTCUT' | 'BADCATEGORY'

const identifier = /^[A-Za-z_][A-Za-z0-9_.]*$/
const longName = /^[^\\/?|><:*"]+$/
const wildLongName = /^[^\\/|><:"]+$/
const shortName = /^[^\\/?|><:*"+,;=[\] .]{1,8}(\.[^\\/?|><:*"+,;=[\] .]{0,3})?$/
const wildShortName = /^(?=[^.]{0,9}(\.|$))[^\\/|><:"+,;=[\] .]+(\.[^\\/|><:"+,;=[\] .]*)?$/
const mostSignificant = 65535

const checks: Readonly<Record<string, readonly [problem: CategoryProblem, valid: (text: string) => boolean]>> = {
  text: ['BADCATEGORY', () => true],
  uppercase: ['BADCASE', (text) => text === text.toUpperCase()],
  lowercase: ['BADCASE', (text) => text === text.toLowerCase()],
  identifier: ['BADIDENTIFIER', (text) => identifier.test(text)],
  property: ['BADPROPERTY', (text) => identifier.test(text.replace(/^%/, ''))],
  filename: ['BADFILENAME', (text) => isFileName(text, shortName, longName)],
  wildcardfilename: ['BADWILDCARD', (text) => isFileName(text, wildShortName, wildLongName)],
  path: ['BADPATH', isFullPath],
  paths: ['BADPATH', (text) => text.split(';').every(isFullPath)],
  anypath: ['BADPATH', (text) => !/["<>?*]/.test(text)],
  defaultdir: ['BADDEFAULTDIR', (text) => text.split(':').length <= 2 && text.split(':').every(isDirectoryName)],
  regpath: ['BADREGPATH', (text) => !/^\\|\\$|\\\\/.test(text)],
  guid: ['BADGUID', (text) => /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/.test(text)],
  version: ['BADVERSION', (text) => /^\d{1,9}(\.\d{1,9}){0,3}$/.test(text) && text.split('.').every((part) => Number(part) <= mostSignificant)],
  language: ['BADLANGUAGE', (text) => text.split(',').every((part) => /^\d{1,5}$/.test(part) && Number(part) <= mostSignificant)],
  customsource: ['BADCUSTOMSOURCE', (text) => identifier.test(text)],
  cabinet: ['BADCABINET', (text) => text.startsWith('#') ? identifier.test(text.slice(1)) : longName.test(text)],
  shortcut: ['BADSHORTCUT', (text) => text.includes('[') || identifier.test(text)],
}
/** Categories whose text this layer takes as it is. */
const unchecked = new Set(['integer', 'doubleinteger', 'time/date', 'binary', 'formatted', 'formattedsddltext', 'template', 'condition'])

/** What is wrong with a text of a category; `undefined` when nothing is. */
export function categoryProblem(category: string, text: string): CategoryProblem | undefined {
  const name = category.toLowerCase()
  if (unchecked.has(name)) return undefined
  const check = Object.hasOwn(checks, name) ? checks[name] : undefined
  if (check === undefined) return 'BADCATEGORY'
  return check[1](text) ? undefined : check[0]
}

/** `short`, `short|long`, or a long name alone where the short one would be the same. */
function isFileName(text: string, short: RegExp, long: RegExp): boolean {
  const parts = text.split('|')
  return parts.length === 1 ? short.test(text) : parts.length === 2 && short.test(parts[0]!) && long.test(parts[1]!) && /^[^ ]/.test(parts[1]!)
}

function isFullPath(text: string): boolean {
  return /^([A-Za-z]:\\|\\\\[^\\]|\[)/.test(text) && !/["<>|?*]/.test(text)
}

function isDirectoryName(text: string): boolean {
  return text === '.' || identifier.test(text) || isFileName(text, shortName, longName)
}
