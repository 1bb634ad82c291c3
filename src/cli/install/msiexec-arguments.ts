// msiexec's own grammar. https://learn.microsoft.com/windows/win32/msi/command-line-options
// The words are what the shell made of the line; quotes that reached us anyway (as on Windows: INSTALLDIR="C:\My App")
// are understood within a word. Options begin with / or -, in any case; the word after an option that wants one is taken
// as it is, so that paths may begin with a slash.
import { isGuid } from '../../base/index.ts'
import { CommandError } from '../program/errors.ts'

export type MsiexecAction = 'install' | 'repair' | 'admin' | 'uninstall' | 'advertise' | 'patch' | 'register' | 'unregister' | 'help'

export interface MsiexecUi {
  readonly level: 'none' | 'basic' | 'reduced' | 'full'
  /** `+` a modal dialog at the end, `-` none at all. */
  readonly endDialog: boolean | undefined
  readonly hideCancel: boolean
}

export interface MsiexecLog {
  readonly file: string
  /** Lower-case letters of what is logged, `iwearmo` when none were given; `*` is spelled out. */
  readonly letters: string
  readonly append: boolean
  readonly flush: boolean
}

export interface MsiexecRequest {
  readonly action: MsiexecAction
  /** Package file or product code; for `register` and `unregister` a library; '' for `patch` alone, for patches that go wherever they are, and for `help`. */
  readonly target: string
  /** Patches to apply, or to remove when the action is `uninstall`. */
  readonly patches: readonly string[]
  /** Given and implied ones, names in upper case; an empty value clears. */
  readonly properties: ReadonlyMap<string, string>
  readonly ui: MsiexecUi | undefined
  readonly log: MsiexecLog | undefined
  readonly advertiseTo: 'user' | 'machine' | undefined
  readonly language: number | undefined
  /** Product code of the instance that is meant, of several of one package. */
  readonly instance: string | undefined
  /** Name of the status file that SMS would read. */
  readonly statusFile: string | undefined
}

const allLetters = 'iwearucmop'
const defaultLetters = 'iwearmo'

/** What has been read so far. */
interface Draft {
  readonly words: readonly string[]
  at: number
  action: MsiexecAction | undefined
  target: string
  readonly uninstallTargets: string[]
  packageTarget: string | undefined
  readonly patches: string[]
  readonly given: Map<string, string>
  readonly implied: Map<string, string>
  ui: MsiexecUi | undefined
  log: MsiexecLog | undefined
  advertiseTo: 'user' | 'machine' | undefined
  language: number | undefined
  instance: string | undefined
  statusFile: string | undefined
  isQuiet: boolean
  asksBeforeRestart: boolean
  /** Options that only go with others, by letter. */
  readonly companions: Set<string>
}

/** @throws CommandError ERROR_INVALID_COMMAND_LINE (1639) */
export function parseMsiexec(words: readonly string[]): MsiexecRequest {
  const draft: Draft = {
    words, at: 0, action: undefined, target: '', uninstallTargets: [], packageTarget: undefined, patches: [], given: new Map(), implied: new Map(),
    ui: undefined, log: undefined, advertiseTo: undefined, language: undefined, instance: undefined, statusFile: undefined, isQuiet: false, asksBeforeRestart: false, companions: new Set(),
  }
  for (; draft.at < words.length; draft.at++) {
    const word = words[draft.at]!
    if (/^[/-]/.test(word)) takeOption(draft, word)
    else takeProperty(draft, word)
  }
  return finish(draft)
}

