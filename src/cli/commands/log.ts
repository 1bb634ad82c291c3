// `msikit log`: the first cause in the log of an installation, msiexec's or msikit's.
import { readFileSync } from 'node:fs'
import { errorCodeName, isKnownCodePage } from '../../base/index.ts'
import { diagnose, type Cause, type Diagnosis } from '../log/diagnosis.ts'
import { adviceFor, adviceForCode } from '../log/error-advice.ts'
import { readLogLines } from '../log/log-lines.ts'
import { eachFile } from '../program/each-file.ts'
import { inputError, UsageError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import type { Output } from '../terminal/output.ts'

export const run = commandRunner({
  name: 'log',
  summary: 'Find out from a log why an installation failed',
  about: 'Reads the logs of msiexec (/l*v FILE) and of msikit (--log FILE), finds the action that failed first, and in it the first line\n'
    + 'that says why: what follows such a line in a log is consequence. The exit status is 0 when a log could be read, whatever it tells; of\n'
    + 'several logs, one that cannot be read is told on standard error, and the others are told nevertheless.',
  arguments: [{ name: 'FILE', about: 'A log, in UTF-16, UTF-8 or ANSI', count: 'many' }],
  options: { codepage: { value: 'N', about: 'Code page of logs in ANSI, such as 932 or 1251; 1252 by default' } },
  examples: [
    ['msikit log install.log', 'What failed, why, and what to do'],
    ['msikit log alt.log --codepage 1251', 'One that was saved in the ANSI code page of a Russian Windows'],
    ['msikit log *.log --json', 'The same of many logs, for other programs'],
  ],
  run: async (input, host) => {
    const { positionals, json } = input
    const { out } = host
    const ansi = input.value('codepage') ?? '1252'
    if (!/^\d{1,5}$/.test(ansi) || !isKnownCodePage(Number(ansi))) throw new UsageError(`option --codepage: expected the number of a known code page, found "${ansi}"`)
    const { all, code } = await eachFile('log', positionals, host, (path) => ({ path, ...diagnose(readLogLines(readLog(path), path, Number(ansi))) }))
    if (json) {
      const described = all.map((one) => ({ ...one, advice: one.cause === undefined ? adviceForCode(one.exitCode) : adviceFor(one.cause, one.exitCode) }))
      out.json(positionals.length === 1 ? described[0] : described)
    } else {
      for (const [index, one] of all.entries()) {
        if (index > 0) out.line('')
        describe(out, one)
      }
    }
    return code
  },
})

function readLog(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    throw inputError(path, 'a log', error)
  }
}

function describe(out: Output, found: Diagnosis & { path: string }): void {
  const code = found.exitCode === undefined ? 'an unknown result' : `${found.exitCode}${errorCodeName(found.exitCode) === undefined ? '' : ` (${errorCodeName(found.exitCode)})`}`
  out.line(`${found.path}: ${[found.product, found.version].filter(Boolean).join(' ') || 'an installation'} ended with ${code}${found.isRolledBack ? ', and was taken back' : ''}${found.needsRestart ? '; a restart is needed' : ''}`)
  if (found.cause !== undefined) describeCause(out, found.cause, found)
  else if (found.exitCode === undefined) out.line('The log does not say how it ended, and no error stands in it: was it cut off, or made without v (`/l*v`)?')
  else describeCode(out, found.exitCode)
  for (const { action, code: result, line } of found.ignored) out.line(`passed over: the custom action ${action} returned ${result} (line ${line})`)
}

/** A code alone: the installation did not come to its first action, or the log does not have it. */
function describeCode(out: Output, code: number): void {
  const advice = adviceForCode(code)
  if (advice !== undefined) out.line(`what to do: ${advice}`)
}

function describeCause(out: Output, cause: Cause, found: Diagnosis): void {
  const number = cause.errorNumber === 0 ? '' : `Error ${cause.errorNumber}: `
  out.line('')
  out.line(`first cause, line ${cause.line}${cause.action === '' ? '' : `, in ${cause.action}`} (${cause.kind})`)
  out.line(`  ${number}${cause.message}`)
  if (cause.before.length > 0) {
    out.line('before it')
    const width = String(cause.line).length
    for (const { number: line, text } of cause.before) out.line(`  ${String(line).padStart(width)}  ${text}`)
  }
  const chain = found.failed.map(({ action, line }) => `${action} (line ${line})`)
  if (chain.length > 0) out.line(`then failed: ${chain.join(', ')}`)
  const advice = adviceFor(cause, found.exitCode)
  if (advice !== undefined) out.line(`what to do: ${advice}`)
}
