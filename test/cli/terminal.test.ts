// What people see on a terminal, by the built command on a pseudo-terminal of script(1): progress, questions, Ctrl-C;
// and that none of it is there when the output goes elsewhere.
import { strict as assert } from 'node:assert'
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { runProgram, type PackageBuilder } from 'msikit/authoring'
import { aPackage } from '../../dist/testing/index.js'
import { Box, command } from '../bad-input/command.js'
import { sharedPath, skipWithout } from '../shared.js'

const hasScript = spawnSync('script', ['--version']).stdout?.includes('util-linux') === true
const terminal = { skip: hasScript ? false : 'needs script(1) of util-linux' }
const ctrlC = '\x03'
const folder = 'root/Program Files (x86)/Example'

function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'app.exe', new Uint8Array(1024), { key: 'app' })
  return builder
}

/** What is over at once shows no bar. */
function takingASecond(builder: PackageBuilder): PackageBuilder {
  builder.binary('wait', '#!/bin/sh\nsleep 1\n').row('ActionText', { Action: 'Wait', Description: 'Waiting for a second' })
  return builder.customAction('Wait', runProgram({ binary: 'wait' }, '', { execution: 'deferred' }), { at: { after: 'InstallFiles' }, condition: 'NOT Installed' })
}

interface Shown {
  readonly status: number | null
  /** Without the codes of the terminal. */
  readonly text: string
  readonly raw: string
}

/** Types each text when what it waits for has been shown. */
function onTerminal(box: Box, words: readonly string[], typing: readonly (readonly [waitFor: RegExp, keys: string])[] = [], env: Readonly<Record<string, string>> = {}): Promise<Shown> {
  const line = [process.execPath, command, ...words, '--root', box.root].map((word) => `'${word}'`).join(' ')
  // exec: a shell that stayed between would get the Ctrl-C too, and say 130 of its own.
  const child = spawn('script', ['-qefc', `exec ${line}`, '/dev/null'], { env: { ...process.env, SHELL: '/bin/sh', NO_COLOR: '', TERM: 'xterm', ...env }, timeout: 120_000 })
  let raw = ''
  let seen = 0
  let next = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    raw += chunk
    const [waitFor, keys] = typing[next] ?? []
    if (waitFor === undefined || !waitFor.test(raw.slice(seen))) return
    seen = raw.length
    next++
    child.stdin.write(keys!)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (status) => {
      // oxlint-disable-next-line no-control-regex
      resolve({ status, raw, text: raw.replaceAll(/\x1b\[[?\d;]*[A-Za-z]/g, '').replaceAll('\r', '\n') })
    })
  })
}

