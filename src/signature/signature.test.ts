import { strict as assert } from 'node:assert'
import type { webcrypto } from 'node:crypto'
import { test } from 'node:test'
import * as asn1 from 'asn1js'
import * as pki from 'pkijs'
import { bytesSource, concatBytes } from '../base/index.ts'
import { openCompoundFile, writeCompoundFile, type StorageContent, type StorageContentEntry } from '../compound-file/index.ts'
import { aDatabase, bytesOf } from '../testing/index.ts'
import { digestOf, webName, type DigestName } from './digest.ts'
import { readRevocationLists, verifyPackageSignature, type VerifyOptions } from './index.ts'
import { digestContent, digestMetadata, metadataStream, signatureStream } from './storage-digest.ts'

const day = 86_400_000
const now = new Date('2026-05-01T00:00:00Z')
const engine = new pki.CryptoEngine({ crypto: globalThis.crypto as never })
const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' }
const pss = { ...rsa, name: 'RSA-PSS' }
const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' }

interface Identity {
  readonly keys: webcrypto.CryptoKeyPair
  readonly certificate: pki.Certificate
}

const nameOf = (text: string): pki.AttributeTypeAndValue => new pki.AttributeTypeAndValue({ type: '2.5.4.3', value: new asn1.Utf8String({ value: text }) })
const extension = (extnID: string, critical: boolean, value: { toSchema(): { toBER(): ArrayBuffer } }): pki.Extension =>
  new pki.Extension({ extnID, critical, extnValue: value.toSchema().toBER() })

/** By default of the kind whose keys are made in no time. */
async function anIdentity(name: string, { issuer, algorithm = ecdsa as object, purpose = '1.3.6.1.5.5.7.3.3', hash = 'SHA-256', until = 365 }: {
  issuer?: Identity; algorithm?: object; purpose?: string; hash?: string; until?: number
} = {}): Promise<Identity> {
  const keys = await globalThis.crypto.subtle.generateKey(algorithm as never, true, ['sign', 'verify']) as unknown as webcrypto.CryptoKeyPair
  const certificate = new pki.Certificate({ version: 2, serialNumber: new asn1.Integer({ value: 77 + name.length }) })
  certificate.subject.typesAndValues.push(nameOf(name))
  certificate.issuer.typesAndValues.push(...issuer === undefined ? [nameOf(name)] : issuer.certificate.subject.typesAndValues)
  certificate.notBefore.value = new Date(now.getTime() - 365 * day)
  certificate.notAfter.value = new Date(now.getTime() + until * day)
  certificate.extensions = issuer === undefined ? [extension('2.5.29.19', true, new pki.BasicConstraints({ cA: true }))] : [extension('2.5.29.37', false, new pki.ExtKeyUsage({ keyPurposes: [purpose] }))]
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey, engine)
  await certificate.sign((issuer ?? { keys }).keys.privateKey, hash, engine)
  return { keys, certificate }
}

const attribute = (type: string, value: object): pki.Attribute => new pki.Attribute({ type, values: [value] })

async function signMessage(contentType: string, content: object, octets: Uint8Array, digest: DigestName, signer: Identity, others: readonly pki.Certificate[]): Promise<pki.SignedData> {
  const data = new pki.SignedData({
    version: 1, encapContentInfo: new pki.EncapsulatedContentInfo({ eContentType: contentType, eContent: content as asn1.OctetString }), certificates: [signer.certificate, ...others],
    signerInfos: [new pki.SignerInfo({
      version: 1, sid: new pki.IssuerAndSerialNumber({ issuer: signer.certificate.issuer, serialNumber: signer.certificate.serialNumber }) as never,
      signedAttrs: new pki.SignedAndUnsignedAttributes({ type: 0, attributes: [
        attribute('1.2.840.113549.1.9.3', new asn1.ObjectIdentifier({ value: contentType })),
        attribute('1.2.840.113549.1.9.4', new asn1.OctetString({ valueHex: Uint8Array.from(digestOf(digest, octets)).buffer })),
      ] }),
    })],
  })
  await data.sign(signer.keys.privateKey, 0, webName(digest)!, undefined, engine)
  return data
}

const messageBytes = (data: pki.SignedData): Uint8Array =>
  new Uint8Array(new pki.ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: data.toSchema(true) as never }).toSchema().toBER(false))

