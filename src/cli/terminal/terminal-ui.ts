// The basic user interface on a terminal: what is being done, a progress line, errors, and the questions of Windows
// Installer. All of it goes to standard error. Without a terminal nobody is asked and actions are told line by line.
// https://learn.microsoft.com/windows/win32/msi/user-interface-levels
import { createInterface } from 'node:readline'
import { MessageAnswer, MessageType, ProgressMeter, type InstallMessage, type MessageButtons } from '../../engine/index.ts'
import type { Host } from '../program/command.ts'
import { ProgressLine } from './progress-line.ts'

export interface TerminalHandler {
  onMessage(message: InstallMessage): MessageAnswer | Promise<MessageAnswer>
  /** A line of its own, between those of the installation. */
  say(text: string): void
  /** The last error that was shown. */
  readonly lastError: string
  /** Clears the progress line. */
  end(): void
}

/** What to type, what it says, what it means; the first one is the default, `cancel` what Ctrl-C means. */
interface Question {
  readonly choices: readonly (readonly [letter: string, text: string, answer: MessageAnswer])[]
  readonly cancel: MessageAnswer
}

const questions: Readonly<Record<MessageButtons['buttons'], Question>> = {
  ok: { choices: [['o', 'OK', MessageAnswer.ok]], cancel: MessageAnswer.ok },
  'ok-cancel': { choices: [['o', 'OK', MessageAnswer.ok], ['c', 'Cancel', MessageAnswer.cancel]], cancel: MessageAnswer.cancel },
  'abort-retry-ignore': {
    choices: [['a', 'Abort and take everything back', MessageAnswer.abort], ['r', 'Retry', MessageAnswer.retry], ['i', 'Ignore and go on', MessageAnswer.ignore]],
    cancel: MessageAnswer.abort,
  },
  'yes-no-cancel': { choices: [['y', 'Yes', MessageAnswer.yes], ['n', 'No', MessageAnswer.no], ['c', 'Cancel', MessageAnswer.cancel]], cancel: MessageAnswer.cancel },
  'yes-no': { choices: [['y', 'Yes', MessageAnswer.yes], ['n', 'No', MessageAnswer.no]], cancel: MessageAnswer.no },
  'retry-cancel': { choices: [['r', 'Retry', MessageAnswer.retry], ['c', 'Cancel', MessageAnswer.cancel]], cancel: MessageAnswer.cancel },
}
/** The Restart Manager can close who holds files; or they are left alone, which needs a restart of the machine. */
const closeQuestion: Question = {
  choices: [['c', 'Close them, and reopen them afterwards', MessageAnswer.ok], ['l', 'Leave them open, and restart the machine later', MessageAnswer.ignore], ['x', 'Cancel the installation', MessageAnswer.cancel]],
  cancel: MessageAnswer.cancel,
}
const inUseQuestion: Question = {
  choices: [['r', 'Retry: I have closed them', MessageAnswer.retry], ['l', 'Leave them open, and restart the machine later', MessageAnswer.ignore], ['x', 'Cancel the installation', MessageAnswer.cancel]],
  cancel: MessageAnswer.cancel,
}

export function terminalHandler({ err }: Host, interactive = process.stdin.isTTY && err.isTerminal): TerminalHandler {
  const line = new ProgressLine(err)
  const meter = new ProgressMeter()
  let doing = ''
  let lastError = ''
  let dialogs = 0

  const draw = (): void => line.draw(meter.share, doing)
  const say = (text: string): void => {
    line.clear()
    err.line(text)
    err.flush()
  }
  const ask = async (text: string, question: Question, unattended: MessageAnswer): Promise<MessageAnswer> => {
    say(text)
    if (!interactive) return unattended
    if (question.choices.length > 1) say(question.choices.map(([letter, meaning], index) => `  [${letter}] ${meaning}${index === 0 ? ' (default)' : ''}`).join('\n'))
    return askQuestion(question)
  }

  const onMessage = ({ type, record, text, buttons }: InstallMessage): MessageAnswer | Promise<MessageAnswer> => {
    meter.follow(type, record)
    switch (type) {
      case MessageType.progress: case MessageType.actionData:
        draw()
        return MessageAnswer.none
      case MessageType.actionStart:
        if (text === '' || text === doing) return MessageAnswer.none
        doing = text.replace(/:\s*$/, '')
        if (err.isTerminal) draw()
        else say(text)
        return MessageAnswer.none
      case MessageType.showDialog:
        if (dialogs++ === 0) say(err.style('dim', 'The dialogs of the package are not shown; each is answered with its default button.'))
        return MessageAnswer.none
      case MessageType.rmFilesInUse: return ask(`${text}\n${holders(record)}${interactive ? '' : '\nThey are closed, and reopened afterwards: there is no terminal to ask on.'}`, closeQuestion, MessageAnswer.ok)
      case MessageType.filesInUse: return ask(`${text}\n${holders(record)}`, inUseQuestion, MessageAnswer.ignore)
      case MessageType.warning: return ask(`${err.style('yellow', 'warning:')} ${text}`, questions[buttons?.buttons ?? 'ok'], MessageAnswer.none)
      case MessageType.error: case MessageType.fatalExit: case MessageType.outOfDiskSpace:
        lastError = text
        return ask(`${err.style('red', 'error:')} ${text}`, ordered(buttons), MessageAnswer.none)
      case MessageType.user: return ask(text, ordered(buttons), MessageAnswer.none)
      default: return MessageAnswer.none
    }
  }
  return { onMessage, say, get lastError() { return lastError }, end: () => line.clear() }
}

/** The fields are pairs: an application and its process. */
function holders(record: readonly (string | number | null)[]): string {
  const lines: string[] = []
  for (let field = 1; field < record.length; field += 2) lines.push(`  ${record[field] ?? ''} (process ${record[field + 1] ?? '?'})`)
  return lines.join('\n')
}

function ordered(buttons: MessageButtons | undefined): Question {
  const { choices, cancel } = questions[buttons?.buttons ?? 'ok']
  const first = choices[(buttons?.defaultButton ?? 1) - 1] ?? choices[0]!
  return { choices: [first, ...choices.filter((one) => one !== first)], cancel }
}

/** A question with one answer is none. Ctrl-C and the end of the input are answers too. */
function askQuestion({ choices, cancel }: Question): MessageAnswer | Promise<MessageAnswer> {
  if (choices.length === 1) return choices[0]![2]
  const lines = createInterface({ input: process.stdin, output: process.stderr, prompt: `${choices.map(([letter]) => letter).join('/')}: ` })
  return new Promise((resolve) => {
    const answer = (chosen: MessageAnswer): void => {
      resolve(chosen)
      lines.close()
    }
    lines.on('line', (line) => {
      const typed = line.trim().toLowerCase()
      const chosen = typed === '' ? choices[0] : choices.find(([letter, text]) => typed === letter || (typed.length > 1 && text.toLowerCase().startsWith(typed)))
      if (chosen === undefined) lines.prompt()
      else answer(chosen[2])
    })
    lines.once('SIGINT', () => { answer(cancel) }).once('close', () => { answer(cancel) })
    lines.prompt()
  })
}
