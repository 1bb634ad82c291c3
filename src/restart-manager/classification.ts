// What kind of application a process is, whether it may be closed, and if not why: RM_APP_TYPE and RM_REBOOT_REASON for
// a host with signals. The first rule that fits decides the type; reboot reasons are collected from all of them.
import { isInterpreter, sameProcess, type ProcessFacts, type ProcessIdentity, type ServiceFacts } from '../platform/index.ts'
import type { ApplicationType, RebootReason } from './constants.ts'
import { criticalPrograms, criticalServices, desktopShells } from './well-known.ts'

/** Who asks, and what it stands on. */
export interface Caller {
  readonly self: ProcessIdentity
  readonly userId: number
  readonly loginUserId: number
  readonly loginSession: number
  /** Itself, its ancestors, and the leader of its terminal's session. */
  readonly own: readonly ProcessIdentity[]
  readonly otherSessions: 'refuse' | 'allow'
}

export interface Classification {
  readonly type: ApplicationType
  readonly rebootReasons: readonly RebootReason[]
  readonly notes: readonly string[]
  readonly name: string
}

export function classify(facts: ProcessFacts, service: ServiceFacts | undefined, caller: Caller): Classification {
  const notes: string[] = []
  const rebootReasons = reasonsAgainst(facts, service, caller, notes)
  const type = rebootReasons.length > 0 ? 'critical' : closableType(facts, service, notes)
  return { type, rebootReasons, notes, name: nameOf(facts, service, type) }
}

function reasonsAgainst(facts: ProcessFacts, service: ServiceFacts | undefined, caller: Caller, notes: string[]): RebootReason[] {
  const reasons: RebootReason[] = []
  const against = (reason: RebootReason, note: string) => { reasons.push(reason); notes.push(note) }
  if (!facts.signalable) against('permissionDenied', `it runs as user ${facts.userId}, whose processes the caller may not close`)
  if (isForeignSession(facts, service, caller)) {
    against('sessionMismatch', `it belongs to login session ${facts.loginSession} of user ${facts.userId}`)
  }
  if (facts.kind !== 'program') against('criticalProcess', `it is a ${facts.kind === 'kernel' ? 'thread of the kernel' : facts.kind}`)
  else if (!service && criticalPrograms.has(facts.commandName)) against('criticalProcess', 'the system or the login session depends on it')
  if (service?.refusesStop) against('criticalService', `${service.name} refuses to be stopped by hand`)
  else if (service && isCriticalService(service.name)) against('criticalService', 'the system or the login session depends on it')
  if (caller.own.some((own) => sameProcess(own, facts.identity))) {
    against('detectedSelf', sameProcess(caller.self, facts.identity) ? 'it is the caller itself' : 'the caller runs in it')
  }
  return reasons
}

/** Two logins of one user are no obstacle: the programs are that user's own. */
function isForeignSession(facts: ProcessFacts, service: ServiceFacts | undefined, caller: Caller): boolean {
  if (caller.otherSessions === 'allow' || service || facts.loginSession < 0) return false
  return facts.loginSession !== caller.loginSession && facts.userId !== caller.userId
}

function closableType(facts: ProcessFacts, service: ServiceFacts | undefined, notes: string[]): ApplicationType {
  if (service) return 'service'
  if (desktopShells.has(facts.commandName)) return 'explorer'
  if (facts.windows.length > 0) return 'mainWindow'
  if (facts.heeds.length === 0) {
    notes.push('it ignores every signal that asks a program to end')
    return 'unknown'
  }
  if (!facts.graphical) return 'console'
  // Nearly every Wayland desktop has an X display too, so that says nothing.
  if (facts.environment.WAYLAND_DISPLAY) notes.push('on a Wayland display windows cannot be seen from outside: it is asked to end by a signal, whatever is unsaved')
  return 'otherWindow'
}

function isCriticalService(name: string): boolean {
  const unit = name.replace(/^user(?:@\d+)?:/, '').replace(/\.service$/, '').replace(/@.*$/, '@')
  return criticalServices.has(unit)
}

function nameOf(facts: ProcessFacts, service: ServiceFacts | undefined, type: ApplicationType): string {
  if (service) return service.description === '' ? service.name : service.description
  if (facts.applicationName !== undefined) return facts.applicationName
  if (type === 'mainWindow' && facts.windows[0]!.title !== '') return facts.windows[0]!.title
  return programName(facts)
}

/** An interpreter is known by its script, module or archive, which is what people started. */
export function programName(facts: ProcessFacts): string {
  const program = baseName(facts.executable ?? facts.commandName)
  if (!isInterpreter(program)) return facts.executable ? program : facts.commandName
  return scriptOf(facts.arguments.slice(1), program) ?? program
}

/** Options that are followed by a value, of the interpreters that have such before the script. */
const optionsWithValue = /^(?:-cp|-classpath|--class-path|--module-path|-p|--add-opens|--add-modules|-r|--require|--import|--loader|-X|-W|-I)$/

function scriptOf(args: readonly string[], program: string): string | undefined {
  for (let index = 0; index < args.length; index++) {
    const argument = args[index]!
    if (/^-[ce]$|^--eval$/.test(argument)) return undefined
    if (argument === '-jar' || (argument === '-m' && /^(?:python|pypy|java)/.test(program))) return args[index + 1] === undefined ? undefined : baseName(args[index + 1]!)
    if (optionsWithValue.test(argument)) index++
    else if (!argument.startsWith('-')) return baseName(argument)
  }
  return undefined
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