const algorithmIds = { md5: '1.2.840.113549.2.5', sha1: '1.3.14.3.2.26', sha256: '2.16.840.1.101.3.4.2.1', sha384: '2.16.840.1.101.3.4.2.2', sha512: '2.16.840.1.101.3.4.2.3' }

interface Signing {
  readonly digest?: DigestName
  readonly metadata?: boolean
  readonly timeStamp?: { readonly signer: Identity; readonly time: Date }
  readonly revocation?: readonly pki.SignedDataCRL[]
}

/** The storage with its signature, as signing tools make it. */
async function signStorage(storage: StorageContent, signer: Identity, others: readonly pki.Certificate[], { digest = 'sha256', metadata = false, timeStamp, revocation }: Signing = {}): Promise<Uint8Array> {
  const { root } = openCompoundFile(bytesSource(save(storage)))
  const chunks: Uint8Array[] = []
  const into = { update: (chunk: Uint8Array) => { chunks.push(Uint8Array.from(chunk)) }, digest: () => new Uint8Array() }
  digestMetadata(root, into)
  const extra = digestOf(digest, concatBytes(chunks.splice(0)))
  if (metadata) into.update(extra)
  digestContent(root, into)
  const value = digestOf(digest, concatBytes(chunks))
  const content = new asn1.Sequence({ value: [
    new asn1.Sequence({ value: [new asn1.ObjectIdentifier({ value: '1.3.6.1.4.1.311.2.1.30' }), new asn1.Null()] }),
    new asn1.Sequence({ value: [
      new asn1.Sequence({ value: [new asn1.ObjectIdentifier({ value: algorithmIds[digest] }), new asn1.Null()] }), new asn1.OctetString({ valueHex: Uint8Array.from(value).buffer }),
    ] }),
  ] })
  const encoded = new Uint8Array(content.toBER(false))
  const data = await signMessage('1.3.6.1.4.1.311.2.1.4', content, encoded.subarray(encoded[1]! < 0x80 ? 2 : 2 + (encoded[1]! & 0x7f)), digest, signer, others)
  if (timeStamp !== undefined) await stamp(data, timeStamp.signer, timeStamp.time)
  if (revocation !== undefined) data.crls = [...revocation]
  const signature = { kind: 'stream' as const, name: signatureStream, source: bytesSource(messageBytes(data)) }
  return save({ ...storage, entries: [...storage.entries, signature, ...metadata ? [{ kind: 'stream' as const, name: metadataStream, source: bytesSource(extra) }] : []] })
}

async function stamp(data: pki.SignedData, signer: Identity, time: Date): Promise<void> {
  const info = new pki.TSTInfo({
    version: 1, policy: '1.2.3', genTime: time, serialNumber: new asn1.Integer({ value: 1 }),
    messageImprint: new pki.MessageImprint({ hashAlgorithm: new pki.AlgorithmIdentifier({ algorithmId: algorithmIds.sha256 }),
      hashedMessage: new asn1.OctetString({ valueHex: Uint8Array.from(digestOf('sha256', data.signerInfos[0]!.signature.valueBlock.valueHexView)).buffer }) }),
  })
  const octets = new Uint8Array(info.toSchema().toBER(false))
  const token = await signMessage('1.2.840.113549.1.9.16.1.4', new asn1.OctetString({ valueHex: octets.buffer }), octets, 'sha256', signer, [])
  const content = new pki.ContentInfo({ contentType: '1.2.840.113549.1.7.2', content: token.toSchema(true) as never })
  data.signerInfos[0]!.unsignedAttrs = new pki.SignedAndUnsignedAttributes({ type: 1, attributes: [attribute('1.3.6.1.4.1.311.3.3.1', content.toSchema())] })
}

const save = (storage: StorageContent): Uint8Array => bytesOf((sink) => { writeCompoundFile(storage, sink) })

function aStorage(): StorageContent {
  const database = aDatabase({ Property: [['ProductName', 'Example'], ['ProductVersion', '1.0']], Binary: [['one', bytesSource(new Uint8Array(5000).fill(3))], ['two', bytesSource(Uint8Array.of(1))]] })
  database.setStorage('inner', aDatabase({ Property: [['Inner', 'yes']] }).toStorage())
  return database.toStorage()
}

const verify = (bytes: Uint8Array, options: Partial<VerifyOptions> = {}) => verifyPackageSignature(bytesSource(bytes), { now, ...options })