test('a terminal shows a bar of how far it is, in colours unless $NO_COLOR is set', terminal, async () => {
  using box = new Box()
  const file = box.add(takingASecond(example()))
  const install = await onTerminal(box, ['install', file])
  assert.equal(install.status, 0, install.text)
  assert.match(install.text, /[━─]{24} *\d+% +\S/)
  assert.match(install.raw, /\x1b\[(?:2|32)m/)
  assert.match(install.text, /\ninstalled /)
  const plain = await onTerminal(box, ['uninstall', file], [], { NO_COLOR: '1' })
  assert.equal(plain.status, 0, plain.text)
  assert.doesNotMatch(plain.raw, /\x1b\[\d+m/)
})

for (const words of [['--ui', 'none'], ['--json']]) {
  test(`with ${words.join(' ')} a terminal shows no bar`, terminal, async () => {
    using box = new Box()
    const { status, text } = await onTerminal(box, ['install', box.add(example()), ...words])
    assert.equal(status, 0, text)
    assert.doesNotMatch(text, /[━─]/)
  })
}

test('what goes into a pipe has neither bars nor colours', () => {
  using box = new Box()
  const file = box.add(example())
  // One that shows a table, one that has a bar on a terminal, one that fails.
  for (const words of [['plan', file], ['install', file], ['uninstall', 'Nothing']]) {
    const { stdout, stderr } = box.run(...words)
    assert.doesNotMatch(stdout + stderr, /[\x1b\r━─]/)
  }
})

test('Ctrl-C in the middle of an installation takes everything back and ends with 1602', terminal, async () => {
  using box = new Box()
  const builder = example().binary('slow', '#!/bin/sh\nsleep 600\n')
  builder.customAction('Slow', runProgram({ binary: 'slow' }, '', { execution: 'deferred' }), { at: { after: 'InstallFiles' } })
  const file = box.add(builder)
  const before = box.digest()
  const { status, text } = await onTerminal(box, ['install', file], [[/Copying new files/, ctrlC]])
  assert.equal(status, 1602 % 256, text)
  assert.match(text, /Cancelling: what was done is taken back\./)
  assert.match(text, /cancelled; everything done before was taken back \(ERROR_INSTALL_USEREXIT, 1602\)/)
  assert.deepEqual(box.digest(), before)
})

/** Installs, and runs what was installed. */
async function aRunningExample(box: Box): Promise<{ file: string; holder: ReturnType<typeof spawn> }> {
  const file = box.add(example())
  assert.equal((await box.call('install', file)).status, 0)
  const program = box.path(`${folder}/app.exe`)
  copyFileSync('/bin/sleep', program)
  chmodSync(program, 0o755)
  return { file, holder: spawn(program, ['60'], { stdio: 'ignore', detached: true }) }
}

for (const [keys, status, isClosed, isRemoved] of [
  ['c\r', 0, true, true], ['\r', 0, true, true], ['what?\rc\r', 0, true, true], ['l\r', 3010, false, true], ['x\r', 1602, false, false], [ctrlC, 1602, false, false],
] as const) {
  test(`who holds a file is shown, and ${JSON.stringify(keys)} ${isClosed ? 'closes it' : isRemoved ? 'leaves it open, which needs a restart' : 'cancels'}`, terminal, async () => {
    using box = new Box()
    const { file, holder } = await aRunningExample(box)
    const ended = new Promise<boolean>((resolve) => { holder.once('exit', () => resolve(true)) })
    try {
      const shown = await onTerminal(box, ['uninstall', file], [[/c\/l\/x: /, keys]])
      assert.equal(shown.status, status % 256, shown.text)
      assert.match(shown.text, new RegExp(`app\\.exe \\(process ${holder.pid}\\)`))
      assert.match(shown.text, /\[c\] Close them, and reopen them afterwards \(default\)\s+\[l\] Leave them open.*\s+\[x\] Cancel/)
      if (isClosed) assert.ok(await ended)
      else assert.equal(holder.exitCode ?? holder.signalCode, null)
      assert.equal(existsSync(box.path(folder)), !isRemoved)
    } finally {
      holder.kill('SIGKILL')
    }
  })
}

test('without a terminal nobody is asked, and it is said what is done', async () => {
  using box = new Box()
  const { file, holder } = await aRunningExample(box)
  try {
    const { status, stderr } = box.run('uninstall', file, '--ui', 'basic')
    assert.equal(status, 0, stderr)
    assert.match(stderr, /app\.exe \(process \d+\)\nThey are closed, and reopened afterwards/)
  } finally {
    holder.kill('SIGKILL')
  }
})

test('--ui full says that dialogs are not shown, in the log by name', { skip: terminal.skip || skipWithout('corpus/putty-0.68-installer.msi') }, async () => {
  using box = new Box()
  const { status, text } = await onTerminal(box, ['install', sharedPath('corpus/putty-0.68-installer.msi')!, '--ui', 'full', '--log', box.path('log')])
  assert.equal(status, 0, text)
  assert.equal(text.match(/The dialogs of the package are not shown/g)?.length, 1)
  assert.match(readFileSync(box.path('log'), 'utf8'), /Dialog WelcomeDlg is not shown: [\s\S]*Dialog ExitDialog is not shown: /)
})
