// What `msikit verify` tells about a signature.
import type { AuthenticodeReport, ExternalCabinet, PackageCoverage, SignatureStatus, SignerFacts } from '../../signature/index.ts'
import { counted, escapeControls, humanSize } from '../terminal/columns.ts'
import type { Output, Style } from '../terminal/output.ts'

export interface VerifiedFile {
  readonly file: string
  readonly status: SignatureStatus | 'unsigned'
  readonly report: AuthenticodeReport | undefined
  readonly nested: readonly AuthenticodeReport[]
  /** Of a package. */
  readonly covered: PackageCoverage | undefined
  readonly cabinets: readonly ExternalCabinet[]
}

/** Without the bytes of certificates. */
export function plainReport({ file, status, report, covered, cabinets }: VerifiedFile): object {
  return {
    file, status, ...(report === undefined ? {} : plain(report)), ...(covered === undefined ? {} : { covered }),
    cabinets: cabinets.map((one) => ({ ...one, signature: one.signature === null ? null : plain(one.signature) })),
  }
}

function plain({ signerCertificate: _bytes, nested, ...report }: AuthenticodeReport): object {
  return { ...report, nested: nested.map(plain) }
}

const meanings: Readonly<Record<VerifiedFile['status'], readonly [Style, string]>> = {
  unsigned: ['yellow', 'none: the file is not signed'],
  altered: ['red', 'broken: the file is not what was signed'],
  invalid: ['red', 'not valid'],
  intact: ['green', 'intact; trust not evaluated (name trusted certificates with --ca FILE)'],
  trusted: ['green', 'intact, by a trusted signer'],
  untrusted: ['red', 'intact, but the signer is not trusted'],
}

export function printReport(verified: VerifiedFile, out: Output, apart: boolean): void {
  if (apart) out.line()
  out.line(verified.file)
  out.line(row('Signature', ...shown(verified.status, out)))
  if (verified.report !== undefined) printSignature(verified.report, out)
  if (verified.covered !== undefined) out.line(row('Covered', coverageText(verified.covered)))
  const behind = verified.covered?.bytesBehind ?? 0
  if (behind > 0) out.line(row('Not covered', `${counted(behind, 'byte')} behind the end of the package: anybody can have put them there, and no signature of a package can tell`, red(out)))
  for (const [index, nested] of verified.nested.entries()) {
    out.line(row(`Signature ${index + 2}`, ...shown(nested.status, out)))
    printSignature(nested, out)
  }
  for (const { cabinet, status, problems, signature } of verified.cabinets) {
    out.line(row('Cabinet', `${cabinet}: ${status}${problems.length > 0 ? `: ${problems.join('; ')}` : `, signed by ${signature?.signer?.subject ?? ''}`}`))
  }
}

function printSignature(report: AuthenticodeReport, out: Output): void {
  const { digest, signer, program, signingTime, timeStamp, problems, notes } = report
  for (const problem of problems) out.line(row('Problem', problem, red(out)))
  if (signer !== null) printSigner(signer, out)
  if (program.name !== '' || program.url !== '') out.line(row('Program', [program.name, program.url].filter(Boolean).join(', ')))
  if (signingTime !== '') out.line(row('Signed', `${signingTime}, as the signer says`))
  if (timeStamp !== null) {
    out.line(row('Time stamp', `${timeStamp.time || 'no time'}, ${timeStamp.kind}, by ${timeStamp.signer?.subject ?? 'nobody'}`))
    for (const problem of timeStamp.problems) out.line(row('', problem, red(out)))
  }
  out.line(row('Digest', digest.matches ? `${digest.algorithm} ${digest.signed}` : `${digest.algorithm}: signed ${digest.signed}, computed ${digest.computed}`))
  if (report.revocation !== null) out.line(row('Revocation', revocationText(report.revocation)))
  for (const note of notes) out.line(row('Note', note))
}

function printSigner(signer: SignerFacts, out: Output): void {
  out.line(row('Signer', signer.subject))
  out.line(row('', `certificate ${signer.thumbprint}, valid ${signer.notBefore.slice(0, 10)} to ${signer.notAfter.slice(0, 10)}`))
  for (const issuer of signer.issuers) out.line(row('issued by', issuer.subject))
  const last = signer.issuers.at(-1) ?? signer
  if (!signer.chainComplete) out.line(row('issued by', `${last.issuer}, whose certificate is not in the file`))
}

/** Nothing is asked over a network, which is said each time. */
function revocationText({ checked, certificates }: NonNullable<AuthenticodeReport['revocation']>): string {
  const name = counted(certificates, 'certificate')
  if (checked === 0) return `not checked: no list came with the signature, none was named (--crl FILE), and nothing is asked over the network`
  return checked === certificates ? `${name} looked up in revocation lists, nothing over the network` : `${checked} of ${name} looked up in revocation lists; there is no list for the others, and nothing is asked over the network`
}

function coverageText({ streams, storages, bytes, metadata }: PackageCoverage): string {
  const what = [counted(streams, 'stream'), ...(storages > 0 ? [counted(storages, 'storage')] : []), humanSize(bytes)].join(', ')
  return `${what}; ${metadata ? 'their names, times and sizes too' : 'not their names (there is no MsiDigitalSignatureEx)'}; nothing outside of streams`
}

type Paint = (text: string) => string

const red = (out: Output): Paint => (text) => out.style('red', text)

function shown(status: VerifiedFile['status'], out: Output): [text: string, paint: Paint] {
  const [style, text] = meanings[status]
  return [text, (plainText) => out.style(style, plainText)]
}

/** What comes from the file may be meant for the terminal. */
function row(name: string, text: string, paint: Paint = (plainText) => plainText): string {
  return `  ${name.padEnd(12)}  ${paint(escapeControls(text))}`
}