const authority = await anIdentity('Authority', { algorithm: rsa })
const signer = await anIdentity('Example Corporation', { issuer: authority, algorithm: rsa })

test('a package without signature has none', async () => {
  assert.equal(await verify(save(aStorage())), undefined)
})

for (const [name, algorithm, digest] of [['RSA', rsa, 'sha256'], ['RSA with SHA-384', { ...rsa, hash: 'SHA-384' }, 'sha384'], ['RSA with SHA-1', { ...rsa, hash: 'SHA-1' }, 'sha1'], ['RSA-PSS', pss, 'sha256'], ['ECDSA', ecdsa, 'sha256']] as const) {
  test(`a signature with ${name} is verified`, async () => {
    const own = await anIdentity('Example', { issuer: authority, algorithm })
    const report = await verify(await signStorage(aStorage(), own, [authority.certificate], { digest }))
    assert.deepEqual(report?.problems, [])
    assert.equal(report?.status, 'intact')
    assert.equal(report?.signer?.subject, 'CN=Example')
    assert.deepEqual(report?.signer?.issuers.map(({ subject }) => subject), ['CN=Authority'])
    assert.equal(report?.signer?.chainComplete, true)
    assert.equal(report?.notes.length, digest === 'sha1' ? 1 : 0)
  })
}

/** Every way to change one stream: its first, middle and last byte, one more, one less. */
function* changedOnce(storage: StorageContent, path = ''): Generator<[what: string, changed: StorageContent]> {
  for (const [at, entry] of storage.entries.entries()) {
    const replaced = (entryNow: StorageContentEntry | undefined): StorageContent =>
      ({ ...storage, entries: [...storage.entries.slice(0, at), ...entryNow === undefined ? [] : [entryNow], ...storage.entries.slice(at + 1)] })
    const name = `${path}${JSON.stringify(entry.name)}`
    yield [`${name} missing`, replaced(undefined)]
    if (entry.kind === 'storage') {
      for (const [what, content] of changedOnce(entry.content, `${name}/`)) yield [what, replaced({ ...entry, content })]
      continue
    }
    const bytes = entry.source.read(0, entry.source.size)
    for (const place of new Set([0, bytes.length >> 1, bytes.length - 1])) {
      if (bytes.length > 0) yield [`${name} byte ${place}`, replaced({ ...entry, source: bytesSource(bytes.with(place, bytes[place]! ^ 1)) })]
    }
    yield [`${name} longer`, replaced({ ...entry, source: bytesSource(concatBytes([bytes, Uint8Array.of(1)])) })]
  }
}

const plain = (storage: ReturnType<typeof openCompoundFile>['root']): StorageContent => ({
  classId: storage.classId, entries: storage.entries.map((entry) => entry.kind === 'storage' ? { kind: 'storage', name: entry.name, content: plain(entry) } : { kind: 'stream', name: entry.name, source: entry.source }),
})

function contentOf(bytes: Uint8Array): StorageContent {
  return plain(openCompoundFile(bytesSource(bytes)).root)
}

test('one byte changed in any stream is found out', async () => {
  const signed = contentOf(await signStorage(aStorage(), signer, [authority.certificate]))
  const own = new Set([signatureStream, metadataStream])
  let count = 0
  for (const [what, changed] of changedOnce({ ...signed, entries: signed.entries.filter(({ name }) => !own.has(name)) })) {
    const report = await verify(save({ ...changed, entries: [...changed.entries, ...signed.entries.filter(({ name }) => own.has(name))] }))
    assert.equal(report?.status, 'altered', what)
    count++
  }
  assert.ok(count > 40)
})

test('a changed class identifier is found out', async () => {
  const signed = contentOf(await signStorage(aStorage(), signer, []))
  assert.equal((await verify(save({ ...signed, classId: '{000C1086-0000-0000-C000-000000000046}' })))?.status, 'altered')
})

const renamed = async (metadata: boolean): Promise<string | undefined> => {
  const signed = contentOf(await signStorage(aStorage(), signer, [], { metadata }))
  assert.equal((await verify(save(signed)))?.status, 'intact')
  return (await verify(save({ ...signed, entries: signed.entries.map((entry) => entry.name === 'inner' ? { ...entry, name: 'innes' } : entry) })))?.status
}

