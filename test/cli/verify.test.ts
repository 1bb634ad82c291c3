// `msikit verify` on packages that other tools signed: real ones, and our own by osslsigncode, whose verdict must agree.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { bytesSource } from 'msikit/base'
import { openDatabase } from 'msikit/database'
import { aCabinet, aDatabase } from '../../dist/testing/index.js'
import { sharedPath, skipWithout } from '../shared.js'
import { msikit, Work } from './in-process.js'

interface Report {
  readonly status: string
  readonly digest: { readonly algorithm: string; readonly computed: string }
  readonly timeStamp: { readonly kind: string; readonly problems: readonly string[] } | null
  readonly nested: readonly Report[]
  readonly covered: { readonly metadata: boolean }
  readonly signer: { readonly subject: string; readonly chainComplete: boolean }
  readonly program: { readonly name: string; readonly url: string }
  readonly cabinets: readonly { readonly cabinet: string; readonly status: string; readonly problems: readonly string[] }[]
}

const work = new Work()
const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined
const skip = has('osslsigncode') && has('openssl') ? false : 'needs osslsigncode and openssl'

async function verify(...words: readonly string[]): Promise<{ status: number; report: Report }> {
  const { status, stdout, stderr } = await msikit('verify', ...words, '--json')
  assert.equal(stderr, '')
  return { status, report: (JSON.parse(stdout) as Report[])[0]! }
}

function run(program: string, ...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, words, { cwd: work.folder, encoding: 'utf8' })
  assert.equal(status, 0, `${program} ${words.join(' ')}: ${stdout}${stderr}`)
  return stdout
}

test('of several files, one that cannot be read does not keep the others from being told', async () => {
  const file = work.save('unsigned.msi', aDatabase({ Property: [['ProductName', 'x']] }))
  for (const command of ['verify', 'info']) {
    const { status, stdout, stderr } = await msikit(command, work.path('missing.msi'), file, '--json')
    assert.equal(status, 1619 % 256)
    assert.match(stderr, /missing\.msi: .*no such file.*\n.*Check the name/)
    assert.equal((JSON.parse(stdout) as { file: string }[])[0]!.file, file)
  }
  const log = await msikit('log', work.path('missing.log'), work.write('short.log', 'MSI (c) (10:14) [10:00:00:100]: MainEngineThread is returning 1618\n'))
  assert.equal(log.status, 110)
  assert.match(log.stdout, /1618 \(ERROR_INSTALL_ALREADY_RUNNING\)\nwhat to do: Another installation runs/)
})

for (const [file, nested] of [['putty-0.68-installer.msi', 1], ['vcredist.msi', 0], ['SQL2008_AS.msp', 0]] as const) {
  test(`the signature of ${file} is intact, and no longer when a byte of it changes`, { skip: skipWithout('corpus', file) }, async () => {
    const path = sharedPath('corpus', file)!
    const { status, report } = await verify(path)
    assert.equal(status, 0)
    assert.equal(report.status, 'intact')
    assert.deepEqual(report.nested.map((one) => one.status), nested === 0 ? [] : ['intact'])
    assert.deepEqual([report.timeStamp?.kind, report.timeStamp?.problems], ['countersignature', []])
    const text = (await msikit('verify', path)).stdout
    assert.match(text, /trust not evaluated/)
    const bytes = readFileSync(path)
    const changed = openDatabase(bytesSource(bytes))
    changed.table('MsiPatchSequence')?.insert(['X', null, '2'])
    changed.table('Property')?.insert(['Changed', '1'])
    const altered = await verify(work.save('altered.msi', changed))
    assert.equal(altered.status, 1)
    assert.equal(altered.report.status, 'altered')
    if (skip === false) assert.ok(spawnSync('osslsigncode', ['verify', '-in', path], { encoding: 'utf8' }).stdout.toLowerCase().includes(report.digest.computed))
  })
}

test('the signature of a cabinet is intact, and no longer when a byte of it changes', { skip: skipWithout('corpus/signed_cab1.cab') }, async () => {
  const path = sharedPath('corpus/signed_cab1.cab')!
  assert.equal((await verify(path)).report.status, 'intact')
  const bytes = readFileSync(path)
  for (const at of [20, 70, 150]) assert.equal((await verify(work.write('altered.cab', bytes.with(at, bytes[at]! ^ 1)))).report.status, 'altered')
})

test('what is not signed, is no package, or names no certificates is told', async () => {
  const file = work.save('plain.msi', aDatabase({ Property: [['A', 'b']] }))
  const { status, stdout } = await msikit('verify', file)
  assert.equal(status, 1)
  assert.match(stdout, /none: the file is not signed/)
  assert.equal((await msikit('verify', work.write('text', 'no package at all'))).status, 1620 % 256)
  assert.match((await msikit('verify', file, '--ca', work.path('none.pem'))).stderr, /--ca .*none\.pem: expected certificates, found: no such file/)
  assert.match((await msikit('verify', file, '--ca', work.write('empty.pem', 'x'))).stderr, /expected certificates in PEM or DER form/)
})

