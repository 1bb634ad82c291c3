// The decision table of files in use, cell by cell: the user interface against what was found. Beside the table the rows that
// only their own test can say: in-use-decisions.test.ts.
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { critical, ordinary, run, stubborn, type Setting } from './in-use-scene.js'

type Situation = 'somebody critical' | 'MsiRMFilesInUse authored' | 'only FilesInUse authored' | 'no dialog authored' | 'closing fails' | 'the Restart Manager disabled, FilesInUse authored' | 'the Restart Manager disabled, no dialog authored' | 'nobody'
type Ui = 'full' | 'reduced' | 'basic' | 'basic without modal dialogs' | 'none'

const situations: Readonly<Record<Situation, Setting>> = {
  'somebody critical': { holder: critical, dialogs: ['MsiRMFilesInUse', 'FilesInUse'] },
  'MsiRMFilesInUse authored': { holder: ordinary, dialogs: ['MsiRMFilesInUse', 'FilesInUse'] },
  'only FilesInUse authored': { holder: ordinary, dialogs: ['FilesInUse'] },
  'no dialog authored': { holder: ordinary },
  'closing fails': { holder: stubborn },
  'the Restart Manager disabled, FilesInUse authored': { holder: ordinary, dialogs: ['FilesInUse'], properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } },
  'the Restart Manager disabled, no dialog authored': { holder: ordinary, properties: { MSIRESTARTMANAGERCONTROL: 'Disable' } },
  nobody: { holder: { facts: { commandName: 'app' } } },
}

/** Questions asked when everybody answers OK or, of FilesInUse, Ignore; whether the program is closed; the exit code. */
type Cell = readonly [asked: string, closed: boolean, exitCode: number]
const quietly: Cell = ['', true, 0]
const later: Cell = ['', false, 3010]
const rm: Cell = ['rm', true, 0]
const nothing: Cell = ['', false, 0]

const table: Readonly<Record<Situation, Readonly<Record<Ui, Cell>>>> = {
  'somebody critical': { full: ['1610', false, 3010], reduced: ['1610', false, 3010], basic: ['1610', false, 3010], 'basic without modal dialogs': later, none: later },
  'MsiRMFilesInUse authored': { full: rm, reduced: rm, basic: rm, 'basic without modal dialogs': quietly, none: quietly },
  'only FilesInUse authored': { full: ['files', false, 3010], reduced: rm, basic: rm, 'basic without modal dialogs': quietly, none: quietly },
  'no dialog authored': { full: rm, reduced: rm, basic: rm, 'basic without modal dialogs': quietly, none: quietly },
  'closing fails': { full: ['rm 1611', false, 3010], reduced: ['rm 1611', false, 3010], basic: ['rm 1611', false, 3010], 'basic without modal dialogs': later, none: later },
  'the Restart Manager disabled, FilesInUse authored': { full: ['files', false, 3010], reduced: ['files', false, 3010], basic: ['files', false, 3010], 'basic without modal dialogs': later, none: later },
  'the Restart Manager disabled, no dialog authored': { full: later, reduced: ['files', false, 3010], basic: ['files', false, 3010], 'basic without modal dialogs': later, none: later },
  nobody: { full: nothing, reduced: nothing, basic: nothing, 'basic without modal dialogs': nothing, none: nothing },
}

for (const [situation, row] of Object.entries(table) as [Situation, Readonly<Record<Ui, Cell>>][]) {
  test(`the row "${situation}"`, async () => {
    for (const [ui, expected] of Object.entries(row) as [Ui, Cell][]) {
      const noModalDialogs = ui === 'basic without modal dialogs'
      // 1611 offers abort, retry and ignore.
      const user = situation === 'closing fails' ? 5 : 1
      const { asked, running, exitCode } = await run({ ...situations[situation], ui: noModalDialogs ? 'basic' : ui as Exclude<Ui, 'basic without modal dialogs'>, noModalDialogs, answers: { rm: [1], files: [5], user: [user] } })
      assert.deepEqual([asked.map(([kind, number]) => kind === 'user' ? number : kind).join(' '), !running, exitCode], expected, `${situation}, ${ui}`)
    }
  })
}

test('every question can end the installation with 1602, and then nothing was changed and nobody closed', async () => {
  for (const [situation, answers] of [
    ['somebody critical', { user: [2] }], ['MsiRMFilesInUse authored', { rm: [2] }], ['no dialog authored', { rm: [2] }],
    ['the Restart Manager disabled, FilesInUse authored', { files: [2] }], ['closing fails', { rm: [1], user: [3] }],
  ] as const) {
    for (const ui of ['full', 'reduced', 'basic'] as const) {
      const { exitCode, running, text } = await run({ ...situations[situation], ui, answers })
      assert.deepEqual([exitCode, running, text], [1602, true, 'old'], `${situation}, ${ui}`)
    }
  }
})

test('who holds files and that a restart is required are events of the installer too', async () => {
  const { log, exitCode } = await run({ holder: critical })
  assert.equal(exitCode, 3010)
  for (const line of [
    /^Product: Example\. The file C:\\Program Files \(x86\)\\Example\\app\.exe is being used by the following process: Name: program-101 , Id 101\.$/,
    /^Product: Example\. Restart required\.$/, /^Windows Installer requires a system restart\. .*Type of System Restart: 2\. Reason for Restart: 1\.$/,
  ]) assert.ok(log.some((one) => line.test(one)), `${line}: ${log.filter((one) => one.startsWith('Product:')).join('\n')}`)
})