test('names are covered by MsiDigitalSignatureEx alone', async () => {
  assert.equal(await renamed(false), 'intact')
  assert.equal(await renamed(true), 'altered')
})

test('a signature of somebody else, or one that was changed, is not valid', async () => {
  const signed = await signStorage(aStorage(), signer, [])
  const content = contentOf(signed)
  const stream = content.entries.find(({ name }) => name === signatureStream)!
  assert.ok(stream.kind === 'stream')
  const bytes = stream.source.read(0, stream.source.size)
  const statuses = new Set<string>()
  for (let at = 0; at < bytes.length; at += 11) {
    const changed = save({ ...content, entries: content.entries.map((entry) => entry === stream ? { ...stream, source: bytesSource(bytes.with(at, bytes[at]! ^ 0x10)) } : entry) })
    try {
      const report = await verify(changed, { anchors: [authority.certificate] })
      statuses.add(report!.status)
    } catch (error) {
      assert.equal((error as { code?: string }).code, 'ERROR_INVALID_DATA', String(error))
    }
  }
  assert.ok(statuses.has('invalid'))
})

const statusOf = async (identity: Identity, anchors: readonly pki.Certificate[], options: Signing = {}, at = now): Promise<string | undefined> =>
  (await verify(await signStorage(aStorage(), identity, [], options), { anchors, now: at }))?.status

test('trust ends in a certificate that is named, at the right time, for the right purpose', async () => {
  assert.equal(await statusOf(signer, [authority.certificate]), 'trusted')
  assert.equal(await statusOf(signer, []), 'untrusted')
  assert.equal(await statusOf(signer, [(await anIdentity('Authority')).certificate]), 'untrusted')
  assert.equal(await statusOf(signer, [authority.certificate], {}, new Date(now.getTime() + 400 * day)), 'untrusted')
  assert.equal(await statusOf(await anIdentity('Server', { issuer: authority, purpose: '1.3.6.1.5.5.7.3.1' }), [authority.certificate]), 'untrusted')
})

test('a trusted time stamp keeps a signature alive after its certificate', async () => {
  const short = await anIdentity('Short', { issuer: authority, until: 10 })
  const clock = await anIdentity('Clock', { issuer: authority, purpose: '1.3.6.1.5.5.7.3.8' })
  const later = new Date(now.getTime() + 100 * day)
  const bytes = await signStorage(aStorage(), short, [], { timeStamp: { signer: clock, time: now } })
  const report = await verify(bytes, { anchors: [authority.certificate], now: later })
  assert.deepEqual(report?.problems, [])
  assert.equal(report?.status, 'trusted')
  assert.deepEqual([report?.timeStamp?.kind, report?.timeStamp?.time, report?.timeStamp?.signer?.subject], ['RFC 3161', now.toISOString(), 'CN=Clock'])
  const without = await verify(await signStorage(aStorage(), short, []), { anchors: [authority.certificate], now: later })
  assert.equal(without?.status, 'untrusted')
  const stranger = await anIdentity('Clock', { issuer: await anIdentity('Other'), purpose: '1.3.6.1.5.5.7.3.8' })
  const forged = await verify(await signStorage(aStorage(), short, [], { timeStamp: { signer: stranger, time: now } }), { anchors: [authority.certificate], now: later })
  assert.equal(forged?.status, 'untrusted')
  assert.match(forged!.problems[0]!, /the time stamp does not count/)
})

test('a time stamp that nobody vouches for is told, and does not make a revocation later than the signature', async () => {
  const stranger = await anIdentity('Clock', { issuer: await anIdentity('Other'), purpose: '1.3.6.1.5.5.7.3.8' })
  const revoked = await aRevocationList(authority, [{ certificate: signer.certificate, since: new Date(now.getTime() - day) }])
  const bytes = await signStorage(aStorage(), signer, [], { timeStamp: { signer: stranger, time: new Date(now.getTime() - 5 * day) } })
  const trust = { anchors: [authority.certificate], now }
  const report = await verify(bytes, trust)
  assert.equal(report?.status, 'trusted')
  assert.match(report!.notes[0]!, /the time stamp does not count/)
  assert.equal((await verify(bytes, { ...trust, revocationLists: [revoked] }))?.status, 'untrusted')
})

