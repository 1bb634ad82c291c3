// Asking before something is closed: on the terminal, whatever standard input is. Without one the caller must have said --yes.
import { closeSync, openSync, readSync, writeSync } from 'node:fs'
import { UsageError } from '../program/errors.ts'

export function confirm(question: string, isSure: boolean): boolean {
  if (isSure) return true
  const terminal = openTerminal()
  if (terminal === undefined) throw new UsageError(`expected --yes, because there is no terminal to ask on. The question was: ${question}`)
  try {
    writeSync(terminal, `${question} [y/N] `)
    return /^y(?:es)?$/i.test(readLine(terminal).trim())
  } finally {
    closeSync(terminal)
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    // There is none, or it is not ours.
    return undefined
  }
}

function readLine(descriptor: number): string {
  const byte = Buffer.alloc(1)
  let text = ''
  while (readSync(descriptor, byte, 0, 1, null) === 1 && byte[0] !== 10) text += byte.toString('latin1')
  return text
}
