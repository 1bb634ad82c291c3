import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseMsiexec, splitCommandLine } from './msiexec-arguments.ts'

const code = '{11111111-2222-3333-4444-555555555555}'
const parse = (line: string): ReturnType<typeof parseMsiexec> => parseMsiexec(line.split(' '))

for (const [line, action, target] of [
  ['/i a.msi', 'install', 'a.msi'], ['-I a.msi', 'install', 'a.msi'], ['/package /tmp/a.msi', 'install', '/tmp/a.msi'], ['/ia.msi', 'install', 'a.msi'],
  [`/x ${code}`, 'uninstall', code], [`/X${code}`, 'uninstall', code], ['/uninstall a.msi', 'uninstall', 'a.msi'],
  ['/a a.msi', 'admin', 'a.msi'], ['/j a.msi', 'advertise', 'a.msi'], ['/f a.msi', 'repair', 'a.msi'], [`/fa${code}`, 'repair', code],
  ['/y a.dll', 'register', 'a.dll'], ['/z a.dll', 'unregister', 'a.dll'], ['/?', 'help', ''], ['/help', 'help', ''], ['/h /x a.msi', 'help', ''], ['/p a.msp', 'patch', ''],
] as const) {
  test(`${line} is ${action}`, () => {
    const request = parse(line)
    assert.deepEqual([request.action, request.target], [action, target])
  })
}

test('properties get upper-case names, lose their quotes, and may be empty', () => {
  const { properties } = parseMsiexec(['/i', 'a.msi', 'InstallDir="C:\\My App"', 'A="say ""hi"""', 'B=', '"C=d e"', 'D=C:\\x y'])
  assert.deepEqual([...properties], [['INSTALLDIR', 'C:\\My App'], ['A', 'say "hi"'], ['B', ''], ['C', 'd e'], ['D', 'C:\\x y']])
})

test('options become the properties they stand for', () => {
  assert.deepEqual([...parse('/fvomus a.msi X=1').properties], [['REINSTALL', 'ALL'], ['REINSTALLMODE', 'vomus']])
  assert.deepEqual([...parse('/f a.msi').properties], [['REINSTALL', 'ALL'], ['REINSTALLMODE', 'omus']])
  assert.deepEqual([...parse(`/x ${code} /norestart`).properties], [['REBOOT', 'ReallySuppress'], ['REMOVE', 'ALL']])
  assert.deepEqual([...parse('/p a.msp;b.msp PATCH=c').properties], [['PATCH', 'a.msp;b.msp']])
  assert.deepEqual([...parse('/update a.msp /a a.msi').properties], [['PATCH', 'a.msp']])
  assert.deepEqual([...parse(`/i a.msi /n ${code} /forcerestart`).properties], [['MSIINSTANCEGUID', code], ['REBOOT', 'Force']])
  assert.deepEqual([...parse('/jm a.msi /t :a.mst /c').properties], [['TRANSFORMS', ':a.mst'], ['MSINEWINSTANCE', '1']])
  assert.equal(parse('/ju a.msi /g 1031').advertiseTo, 'user')
  assert.equal(parse('/ju a.msi /g 1031').language, 1031)
})

test('patches are removed with /uninstall and /package together, in either order', () => {
  for (const line of ['/uninstall a.msp;b.msp /package p.msi', '/package p.msi /uninstall a.msp;b.msp']) {
    const { action, target, patches, properties } = parse(line)
    assert.deepEqual([action, target, patches, properties.get('MSIPATCHREMOVE'), properties.get('REMOVE')], ['uninstall', 'p.msi', ['a.msp', 'b.msp'], 'a.msp;b.msp', undefined])
  }
})

test('patches are removed wherever they are without /package', () => {
  const { action, target, patches, properties } = parse('/uninstall a.msp;{11111111-2222-3333-4444-555555555555}')
  assert.deepEqual([action, target, patches, properties.get('MSIPATCHREMOVE'), properties.get('REMOVE')], ['uninstall', '', ['a.msp', code], `a.msp;${code}`, undefined])
})

for (const [option, level, endDialog, hideCancel] of [
  ['/q', 'none', undefined, false], ['/qn', 'none', undefined, false], ['/qn+', 'none', true, false], ['/quiet', 'none', undefined, false],
  ['/qb', 'basic', undefined, false], ['/QB!', 'basic', undefined, true], ['/qb+!', 'basic', true, true], ['/qb-!', 'basic', false, true], ['/qb!-', 'basic', false, true],
  ['/passive', 'basic', false, true], ['/qr', 'reduced', undefined, false], ['/qf', 'full', undefined, false],
] as const) {
  test(`${option} sets the user interface`, () => assert.deepEqual(parse(`/i a.msi ${option}`).ui, { level, endDialog, hideCancel }))
}

test('the log takes letters and a file', () => {
  assert.deepEqual(parse('/i a.msi /l*v a.log').log, { file: 'a.log', letters: 'viwearucmop', append: false, flush: false })
  assert.deepEqual(parse('/i a.msi /L a.log').log, { file: 'a.log', letters: 'iwearmo', append: false, flush: false })
  assert.deepEqual(parse('/i a.msi /lie+! a.log').log, { file: 'a.log', letters: 'ie', append: true, flush: true })
  assert.equal(parse('/i a.msi /log a.log').log?.letters, 'iwearucmop')
})

for (const line of ['', '/qn', '/i', '/i a.msi /x b.dll /a c.msi', '/i a.msi stray', '/i a.msi /qb+-', '/i a.msi /qz', '/i a.msi /l*q x', '/i a.msi /t x.mst', '/i a.msi A="b', '/foobar x', '/f a.msi /p b.msp', '/j a.msi /g german', '/frobnicate', '/a a.msi /n {x}', `/j a.msi /n ${code}`, '/i a.msi /n b', '/i a.msi /m ninechars', '/j a.msi /m a', '/help /i', '/i a.msi /p b.msp', '/j a.msi /c', '/i a.msi /quiet /promptrestart', '/x b.msp /qf!', '/a a.msi /x b.msi', '/p', '/p ;', '/n', '/j']) {
  test(`msiexec ${line} is bad syntax`, () => assert.throws(() => parse(line), { code: 'ERROR_INVALID_COMMAND_LINE', errno: 1639 }))
}

test('a line is split where a program of Windows would split it', () => {
  assert.deepEqual(splitCommandLine('/I {x} A="b c" B="say ""hi"" now"  /qn "'), ['/I', '{x}', 'A="b c"', 'B="say ""hi"" now"', '/qn', '"'])
})

test('any words give a request or 1639', () => {
  const word = fc.oneof(fc.string(), fc.constantFrom('/i', '/x', '/f', '/l*v', '/qn', '/p', '/a', 'A=b', '"', '/qb!', '/t'))
  fc.assert(fc.property(fc.array(word, { maxLength: 6 }), (words) => {
    try {
      parseMsiexec(words)
    } catch (error) {
      assert.equal((error as { errno?: number }).errno, 1639)
    }
  }))
})
