// A log file of an installation: UTF-8, one line each, flushed every few lines so that a crash loses little. A log that cannot
// be written any more (the disk is full) stops neither the installation nor its rollback: it is told in the end.
import { closeSync, openSync } from 'node:fs'
import { logFooter, logHeader, type LogSink } from '../../engine/index.ts'
import type { Clock } from '../../platform/index.ts'
import { writeFully } from '../files/write-file.ts'
import { CommandError, describeHostError } from '../program/errors.ts'

export interface LogFile {
  readonly file: string
  /** Letters of `/L`; a line without `v` among them is left out when it is a verbose one, and so on. */
  readonly letters: string
  readonly append: boolean
  /** Every line at once. */
  readonly flush: boolean
}

export interface OpenLog {
  readonly file: string
  readonly sink: LogSink
  /** @returns why lines are missing; `undefined` when none are. */
  close(): string | undefined
}

const linesBetweenFlushes = 20

/** @throws CommandError ERROR_INSTALL_LOG_FAILURE (1622) */
export function openLog({ file, letters, append, flush }: LogFile, clock: Clock, installerVersion: string): OpenLog {
  const descriptor = open(file, append)
  const verbose = letters.includes('v')
  let lines: string[] = []
  let failure: string | undefined
  const write = (line: string): void => {
    lines.push(line)
    if (flush || lines.length >= linesBetweenFlushes) flushLines()
  }
  const flushLines = (): void => {
    const text = `${lines.join('\n')}\n`
    const isEmpty = lines.length === 0
    lines = []
    if (isEmpty || failure !== undefined) return
    try {
      writeFully(descriptor, Buffer.from(text))
    } catch (error) {
      failure = describeHostError(error as NodeJS.ErrnoException)
    }
  }
  write(logHeader(clock, { verbose, installerVersion, callingProcess: process.execPath }))
  return {
    file,
    sink: (line, mode) => { if (letters.includes(mode)) write(line) },
    close: () => {
      write(logFooter(clock, { verbose }))
      flushLines()
      closeSync(descriptor)
      return failure
    },
  }
}

function open(file: string, append: boolean): number {
  try {
    return openSync(file, append ? 'a' : 'w')
  } catch (error) {
    const system = error as NodeJS.ErrnoException
    throw new CommandError('ERROR_INSTALL_LOG_FAILURE', `log ${file}: expected a file that can be written, found: ${describeHostError(system)}`,
      system.code === 'ENOENT' ? 'The folder of the log must exist.' : 'Choose another place for the log.', { cause: error })
  }
}
