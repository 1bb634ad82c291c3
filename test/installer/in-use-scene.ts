// A package that replaces one program, a process that runs it, and what becomes of both under every user interface, dialog, answer,
// property and policy. On a machine in memory.
import type { PackageBuilder } from 'msikit/authoring'
import { MessageAnswer, MessageType, type InstallMessage, type InstallOptions, type UiLevel } from 'msikit/engine'
import { MemoryProcesses, type MemoryProcess, type MemoryProcessOptions } from 'msikit/platform'
import { aPackage, type InstallStage } from '../../dist/testing/index.js'
import { aMachine } from './machine.js'

const folder = 'C:\\Program Files (x86)\\Example'
export const program = `${folder}\\app.exe`
const rmFilesInUse = MessageType.rmFilesInUse
const filesInUse = MessageType.filesInUse

/** Answers in their order, by message; the last one goes on. A function may do something first. */
export type Answers = Partial<Record<'rm' | 'files' | 'user', readonly (MessageAnswer | ((scene: Scene) => MessageAnswer))[]>>

interface Scene {
  readonly stage: InstallStage
  readonly holder: MemoryProcess
}

export interface Setting {
  readonly ui?: UiLevel
  readonly noModalDialogs?: boolean
  /** Without a handler nobody is there to answer. */
  readonly answers?: Answers | 'nobody'
  readonly dialogs?: readonly ('MsiRMFilesInUse' | 'FilesInUse')[]
  readonly holder?: MemoryProcessOptions
  readonly properties?: Readonly<Record<string, string>>
  /** Of the package's Property table. */
  readonly authored?: Readonly<Record<string, string>>
  readonly policy?: number
  readonly options?: InstallOptions
}

export const ordinary: MemoryProcessOptions = { facts: { commandName: 'app' }, uses: { [program]: 'executable' } }
export const critical: MemoryProcessOptions = { facts: { commandName: 'app', kind: 'first process of a container' }, uses: { [program]: 'executable' } }
/** Ends when it is killed, never when it is asked. */
export const stubborn: MemoryProcessOptions = { ...ordinary, onSignal: (signal, process) => { if (signal === 'kill') process.running = false } }

export function example(dialogs: readonly string[] = [], properties: Readonly<Record<string, string>> = {}): PackageBuilder {
  const builder = aPackage()
  builder.feature('Main').file(builder.folder('ProgramFilesFolder').folder('Example'), 'app.exe', 'new', { version: '2.0.0.0' })
  for (const name of dialogs) builder.row('Dialog', { Dialog: name, HCentering: 50, VCentering: 50, Width: 370, Height: 270, Attributes: 3, Title: name, Control_First: 'OK' })
  for (const [name, value] of Object.entries(properties)) builder.property(name, value)
  return builder
}

export async function run({ ui = 'none', noModalDialogs = false, answers = {}, dialogs = [], holder = ordinary, properties = {}, authored = {}, policy, options = {} }: Setting): Promise<{
  exitCode: number; asked: [string, ...unknown[]][]; running: boolean; launched: number; text: string | undefined; log: string[]; rebootReasons: readonly string[]; stage: InstallStage
}> {
  const processes = new MemoryProcesses()
  const held = processes.add(holder)
  const stage = aMachine({
    processes, files: { [program]: 'old' },
    ...(policy === undefined ? {} : { registry: { 'HKLM\\Software\\Policies\\Microsoft\\Windows\\Installer': { DisableAutomaticApplicationShutdown: { type: 'REG_DWORD', data: policy } } } }),
  })
  const asked: [string, ...unknown[]][] = []
  const left = { rm: [...answers === 'nobody' ? [] : answers.rm ?? []], files: [...answers === 'nobody' ? [] : answers.files ?? []], user: [...answers === 'nobody' ? [] : answers.user ?? []] }
  const onMessage = ({ type, record, buttons }: InstallMessage): MessageAnswer => {
    const kind = type === rmFilesInUse ? 'rm' : type === filesInUse ? 'files' : type === MessageType.user ? 'user' : undefined
    if (kind === undefined) return 0
    asked.push(kind === 'user' ? [kind, record[1], buttons?.buttons] : [kind, ...record.slice(1)])
    const answer = left[kind].length > 1 ? left[kind].shift() : left[kind][0]
    return typeof answer === 'function' ? answer({ stage, holder: held }) : answer ?? 0
  }
  const { exitCode, rebootReasons } = await stage.install(stage.add(example(dialogs, authored)), {
    ui, noModalDialogs, properties, ...options, ...(answers === 'nobody' ? {} : { onMessage }),
  })
  return { exitCode, asked, running: held.running, launched: processes.launched.length, text: stage.text(program), log: stage.log, rebootReasons, stage }
}

/** The user closes the application and has it looked for again. */
export function closing({ holder }: Scene): MessageAnswer {
  holder.running = false
  return MessageAnswer.retry
}

export const pair = ['program-101', 101]
export const rmLines = (log: readonly string[]): string[] => log.filter((line) => line.startsWith('RESTART MANAGER: ') && !/Session (opened|closed)/.test(line)).map((line) => line.slice('RESTART MANAGER: '.length))
export const closedLines = ['Successfully shut down all applications in the service\'s session that held files in use.', 'Successfully shut down all applications that held files in use.']
/** The server's and the client's. */
export const restartedLines = ['Previously shut down applications have been restarted.', 'Previously shut down applications have been restarted.']