function takeOption(draft: Draft, word: string): void {
  const option = word.slice(1).toLowerCase()
  const long = longOptions[option]
  if (long !== undefined) return long(draft, word)
  const forms: readonly (readonly [RegExp, (match: RegExpExecArray) => void])[] = [
    [/^l([iwearucmopvx+!*]*)$/, (match) => takeLog(draft, word, match[1]!)],
    [/^q([nbrf]?)([+!-]*)$/, (match) => takeUi(draft, word, match[1]!, match[2]!)],
    [/^f([poedcaumsv]*)(\{.*)?$/, (match) => takeRepair(draft, word, match[1]!)],
    [/^j([um]?)$/, (match) => takeAdvertise(draft, word, match[1]!)],
    // A product code or file may follow without a blank, as in the UninstallString of Windows: MsiExec.exe /X{…}
    [/^([ixap])([{"].*|.*[.\\/].*)?$/s, (match) => mainOptions[match[1]!]!(draft, word, match[2] === undefined ? next(draft, word) : unquote(word.slice(2)))],
  ]
  for (const [pattern, take] of forms) {
    const match = pattern.exec(option)
    if (match !== null) return take(match)
  }
  throw invalid(`expected an option of msiexec, found "${word}"`)
}

const mainOptions: Readonly<Record<string, (draft: Draft, word: string, target: string) => void>> = {
  i: (draft, word, target) => {
    draft.packageTarget = target
    setMain(draft, word, 'install', target)
  },
  x: (draft, word, target) => {
    draft.uninstallTargets.push(target)
    setMain(draft, word, 'uninstall', target)
  },
  a: (draft, word, target) => setMain(draft, word, 'admin', target),
  p: (draft, word, target) => {
    draft.patches.push(...target.split(';').filter(Boolean))
    if (draft.patches.length === 0) throw invalid(`option ${word}: expected patches, found "${target}"`)
  },
}

const longOptions: Readonly<Record<string, (draft: Draft, word: string) => void>> = {
  package: (draft, word) => mainOptions.i!(draft, word, next(draft, word)),
  uninstall: (draft, word) => mainOptions.x!(draft, word, next(draft, word)),
  update: (draft, word) => mainOptions.p!(draft, word, next(draft, word)),
  log: (draft, word) => takeLog(draft, word, '*'),
  quiet: (draft) => {
    draft.isQuiet = true
    draft.ui = { level: 'none', endDialog: undefined, hideCancel: false }
  },
  passive: (draft) => {
    draft.ui = { level: 'basic', endDialog: false, hideCancel: true }
    draft.implied.set('REBOOTPROMPT', 'S')
  },
  norestart: (draft) => { draft.implied.set('REBOOT', 'ReallySuppress') },
  forcerestart: (draft) => { draft.implied.set('REBOOT', 'Force') },
  promptrestart: (draft) => {
    draft.asksBeforeRestart = true
    draft.implied.set('REBOOTPROMPT', '')
  },
  m: (draft, word) => {
    draft.companions.add('m')
    draft.statusFile = next(draft, word)
    if (draft.statusFile.length > 8) throw invalid(`option ${word}: expected a name of at most 8 characters, found "${draft.statusFile}"`)
    draft.implied.set('MIFFILENAME', draft.statusFile)
  },
  n: (draft, word) => {
    draft.companions.add('n')
    draft.instance = next(draft, word)
    if (!isGuid(draft.instance)) throw invalid(`option ${word}: expected a product code, found "${draft.instance}"`)
    draft.implied.set('MSIINSTANCEGUID', draft.instance)
  },
  t: (draft, word) => {
    draft.companions.add('t')
    draft.implied.set('TRANSFORMS', next(draft, word))
  },
  g: (draft, word) => {
    draft.companions.add('g')
    const language = next(draft, word)
    if (!/^\d{1,5}$/.test(language)) throw invalid(`option ${word}: expected a language number, found "${language}"`)
    draft.language = Number(language)
  },
  c: (draft) => {
    draft.companions.add('c')
    draft.implied.set('MSINEWINSTANCE', '1')
  },
  y: (draft, word) => setMain(draft, word, 'register', next(draft, word)),
  z: (draft, word) => setMain(draft, word, 'unregister', next(draft, word)),
  '?': (draft) => { draft.action = 'help' }, h: (draft) => { draft.action = 'help' }, help: (draft) => { draft.action = 'help' }, '-help': (draft) => { draft.action = 'help' },
}

function setMain(draft: Draft, word: string, action: MsiexecAction, target: string): void {
  if (draft.action === 'help') return
  // `/uninstall patch.msp /package product.msi` is one request.
  const pair = draft.action !== undefined && [draft.action, action].sort().join() === 'install,uninstall'
  if (draft.action !== undefined && !pair) throw invalid(`expected one of /i /f /a /x /j /y /z, found ${word} besides another one`)
  draft.action = pair ? 'uninstall' : action
  draft.target = target
}

function takeRepair(draft: Draft, word: string, letters: string): void {
  const brace = word.indexOf('{')
  setMain(draft, word, 'repair', brace < 0 ? next(draft, word) : word.slice(brace))
  draft.implied.set('REINSTALL', 'ALL').set('REINSTALLMODE', letters || 'omus')
}

function takeAdvertise(draft: Draft, word: string, to: string): void {
  setMain(draft, word, 'advertise', next(draft, word))
  draft.advertiseTo = to === 'u' ? 'user' : 'machine'
}

function takeLog(draft: Draft, word: string, flags: string): void {
  const file = next(draft, word)
  const letters = new Set(flags.replace(/[+!*]/g, ''))
  if (flags.includes('*')) for (const letter of allLetters) letters.add(letter)
  draft.log = { file, letters: letters.size === 0 ? defaultLetters : [...letters].join(''), append: flags.includes('+'), flush: flags.includes('!') }
}

function takeUi(draft: Draft, word: string, letter: string, modifiers: string): void {
  const level = ({ n: 'none', b: 'basic', r: 'reduced', f: 'full' } as const)[letter] ?? 'none'
  const count = (modifier: string): number => modifiers.split(modifier).length - 1
  const allowed = level === 'basic' ? '+-!' : level === 'none' ? '+' : ''
  if ([...modifiers].some((one) => !allowed.includes(one) || count(one) > 1) || (modifiers.includes('+') && modifiers.includes('-'))) {
    throw invalid(`expected /qn, /qn+, /qb with +, - or !, /qr or /qf, found "${word}"`)
  }
  draft.ui = { level, endDialog: modifiers.includes('+') ? true : modifiers.includes('-') ? false : undefined, hideCancel: modifiers.includes('!') }
}

function takeProperty(draft: Draft, word: string): void {
  const match = /^"?([A-Za-z_%][A-Za-z0-9_.]*)=(.*)$/s.exec(word)
  if (match === null) throw invalid(`expected an option or PROPERTY=value, found "${word}"`)
  const value = word.startsWith('"') && match[2]!.endsWith('"') ? match[2]!.slice(0, -1) : match[2]!
  draft.given.set(match[1]!.toUpperCase(), unquote(value))
}

/** Words of one line, as a program of Windows gets them: blanks within quotes do not separate. The quotes stay. */
export function splitCommandLine(line: string): string[] {
  return line.match(/(?:[^\s"]|"(?:[^"]|"")*"?)+/g) ?? []
}

/** Drops quotes; two of them within quotes are one. */
function unquote(value: string): string {
  let text = ''
  let quoted = false
  for (let at = 0; at < value.length; at++) {
    if (value[at] !== '"') text += value[at]
    else if (quoted && value[at + 1] === '"') text += value[++at]
    else quoted = !quoted
  }
  if (quoted) throw invalid(`expected a closing quote in "${value}"`)
  return text
}

function next(draft: Draft, word: string): string {
  const value = draft.words[++draft.at]
  if (value === undefined || value === '') throw invalid(`option ${word}: expected a word after it, found nothing`)
  return unquote(value)
}

function finish(draft: Draft): MsiexecRequest {
  const action = draft.action ?? (draft.patches.length > 0 ? 'patch' : undefined)
  if (action === undefined) throw invalid('expected one of /i /f /a /x /j /p /y /z, found none')
  if (action === 'help') return helpRequest
  for (const letter of draft.companions) {
    const hosts = companionOf[letter]!
    if (!hosts.includes(action)) throw invalid(`option /${letter}: expected it with ${hosts.map((one) => actionOptions[one]).join(', ')}, found it with ${actionOptions[action]}`)
  }
  if (draft.patches.length > 0 && action === 'install') throw invalid('option /p: expected it alone or with /a, found it with /i; to install a product with patches, use /i and PATCH=')
  if (draft.patches.length > 0 && !['patch', 'admin'].includes(action)) throw invalid(`option /p: expected it alone or with /a, found it with ${actionOptions[action]}`)
  if (draft.companions.has('c') && !draft.companions.has('t')) throw invalid('option /c: expected /t with the transform of the instance too, found none')
  if (draft.isQuiet && draft.asksBeforeRestart) throw invalid('expected one of /quiet /promptrestart, found both: without a user interface nobody can be asked')
  const removing = action === 'uninstall' && (draft.packageTarget !== undefined || draft.uninstallTargets.some((one) => /\.msp(?:;|$)/i.test(one)))
  const patches = removing ? draft.uninstallTargets.flatMap((one) => one.split(';')).filter(Boolean) : draft.patches
  if (removing && patches.some((one) => /\.msi$/i.test(one))) throw invalid('expected one of /i /x, found both; with /package, /uninstall removes patches')
  return {
    action, patches, target: removing ? draft.packageTarget ?? '' : draft.target, properties: properties(draft, action, removing, patches),
    ui: draft.ui, log: draft.log, advertiseTo: draft.advertiseTo, language: draft.language, instance: draft.instance, statusFile: draft.statusFile,
  }
}

const helpRequest: MsiexecRequest = {
  action: 'help', patches: [], target: '', properties: new Map(), ui: undefined, log: undefined, advertiseTo: undefined, language: undefined, instance: undefined, statusFile: undefined,
}

const actionOptions: Readonly<Record<MsiexecAction, string>> = {
  install: '/i', repair: '/f', admin: '/a', uninstall: '/x', advertise: '/j', patch: '/p', register: '/y', unregister: '/z', help: '/?',
}
/** Which actions an option goes with. */
const companionOf: Readonly<Record<string, readonly MsiexecAction[]>> = {
  t: ['advertise'], g: ['advertise'], c: ['advertise'], n: ['install', 'repair', 'uninstall', 'patch'], m: ['install', 'uninstall', 'admin', 'repair'],
}

/** What a wrong command line is answered with, and the help has too. */
export const msiexecUsage = `/i P | /package P            install; P is a package or a product code
/x P | /uninstall P          uninstall
/p A.msp[;B.msp] | /update   apply patches to the products they are made for, or to the instance /n
/uninstall A.msp [/package P]  remove a patch
/f[poedcaumsv] P             repair
/a P                         administrative image, in TARGETDIR
/j[u|m] P [/t MST [/c]] [/g LANG]  advertise, to the user or the machine; /c as a new instance
/l[iwearucmopvx+!*] FILE     log; /l*v FILE for everything, /log FILE as /l*
/q[n|b|r|f]                  user interface: none, basic, reduced, full; /quiet is /qn, /passive is /qb!- and asks nothing
/norestart /forcerestart /promptrestart
/n {CODE}                    the instance of a product that is meant
/m NAME                      status file of SMS: accepted, not written
/y DLL, /z DLL               self-registration: needs Windows
/@ ID                        what ForceReboot has left to be done after a restart; ID is its name in RunOnceEntries
PROPERTY=value               names become upper case`

/** /f and /j take no notice of properties on the line; what an option says goes before what they say. */
function properties(draft: Draft, action: MsiexecAction, removingPatches: boolean, patches: readonly string[]): Map<string, string> {
  const ignored = action === 'repair' || action === 'advertise'
  const merged = new Map([...(ignored ? [] : draft.given), ...draft.implied])
  if (action === 'uninstall' && !removingPatches) merged.set('REMOVE', 'ALL')
  if (removingPatches) merged.set('MSIPATCHREMOVE', patches.join(';'))
  else if (patches.length > 0) merged.set('PATCH', patches.join(';'))
  return merged
}

function invalid(message: string): CommandError {
  return new CommandError('ERROR_INVALID_COMMAND_LINE', message, `Usage: msikit msiexec OPTIONS, in any case, with / or -:\n${msiexecUsage}`)
}
