// The command line of msiexec, form by form, with PuTTY's and NUnit's packages. The parser on its own is tested beside it.
// https://learn.microsoft.com/windows/win32/msi/command-line-options
import { strict as assert } from 'node:assert'
import { copyFileSync, cpSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { after, test } from 'node:test'
import { Box, type Ran } from '../bad-input/command.js'
import { sharedPath, skipWithout } from '../shared.js'

const needed = 'corpus/putty-0.68-installer.msi'
const skip = skipWithout(needed)
const putty = '{55717628-7AE6-4BCF-A046-FA2768945E76}'
const folder = 'root/Program Files (x86)/PuTTY'
const program = `${folder}/putty.exe`

interface Form {
  /** P is the package, L a log file. */
  readonly words: string
  /** What is there before. */
  readonly after?: 'installed' | 'advertised' | 'program missing'
  readonly code: number
  readonly says: RegExp
  check?(box: Box): void
}

const isInstalled = (box: Box): void => assert.ok(existsSync(box.path(program)))
const isGone = (box: Box): void => assert.ok(!existsSync(box.path(folder)))
const logOf = (box: Box): string => readFileSync(box.path('L'), 'utf8')

const forms: readonly Form[] = [
  { words: '/i P /qn /l*v L TARGETDIR=C:\\Elsewhere', code: 0, says: /^installed PuTTY/, check: (box) => {
    isInstalled(box)
    assert.match(logOf(box), /PROPERTY CHANGE: [\s\S]*Executing op: [\s\S]*MainEngineThread is returning 0/)
    assert.match(logOf(box), /TARGETDIR = C:\\Elsewhere\\/)
  } },
  { words: '-I P -QN', code: 0, says: /^installed/, check: isInstalled },
  { words: '/package P /quiet ADDLOCAL=FilesFeature', code: 0, says: /^installed/, check: isInstalled },
  { words: '/i P /qb', code: 0, says: /^installed/, check: isInstalled },
  { words: '/i P /qb-! /norestart', code: 0, says: /^installed/, check: isInstalled },
  { words: '/i P /passive', code: 0, says: /^installed/, check: isInstalled },
  { words: '/i P /qr', code: 0, says: /^installed/, check: isInstalled },
  { words: '/i P /qf /l*v L', code: 0, says: /^installed/, check: (box) => assert.match(logOf(box), /Dialog \w+ is not shown/) },
  { words: '/i P /forcerestart /qn', code: 3010, says: /restart of the machine/, check: isInstalled },
  { words: '/i P /promptrestart /qn', code: 0, says: /^installed/ },
  { words: '/i P /qn /log L', code: 0, says: /^installed/, check: (box) => assert.match(logOf(box), /^Action start [\s\S]*InstallFinalize/m) },
  { words: '/i P /qn /le L', code: 0, says: /^installed/, check: (box) => assert.doesNotMatch(logOf(box), /Action start/) },
  { words: '/i P /qn /l*v nowhere/L', code: 1622, says: /nowhere\/L: expected a file that can be written/ },
  { words: `/i ${putty} REMOVE=PPKFeature /qn`, after: 'installed', code: 0, says: /^configured/ },
  { words: `/i ${putty} /qn`, code: 1605, says: /expected one that is installed/ },
  { words: '/i nothing.msi /qn', code: 1619, says: /nothing.msi: expected a package/ },
  { words: '/f P', after: 'program missing', code: 0, says: /^repaired/, check: isInstalled },
  { words: `/fp ${putty} IGNORED=1`, after: 'program missing', code: 0, says: /^repaired/, check: isInstalled },
  { words: `/fomus ${putty} /qn`, after: 'program missing', code: 0, says: /^repaired/, check: isInstalled },
  { words: `/fvomus P /qn`, after: 'program missing', code: 0, says: /^repaired/, check: isInstalled },
  { words: `/fa${putty}`, after: 'program missing', code: 0, says: /^repaired/, check: isInstalled },
  { words: '/f P', code: 1605, says: /expected one that is installed/ },
  { words: '/f nothing.msi', code: 1619, says: /expected a package/ },
  { words: '/x P /qn', after: 'installed', code: 0, says: /^uninstalled/, check: isGone },
  { words: `/x ${putty} /qb-!`, after: 'installed', code: 0, says: /^uninstalled/, check: isGone },
  { words: `/X${putty} /norestart`, after: 'installed', code: 0, says: /^uninstalled/, check: isGone },
  { words: `/uninstall ${putty} /passive`, after: 'installed', code: 0, says: /^uninstalled/, check: isGone },
  { words: '/x P', code: 1605, says: /expected one that is installed/ },
  { words: '/a P TARGETDIR=C:\\Image /qn', code: 0, says: /^made an image/, check: (box) => assert.ok(existsSync(box.path('root/Image/PFiles/PuTTY/putty.exe'))) },
  { words: '/jm P', code: 0, says: /^advertised/, check: isGone },
  { words: '/ju P /g 1033', code: 0, says: /^advertised/, check: isGone },
  { words: '/j P /g 1031', code: 1623, says: /expected a language of the package \(1033\)/ },
  { words: '/j P /t nothing.mst', code: 1624, says: /nothing.mst/ },
  { words: `/x ${putty} /qn`, after: 'advertised', code: 0, says: /^uninstalled/ },
  { words: `/i P /n {11111111-2222-3333-4444-555555555555} /qn`, code: 1605, says: /expected one that is installed/ },
  { words: '/i P /qn /m status', code: 0, says: /^installed/ },
  { words: '/p nothing.msp', code: 1635, says: /nothing.msp: expected a patch/ },
  { words: '/y some.dll', code: 120, says: /register themselves/ },
  { words: '/?', code: 0, says: /\/i P \| \/package P/ },
  { words: '/help', code: 0, says: /\/i P \| \/package P/ },
  ...['', '/qn', '/i', '/i P stray', '/i P /x P', '/i P /qb+-', '/i P /l*q L', '/frobnicate', '/i P /t a.mst', '/a P /n {x}', '/f P /p a.msp', '/i P /m ninechars']
    .map((words) => ({ words, code: 1639, says: /Usage: msikit msiexec[\s\S]*\/i P \| \/package P/ })),
]

/** The states that forms begin with, made once each. */
const starts = new Map<Form['after'], Box>()

after(() => {
  for (const box of starts.values()) box[Symbol.dispose]()
})

async function boxWith(state: Form['after']): Promise<Box> {
  const box = new Box()
  const start = state === undefined ? undefined : starts.get(state)
  if (state === undefined) return box
  if (start !== undefined) {
    rmSync(box.root, { recursive: true })
    cpSync(start.root, box.root, { recursive: true, preserveTimestamps: true })
    return box
  }
  const made = await run(box, state === 'advertised' ? '/jm P' : '/i P /qn')
  assert.equal(made.status, 0, made.stderr)
  if (state === 'program missing') rmSync(box.path(program))
  const kept = new Box()
  rmSync(kept.root, { recursive: true })
  cpSync(box.root, kept.root, { recursive: true, preserveTimestamps: true })
  starts.set(state, kept)
  return box
}

function run(box: Box, words: string): Promise<Ran> {
  const places: Readonly<Record<string, string>> = { P: sharedPath(needed)!, L: box.path('L'), 'nowhere/L': box.path('nowhere/L') }
  return box.call('msiexec', ...words.split(' ').filter(Boolean).map((word) => places[word] ?? word))
}

for (const form of forms) {
  test(`msiexec ${form.words || '(nothing)'}${form.after === undefined ? '' : `, ${form.after}`}: ${form.code}`, { skip }, async () => {
    using box = await boxWith(form.after)
    const { status, stdout, stderr } = await run(box, form.words)
    assert.equal(status, form.code % 256, stdout + stderr)
    assert.match(stdout + stderr, form.says)
    form.check?.(box)
  })
}

test('quotes that the shell left in a value are understood', { skip: skipWithout('corpus/NUnit-2.5.2.9222.msi') }, () => {
  using box = new Box()
  copyFileSync(sharedPath('corpus/NUnit-2.5.2.9222.msi')!, box.path('n.msi'))
  const { status, stderr } = box.run('msiexec', '/i', box.path('n.msi'), '/qn', 'ADDLOCAL=Net_2.0_GuiRunner', 'INSTALLDIR="C:\\My Tools\\NUnit"')
  assert.equal(status, 0, stderr)
  assert.ok(existsSync(box.path('root/My Tools/NUnit/bin/net-2.0/nunit.exe')))
})
