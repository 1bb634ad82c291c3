// Custom actions with real programs of the host: every kind of source, every time of execution, every way to end.
import { strict as assert } from 'node:assert'
import { chmodSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { callLibrary, failWith, runProgram, setFolder, setProperty, type CustomAction, type PackageBuilder } from 'msikit/authoring'
import { aPackage, anInstallStage } from '../../dist/testing/index.js'
import { until } from '../restart-manager/stage.js'
import { HostStage } from './host-stage.js'

/** Failures are ignored. */
const continueBit = 0x40
const folder = 'C:\\Program Files (x86)\\Example'

/** Appends its arguments to the file that the first one names; ends with the status that a word `status=N` says. */
const program = `#!/bin/sh
out=$1; shift
echo "$*" >> "$out"
for word; do case $word in
  status=*) exit "\${word#status=}";;
  sleep=*) sleep "\${word#sleep=}"; echo "slept $*" >> "$out";;
esac; done
`

/** `tool.sh` is a row of Binary, an installed file (key \`tool\`), and stands in C:\Tools. */
function example(): PackageBuilder {
  const builder = aPackage()
  const place = builder.folder('ProgramFilesFolder').folder('Example', { key: 'INSTALLDIR' })
  builder.feature('Main').file(place, 'data.txt', 'data')
  builder.feature('Tools').file(place, 'tool.sh', program, { key: 'tool' })
  builder.folder('WindowsVolume').folder('Tools', { key: 'TOOLS' })
  return builder.binary('tool', program)
}

async function run(build: (builder: PackageBuilder) => void, options: Parameters<HostStage['install']>[1] = {}): Promise<{ exitCode: number; notes: string[]; log: string[]; installed: boolean; error: { action: string; messageNumber: number } | undefined }> {
  using stage = new HostStage()
  stage.platform.files.createDirectory('C:\\Tools')
  writeFileSync(stage.path('C:\\Tools\\tool.sh'), program)
  chmodSync(stage.path('C:\\Tools\\tool.sh'), 0o755)
  const builder = example()
  build(builder)
  const { exitCode, error } = await stage.install(stage.add(builder), { ...options, properties: { NOTES: stage.beside('notes'), ...options.properties } })
  return { exitCode, notes: stage.lines('notes'), log: [...stage.log], installed: stage.text(`${folder}\\data.txt`) === 'data', error }
}

const places: readonly (readonly [string, string, (words: string, options?: Parameters<typeof runProgram>[2]) => CustomAction])[] = [
  ['2', 'the Binary table', (words, options) => runProgram({ binary: 'tool' }, `"[NOTES]" ${words}`, options)],
  ['18', 'an installed file', (words, options) => runProgram({ file: 'tool' }, `"[NOTES]" ${words}`, options)],
  ['34', 'a directory', (words, options) => runProgram({ folder: 'TOOLS' }, `"[TOOLS]tool.sh" "[NOTES]" ${words}`, options)],
  ['50', 'a property', (words, options) => runProgram({ property: 'TOOL' }, `"[NOTES]" ${words}`, options)],
]

for (const [type, source, action] of places) {
  test(`a program from ${source} (type ${type}) runs at once, deferred, on rollback and at the commit`, async () => {
    const result = await run((builder) => {
      builder.property('TOOL', 'C:\\Tools\\tool.sh').property('WHAT', 'a b')
      builder.customAction('AtOnce', action('at once'), { at: { after: 'InstallFinalize' } })
      for (const [index, execution] of (['rollback', 'deferred', 'commit'] as const).entries()) {
        builder.customAction(`Run.${execution}`, action(`${execution} "[WHAT]"`, { execution }), { at: 4100 + index })
      }
    })
    assert.equal(result.exitCode, 0)
    assert.deepEqual(result.notes, ['deferred a b', 'commit a b', 'at once'])
  })
}

test('what a deferred program is told was formatted when the script was written', async () => {
  const { exitCode, notes } = await run((builder) => {
    builder.customAction('Before', setProperty('WORD', 'then'), { at: 4100 })
    builder.customAction('Tell', runProgram({ binary: 'tool' }, '"[NOTES]" [WORD]', { execution: 'deferred' }), { at: 4101 })
    builder.customAction('After', setProperty('WORD', 'now'), { at: 4102 })
    builder.customAction('TellNow', runProgram({ binary: 'tool' }, '"[NOTES]" [WORD]'), { at: 4103 })
  })
  assert.equal(exitCode, 0)
  assert.deepEqual(notes, ['now', 'then'])
})

test('CustomActionData of a deferred action is the property of its name, and is in the script', async () => {
  const { exitCode, log } = await run((builder) => {
    builder.customAction('SetData', setProperty('Tell', 'secret of [ProductName]'), { at: 4100 })
    builder.customAction('Tell', runProgram({ binary: 'tool' }, '"[NOTES]" told', { execution: 'deferred' }), { at: 4101 })
  })
  assert.equal(exitCode, 0)
  assert.ok(log.some((line) => line.startsWith('Executing op: CustomActionSchedule(Action=Tell,') && line.includes('CustomActionData=secret of Example')), log.filter((line) => line.includes('CustomAction')).join('\n'))
})

test('HideTarget keeps target and CustomActionData out of the log', async () => {
  const { exitCode, log, notes } = await run((builder) => {
    builder.propertyOptions('Tell', { hidden: true })
    builder.customAction('SetData', setProperty('Tell', 'hunter2', { hideTarget: true }), { at: 4100 })
    builder.customAction('Tell', runProgram({ binary: 'tool' }, '"[NOTES]" hunter2', { execution: 'deferred', hideTarget: true }), { at: 4101 })
    builder.customAction('Now', runProgram({ binary: 'tool' }, '"[NOTES]" hunter2 status=3', { hideTarget: true, ignoreResult: true }), { at: 4102 })
  })
  assert.equal(exitCode, 0)
  assert.equal(notes.length, 2)
  assert.deepEqual(log.filter((line) => line.includes('hunter2')), [])
})

const tell = (words: string, execution: 'deferred' | 'rollback' | 'commit'): CustomAction => runProgram({ binary: 'tool' }, `"[NOTES]" ${words}`, { execution })

test('rollback actions run backwards, only those that the script had reached, and commit actions do not run', async () => {
  const { exitCode, notes, installed, error } = await run((builder) => {
    builder.customAction('Undo1', tell('undo 1', 'rollback'), { at: 4100 })
    builder.customAction('Do1', tell('do 1', 'deferred'), { at: 4101 })
    builder.customAction('Undo2', tell('undo 2 status=9', 'rollback'), { at: 4102 })
    builder.customAction('Do2', tell('do 2 status=5', 'deferred'), { at: 4103 })
    builder.customAction('Undo3', tell('undo 3', 'rollback'), { at: 4104 })
    builder.customAction('Done', tell('committed', 'commit'), { at: 4105 })
  })
  assert.deepEqual(notes, ['do 1', 'do 2 status=5', 'undo 2 status=9', 'undo 1'])
  assert.deepEqual([exitCode, installed, error?.action, error?.messageNumber], [1603, false, 'Do2', 1722])
})

const committing = (ignoreResult: boolean) => (builder: PackageBuilder): void => {
  builder.customAction('Undo', runProgram({ binary: 'tool' }, '"[NOTES]" undone', { execution: 'rollback' }), { at: 4100 })
  builder.customAction('Done', runProgram({ binary: 'tool' }, '"[NOTES]" committing status=1', { execution: 'commit', ignoreResult }), { at: 4101 })
}


test('a failing commit action is rolled back too, unless its result is ignored', async () => {
  const failed = await run(committing(false))
  assert.deepEqual([failed.exitCode, failed.installed, failed.notes], [1603, false, ['committing status=1', 'undone']])
  const ignored = await run(committing(true))
  assert.deepEqual([ignored.exitCode, ignored.installed, ignored.notes], [0, true, ['committing status=1']])
})

test('rollback and commit actions are not even written when rollback is disabled', async () => {
  const { exitCode, notes, log } = await run((builder) => {
    for (const execution of ['rollback', 'commit'] as const) {
      builder.customAction(execution, runProgram({ binary: 'tool' }, `"[NOTES]" ${execution}`, { execution }), { at: execution === 'commit' ? 4100 : 4101 })
    }
  }, { properties: { DISABLEROLLBACK: '1' } })
  assert.deepEqual([exitCode, notes], [0, []])
  assert.ok(log.includes('Skipping action: commit (rollback is disabled)') && log.includes('Skipping action: rollback (rollback is disabled)'))
})

test('a failing program is 1603 with its name, and what was installed is taken back', async () => {
  const { exitCode, installed, error, log } = await run((builder) => {
    builder.customAction('Break', runProgram({ binary: 'tool' }, '"[NOTES]" status=42', { execution: 'deferred' }), { at: 6400 })
  })
  assert.deepEqual([exitCode, installed, error?.action, error?.messageNumber], [1603, false, 'Break', 1722])
  assert.ok(log.includes('CustomAction Break returned actual error code 42'))
  assert.ok(log.some((line) => /^Action ended .*: InstallFinalize\. Return value 3\.$/.test(line)))
  assert.ok(log.includes('MainEngineThread is returning 1603'))
})

test('Continue forgives a failure, at once and deferred', async () => {
  const { exitCode, installed, log } = await run((builder) => {
    builder.customAction('Now', runProgram({ binary: 'tool' }, '"[NOTES]" status=7', { ignoreResult: true }), { at: 4100 })
    builder.customAction('Later', runProgram({ binary: 'tool' }, '"[NOTES]" status=8', { ignoreResult: true, execution: 'deferred' }), { at: 4101 })
  })
  assert.deepEqual([exitCode, installed], [0, true])
  for (const [name, status] of [['Now', 7], ['Later', 8]] as const) {
    assert.ok(log.includes(`CustomAction ${name} returned actual error code ${status} but will be translated to success due to continue marking`))
  }
})

test('Async is waited for at the end of the sequence, and its failure is the installation\'s', async () => {
  const slow = await run((builder) => {
    builder.customAction('Slow', runProgram({ binary: 'tool' }, '"[NOTES]" sleep=0.4', { async: true }), { at: 100 })
    builder.customAction('Quick', runProgram({ binary: 'tool' }, '"[NOTES]" quick'), { at: 6500 })
  })
  assert.equal(slow.exitCode, 0)
  assert.equal(slow.notes.at(-1), 'slept sleep=0.4')
  assert.ok(slow.notes.includes('quick'))
  const failing = await run((builder) => builder.customAction('Slow', runProgram({ binary: 'tool' }, '"[NOTES]" status=4', { async: true }), { at: 4100 }))
  assert.equal(failing.exitCode, 1603)
})

test('Async with Continue is let go: nobody waits for it and nobody asks what became of it', async () => {
  using stage = new HostStage()
  const builder = example().binary('free', '#!/bin/sh\necho $$ > "$1.part" && mv "$1.part" "$1" && exec sleep 600\n')
  builder.customAction('Free', runProgram({ binary: 'free' }, '"[NOTES]"', { async: true, ignoreResult: true }), { at: 4100 })
  const { exitCode } = await stage.install(stage.add(builder), { timeLimitMs: 1, properties: { NOTES: stage.beside('notes') } })
  assert.deepEqual([exitCode, stage.text(`${folder}\\data.txt`)], [0, 'data'])
  await until(() => stage.lines('notes').length > 0)
  // No time ends it: it still runs, or there were nobody to be killed.
  process.kill(Number(stage.lines('notes')[0]), 'SIGKILL')
})

test('a program that does not end is ended when its time is over, with what it started', async () => {
  const { exitCode, installed, log, notes } = await run((builder) => {
    builder.customAction('Hang', runProgram({ binary: 'tool' }, '"[NOTES]" sleep=60', { execution: 'deferred' }), { at: 4100 })
  }, { timeLimitMs: 300 })
  assert.deepEqual([exitCode, installed], [1603, false])
  assert.ok(!notes.some((line) => line.startsWith('slept')))
  assert.ok(log.includes('CustomAction Hang was ended after 0.3 seconds'))
})

test('cancelling ends a running program and is 1602', async () => {
  const controller = new AbortController()
  const { exitCode, installed } = await run((builder) => {
    builder.customAction('Hang', runProgram({ binary: 'tool' }, '"[NOTES]" sleep=60', { execution: 'deferred' }), { at: 4100 })
  }, { signal: controller.signal, onMessage: ({ record }) => {
    if (record[1] === 'Hang') setTimeout(() => controller.abort(), 200)
    return 0
  } })
  assert.deepEqual([exitCode, installed], [1602, false])
})

test('a program is told where each drive lies, and what it prints is in the log', async () => {
  const { exitCode, log } = await run((builder) => {
    builder.binary('drive', '#!/bin/sh\necho "drive C is $MSIKIT_DRIVE_C"\npwd\n')
    builder.customAction('Where', runProgram({ binary: 'drive' }, ''), { at: { after: 'InstallFinalize' } })
  })
  assert.equal(exitCode, 0)
  assert.ok(log.some((line) => /^Where: drive C is \/.*\/root$/.test(line)))
})

const everywhere = (builder: PackageBuilder): void => {
  builder.customAction('Undo', runProgram({ binary: 'tool' }, '"[NOTES]" undo', { execution: 'rollback' }), { at: 4100 })
  builder.customAction('Later', runProgram({ binary: 'tool' }, '"[NOTES]" later', { execution: 'deferred' }), { at: 4101 })
  builder.customAction('Done', runProgram({ binary: 'tool' }, '"[NOTES]" done', { execution: 'commit' }), { at: 4102 })
  builder.customAction('Free', runProgram({ binary: 'tool' }, '"[NOTES]" free', { async: true, ignoreResult: true }), { at: 4103 })
  builder.customAction('Now', runProgram({ folder: 'TOOLS' }, '"[TOOLS]tool.sh" "[NOTES]" now'), { at: { after: 'InstallFinalize' } })
  builder.customAction('Lib', callLibrary({ binary: 'tool' }, 'Entry'), { at: { after: 'Now' } })
}


test('with skip no program is run, not even one of the host; with fail the first ends the installation', async () => {
  const skipped = await run(everywhere, { customActions: 'skip' })
  assert.deepEqual([skipped.exitCode, skipped.installed, skipped.notes], [0, true, []])
  for (const name of ['Later', 'Done', 'Free', 'Now', 'Lib']) assert.ok(skipped.log.includes(`Skipping action: ${name} (custom actions are skipped)`), name)
  const failed = await run(everywhere, { customActions: 'fail' })
  assert.deepEqual([failed.exitCode, failed.installed, failed.notes, failed.error?.action], [1603, false, [], 'Free'])
})

/** Exit code, the action that failed and its message, the data file's text, whether the log names the action. */
async function foreign(action: CustomAction, policy: 'run' | 'skip' | 'fail'): Promise<readonly unknown[]> {
  const stage = anInstallStage()
  const builder = example().binary('foreign', 'MZ foreign').property('TEXT', 'x = 1')
  builder.customAction('Foreign', action, { at: { after: 'InstallFiles' } })
  const { exitCode, error } = await stage.install(stage.add(builder), { customActions: policy })
  const isNamed = stage.log.some((line) => line.startsWith('Custom action Foreign (type'))
  return [exitCode, error?.action, error?.messageNumber, stage.text(`${folder}\\data.txt`), isNamed]
}

for (const [what, number, action] of [
  ['a library in Binary (type 1)', 1723, callLibrary({ binary: 'foreign' }, 'Entry')],
  ['an installed library (type 17)', 1723, callLibrary({ file: 'tool' }, 'Entry')],
  ['a program of Windows (type 2)', 1721, runProgram({ binary: 'foreign' }, '')],
] as const) {
  for (const execution of ['immediate', 'deferred'] as const) {
    test(`${what}, ${execution}, is named in the log, and skipped or a failure as the policy says`, async () => {
      const scheduled = { ...action, type: action.type | (execution === 'deferred' ? 0x400 : 0) }
      assert.deepEqual(await foreign(scheduled, 'run'), [1603, 'Foreign', number, undefined, true])
      assert.deepEqual(await foreign(scheduled, 'fail'), [1603, 'Foreign', number, undefined, true])
      assert.deepEqual(await foreign(scheduled, 'skip'), [0, undefined, undefined, 'data', true])
      assert.deepEqual(await foreign({ ...scheduled, type: scheduled.type | continueBit }, 'run'), [0, undefined, undefined, 'data', true])
    })
  }
}

const internal = (builder: PackageBuilder): void => {
  builder.customAction('Set', setProperty('TARGET', '[WindowsVolume]Moved'), { at: { after: 'CostFinalize' } })
  builder.customAction('Clear', setProperty('LEFT', ''), { at: { after: 'Set' } })
  builder.customAction('Move', setFolder('INSTALLDIR', '[TARGET]'), { at: { after: 'Clear' }, condition: 'TARGET AND NOT LEFT' })
  builder.customAction('Refuse', failWith('Not on [ComputerName]'), { at: { after: 'Move' }, condition: 'REFUSE' })
  builder.customAction('RefuseByNumber', failWith('25001'), { at: { after: 'Refuse' }, condition: 'NUMBER' })
  builder.row('Error', { Error: 25001, Message: 'Text of the table' }).property('LEFT', 'x')
}


test('properties (51), directories (35) and errors (19) come from the engine itself, whatever the policy', async () => {
  for (const customActions of ['run', 'skip', 'fail'] as const) {
    const moved = await run(internal, { customActions })
    assert.equal(moved.exitCode, 0)
    assert.ok(moved.log.includes('PROPERTY CHANGE: Modifying INSTALLDIR property. Its current value is \'C:\\Program Files (x86)\\Example\\\'. Its new value: \'C:\\Moved\\\'.'), moved.log.filter((line) => line.includes('INSTALLDIR')).join('\n'))
    assert.ok(moved.log.includes('PROPERTY CHANGE: Deleting LEFT property. Its current value is \'x\'.'))
    const refused = await run(internal, { customActions, properties: { REFUSE: '1' } })
    assert.deepEqual([refused.exitCode, refused.error], [1603, { action: 'Refuse', messageNumber: 0, message: 'Not on MSIKIT' }])
    const numbered = await run(internal, { customActions, properties: { NUMBER: '1' } })
    assert.deepEqual([numbered.exitCode, numbered.error], [1603, { action: 'RefuseByNumber', messageNumber: 25001, message: 'Text of the table' }])
  }
})

test('an action without a row, of an invalid type or without its source is 27xx', async () => {
  const missing = await run((builder) => builder.customAction('Gone', runProgram({ binary: 'nowhere' }, ''), { at: 4100 }))
  assert.deepEqual([missing.exitCode, missing.error?.messageNumber], [1603, 2721])
  const invalid = await run((builder) => builder.customAction('Odd', { type: 33, source: 'TOOLS', target: 'x' }, { at: 4100 }))
  assert.deepEqual([invalid.exitCode, invalid.error?.messageNumber], [1603, 2723])
  const file = await run((builder) => builder.customAction('Odd', { type: 18, source: 'nofile', target: 'x' }, { at: 4100 }))
  assert.deepEqual([file.exitCode, file.error?.messageNumber], [1603, 2722])
  const unknown = await run((builder) => builder.schedule('NoSuchAction', { at: 4100 }))
  assert.deepEqual([unknown.exitCode, unknown.installed], [0, true])
})