async function aRevocationList(issuer: Identity, revoked: readonly { readonly certificate: pki.Certificate; readonly since: Date }[], next = new Date(now.getTime() + 30 * day)): Promise<pki.CertificateRevocationList> {
  const list = new pki.CertificateRevocationList({ version: 1 })
  list.issuer.typesAndValues.push(...issuer.certificate.subject.typesAndValues)
  list.thisUpdate = new pki.Time({ type: 0, value: new Date(now.getTime() - day) })
  list.nextUpdate = new pki.Time({ type: 0, value: next })
  if (revoked.length > 0) list.revokedCertificates = revoked.map(({ certificate, since }) => new pki.RevokedCertificate({ userCertificate: certificate.serialNumber, revocationDate: new pki.Time({ type: 0, value: since }) }))
  await list.sign(issuer.keys.privateKey, 'SHA-256', engine)
  return readRevocationLists(new Uint8Array(list.toSchema(true).toBER(false)))[0]!
}

test('a signer that a list has as revoked is not trusted, unless a time stamp is older', async () => {
  const authority = await anIdentity('Authority')
  const signer = await anIdentity('Signer', { issuer: authority })
  const clock = await anIdentity('Clock', { issuer: authority, purpose: '1.3.6.1.5.5.7.3.8' })
  const bytes = await signStorage(aStorage(), signer, [authority.certificate])
  const revoked = await aRevocationList(authority, [{ certificate: signer.certificate, since: new Date(now.getTime() - 10 * day) }])
  const report = await verify(bytes, { revocationLists: [revoked] })
  assert.deepEqual([report?.status, report?.problems, report?.revocation], ['untrusted', ['the signer\'s certificate was revoked on 2026-04-21'], { checked: 1, certificates: 1 }])
  assert.equal((await verify(bytes, { revocationLists: [revoked], anchors: [authority.certificate] }))?.status, 'untrusted')
  const stamped = await verify(await signStorage(aStorage(), signer, [authority.certificate], { timeStamp: { signer: clock, time: new Date(now.getTime() - 20 * day) } }), { revocationLists: [revoked] })
  assert.deepEqual([stamped?.status, stamped?.notes], ['intact', ['the signer\'s certificate was revoked on 2026-04-21, after the file was signed']])
})

test('a list of somebody else, or one that its issuer did not sign, says nothing', async () => {
  const authority = await anIdentity('Authority')
  const signer = await anIdentity('Signer', { issuer: authority })
  const bytes = await signStorage(aStorage(), signer, [authority.certificate])
  const since = new Date(now.getTime() - 10 * day)
  const forged = await aRevocationList({ ...await anIdentity('Authority') }, [{ certificate: signer.certificate, since }])
  const report = await verify(bytes, { revocationLists: [forged, await aRevocationList(await anIdentity('Other'), [{ certificate: signer.certificate, since }])] })
  assert.deepEqual([report?.status, report?.revocation], ['intact', { checked: 0, certificates: 1 }])
  const old = await verify(bytes, { revocationLists: [await aRevocationList(authority, [], new Date(now.getTime() - day / 2))] })
  assert.deepEqual([old?.status, old?.notes], ['intact', ['the revocation list for the signer\'s certificate is out of date since 2026-04-30']])
})

function otherRevocation(otherRevInfoFormat: string): pki.OtherRevocationInfoFormat {
  return new pki.OtherRevocationInfoFormat({ otherRevInfoFormat, otherRevInfo: new asn1.Sequence({ value: [new asn1.Enumerated({ value: 0 })] }) })
}

test('answers of OCSP and what else came about revocation is told, not read', async () => {
  const signer = await anIdentity('Signer')
  const list = await aRevocationList(signer, [])
  const report = await verify(await signStorage(aStorage(), signer, [], { revocation: [list, otherRevocation('1.3.6.1.5.5.7.16.2'), otherRevocation('1.2.3.4')] }))
  assert.deepEqual([report?.status, report?.notes], ['intact', [
    'an answer of OCSP came with the signature and was not read', 'what came with the signature about revocation was not read: its kind 1.2.3.4 is not known',
  ]])
})

test('bytes behind the end of a package are told', async () => {
  const bytes = await signStorage(aStorage(), await anIdentity('Signer'), [])
  assert.equal((await verify(bytes))?.covered.bytesBehind, 0)
  const longer = await verify(concatBytes([bytes, new Uint8Array(1234).fill(65)]))
  assert.deepEqual([longer?.status, longer?.covered.bytesBehind], ['intact', 1234])
})