function make(name: string, section: string, ...issuer: readonly string[]): void {
  run('openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '30',
    '-subj', `/C=DE/O=Example, Inc./CN=${name}`, '-config', 'openssl.cnf', '-extensions', section, ...issuer)
}

function makeCertificates(): void {
  const config = '[req]\ndistinguished_name=dn\n[dn]\n[ca]\nbasicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign\n[code]\nextendedKeyUsage=codeSigning\n[time]\nextendedKeyUsage=critical,timeStamping\n'
  work.write('openssl.cnf', config)
  make('authority', 'ca')
  make('signer', 'code', '-CA', 'authority.pem', '-CAkey', 'authority.key')
  make('clock', 'time', '-CA', 'authority.pem', '-CAkey', 'authority.key')
}

test('what osslsigncode signs is verified, and its verdict agrees', { skip }, async (t) => {
  makeCertificates()
  const database = aDatabase({ Property: [['ProductName', 'Example']], Binary: [['big', bytesSource(new Uint8Array(9000).fill(5))]] })
  database.setStorage('inner', aDatabase({ Property: [['Inner', 'yes']] }).toStorage())
  work.save('plain.msi', database)
  const sign = ['sign', '-certs', 'signer.pem', '-key', 'signer.key', '-ac', 'authority.pem', '-n', 'Grüße', '-i', 'https://example.com/']
  run('osslsigncode', ...sign, '-h', 'sha256', '-add-msi-dse', '-TSA-certs', 'clock.pem', '-TSA-key', 'clock.key', '-in', 'plain.msi', '-out', 'signed.msi')

  await t.test('with all that it says', async () => {
    const { report } = await verify(work.path('signed.msi'))
    assert.equal(report.status, 'intact')
    assert.deepEqual(report.program, { name: 'Grüße', url: 'https://example.com/' })
    assert.deepEqual([report.timeStamp?.kind, report.timeStamp?.problems], ['RFC 3161', []])
    assert.deepEqual([report.covered.metadata, report.signer.chainComplete, report.signer.subject], [true, true, 'CN=signer, O=Example\\, Inc., C=DE'])
  })
  await t.test('with trust in its authority', async () => {
    const { status, report } = await verify(work.path('signed.msi'), '--ca', work.path('authority.pem'))
    assert.deepEqual([status, report.status], [0, 'trusted'])
    assert.deepEqual([(await verify(work.path('signed.msi'), '--ca', work.path('signer.pem'))).status, (await verify(work.path('signed.msi'), '--ca', work.path('clock.pem'))).status], [1, 1])
  })
  await t.test('and both see a change', async () => {
    const changed = openDatabase(bytesSource(work.read('signed.msi')))
    changed.setStream('Binary.big', bytesSource(new Uint8Array(9000).fill(6)))
    work.save('changed.msi', changed)
    assert.equal((await verify(work.path('changed.msi'))).report.status, 'altered')
    assert.equal(spawnSync('osslsigncode', ['verify', '-CAfile', 'authority.pem', '-TSA-CAfile', 'authority.pem', '-in', 'changed.msi'], { cwd: work.folder }).status, 1)
    run('osslsigncode', 'verify', '-CAfile', 'authority.pem', '-TSA-CAfile', 'authority.pem', '-in', 'signed.msi')
  })
  await t.test('for cabinets beside the package too', async () => {
    work.write('plain.cab', aCabinet({ file: new Uint8Array(70_000).fill(1) }))
    run('osslsigncode', ...sign, '-in', 'plain.cab', '-out', 'data.cab')
    run('openssl', 'x509', '-in', 'signer.pem', '-outform', 'DER', '-out', 'signer.der')
    const withCabinet = aDatabase({
      Media: [[1, 1, null, 'data.cab']], MsiDigitalCertificate: [['ours', bytesSource(work.read('signer.der'))]], MsiDigitalSignature: [['Media', '1', 'ours']],
    })
    const file = work.save('outer.msi', withCabinet)
    assert.deepEqual((await verify(file)).report.cabinets.map(({ cabinet, status, problems }) => [cabinet, status, problems]), [['data.cab', 'accepted', []]])
    work.write('data.cab', work.read('plain.cab'))
    assert.equal((await verify(file)).report.cabinets[0]?.status, 'unsigned')
    run('openssl', 'x509', '-in', 'authority.pem', '-outform', 'DER', '-out', 'other.der')
    const table = withCabinet.table('MsiDigitalCertificate')!
    table.update(table.find('ours')!, 'CertData', bytesSource(work.read('other.der')))
    run('osslsigncode', ...sign, '-in', 'plain.cab', '-out', 'data2.cab')
    work.write('data.cab', work.read('data2.cab'))
    assert.match((await verify(work.save('outer.msi', withCabinet))).report.cabinets[0]!.problems[0]!, /the signer is not the certificate ours/)
  })
})
