// The basic user interface on a terminal: what is being done, a progress bar, errors, and the questions of Windows
// Installer. All of it goes to standard error. Without a terminal nobody is asked and actions are told line by line.
// https://learn.microsoft.com/windows/win32/msi/user-interface-levels
import { createInterface } from 'node:readline/promises'
import { MessageAnswer, MessageType, type InstallMessage, type MessageButtons } from '../engine/index.ts'
import type { Host } from './command.ts'

export interface TerminalHandler {
  onMessage(message: InstallMessage): MessageAnswer | Promise<MessageAnswer>
  /** Clears the progress line. */
  end(): void
}

/** A letter for each answer; the first one is the default. */
type Choices = readonly (readonly [letter: string, text: string, answer: MessageAnswer])[]

const buttonChoices: Readonly<Record<MessageButtons['buttons'], Choices>> = {
  ok: [['o', 'OK', MessageAnswer.ok]],
  'ok-cancel': [['o', 'OK', MessageAnswer.ok], ['c', 'Cancel', MessageAnswer.cancel]],
  'abort-retry-ignore': [['a', 'Abort', MessageAnswer.abort], ['r', 'Retry', MessageAnswer.retry], ['i', 'Ignore', MessageAnswer.ignore]],
  'yes-no-cancel': [['y', 'Yes', MessageAnswer.yes], ['n', 'No', MessageAnswer.no], ['c', 'Cancel', MessageAnswer.cancel]],
  'yes-no': [['y', 'Yes', MessageAnswer.yes], ['n', 'No', MessageAnswer.no]],
  'retry-cancel': [['r', 'Retry', MessageAnswer.retry], ['c', 'Cancel', MessageAnswer.cancel]],
}
/** Applications that hold files can be closed by the Restart Manager, or left alone, which needs a restart of the machine. */
const closeChoices: Choices = [['c', 'Close the applications and reopen them afterwards', MessageAnswer.ok], ['i', 'Ignore, and restart the machine later', MessageAnswer.ignore], ['x', 'Exit', MessageAnswer.cancel]]
const inUseChoices: Choices = [['r', 'Retry', MessageAnswer.retry], ['i', 'Ignore, and restart the machine later', MessageAnswer.ignore], ['x', 'Exit', MessageAnswer.cancel]]

const barWidth = 24
const redrawMs = 80

export function terminalHandler({ err }: Host): TerminalHandler {
  const terminal = process.stderr.isTTY
  const interactive = terminal && process.stdin.isTTY
  const progress = { done: 0, total: 0, text: '', drawnMs: 0, shown: false }

  const draw = (force: boolean): void => {
    const now = performance.now()
    if (!terminal || (!force && now - progress.drawnMs < redrawMs)) return
    progress.drawnMs = now
    progress.shown = true
    const share = progress.total === 0 ? 0 : Math.min(1, progress.done / progress.total)
    const filled = Math.round(share * barWidth)
    const room = Math.max(10, (process.stderr.columns ?? 80) - barWidth - 10)
    err.write(`\r\x1b[K[${'#'.repeat(filled)}${'.'.repeat(barWidth - filled)}] ${String(Math.floor(share * 100)).padStart(3)}% ${progress.text.slice(0, room)}`)
    err.flush()
  }
  const clear = (): void => {
    if (progress.shown) err.write('\r\x1b[K')
    progress.shown = false
    err.flush()
  }
  const say = (text: string): void => {
    clear()
    err.line(text)
    err.flush()
  }
  const ask = async (text: string, choices: Choices, unattended: MessageAnswer): Promise<MessageAnswer> => {
    say(text)
    return interactive ? askChoice(choices) : unattended
  }

  const onMessage = ({ type, record, text, buttons }: InstallMessage): MessageAnswer | Promise<MessageAnswer> => {
    switch (type) {
      case MessageType.progress: {
        const [, kind, amount] = record.map(Number)
        if (kind === 0) Object.assign(progress, { done: 0, total: amount })
        else if (kind === 2) progress.done += amount!
        else if (kind === 3) progress.total += amount!
        draw(false)
        return MessageAnswer.none
      }
      case MessageType.actionStart:
        if (terminal || text === progress.text) progress.text = text || String(record[1] ?? '')
        else if (text !== '') say(progress.text = text)
        draw(true)
        return MessageAnswer.none
      case MessageType.rmFilesInUse: return ask(`${text}\n${holders(record)}`, closeChoices, MessageAnswer.ok)
      case MessageType.filesInUse: return ask(`${text}\n${holders(record)}`, inUseChoices, MessageAnswer.ignore)
      case MessageType.error: case MessageType.fatalExit: case MessageType.outOfDiskSpace: case MessageType.user: case MessageType.warning:
        return ask(text, ordered(buttons), MessageAnswer.none)
      default: return MessageAnswer.none
    }
  }
  return { onMessage, end: clear }
}

/** The fields are pairs: an application and its process. */
function holders(record: readonly (string | number | null)[]): string {
  const lines: string[] = []
  for (let field = 1; field < record.length; field += 2) lines.push(`  ${record[field] ?? ''} (process ${record[field + 1] ?? '?'})`)
  return lines.join('\n')
}

function ordered(buttons: MessageButtons | undefined): Choices {
  const choices = buttonChoices[buttons?.buttons ?? 'ok']
  const first = choices[(buttons?.defaultButton ?? 1) - 1] ?? choices[0]!
  return [first, ...choices.filter((one) => one !== first)]
}

async function askChoice(choices: Choices): Promise<MessageAnswer> {
  if (choices.length === 1) return choices[0]![2]
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (;;) {
      const typed = (await lines.question(`${choices.map(([letter, text]) => `[${letter}] ${text}`).join('  ')}: `)).trim().toLowerCase()
      const chosen = typed === '' ? choices[0] : choices.find(([letter]) => typed.startsWith(letter))
      if (chosen !== undefined) return chosen[2]
    }
  } catch {
    // The terminal was closed while it was asked.
    return MessageAnswer.cancel
  } finally {
    lines.close()
  }
}
