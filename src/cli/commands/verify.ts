// `msikit verify`: who signed a package or cabinet, and whether it is what was signed.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { openDatabase } from '../../database/index.ts'
import { readCertificates, readRevocationLists, verifyCabinetSignature, verifyExternalCabinets, verifyPackageSignature, type CreateDigest, type VerifyOptions } from '../../signature/index.ts'
import { openFile, within } from '../package/open-package.ts'
import { openBeside } from '../package/package-files.ts'
import { plainReport, printReport, type VerifiedFile } from '../package/verify-text.ts'
import { eachFile } from '../program/each-file.ts'
import { CommandError, describeHostError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'

export const run = commandRunner({
  name: 'verify',
  summary: 'Tell who signed a package, and whether it is what was signed',
  about: 'The Authenticode signature of a package, merge module, patch, transform or cabinet is read and its digest computed anew over\n'
    + 'all streams; one changed byte shows. Cabinets beside the package that its tables want signed are verified too. Without --ca\n'
    + 'nobody is trusted: "intact" says that the file is what the holder of that certificate signed, not who he is. With --ca the\n'
    + 'chain must lead to one of those certificates, at the time of a time stamp that does so too, or else now. Revoked\n'
    + 'is what a list says that came with the signature or that --crl names; nothing is asked over the network. Exit status: 0 when all signatures\n'
    + 'are intact (with --ca: trusted), 1 otherwise; of several files, one that cannot be read is told on standard error, and its code is the status.',
  arguments: [{ name: 'FILE', about: 'A package or cabinet', count: 'many' }],
  options: {
    ca: { value: 'FILE', about: 'Certificates to trust, in PEM or DER form', many: true },
    crl: { value: 'FILE', about: 'Lists of revoked certificates, in PEM or DER form', many: true },
  },
  examples: [
    ['msikit verify putty.msi', 'Who signed it, when, and whether it was changed since'],
    ['msikit verify setup.msi --ca /etc/ssl/certs/ca-certificates.crt', 'Whether the system would trust the signer'],
    ['msikit verify *.msi *.cab --json', 'Everything about many files, for programs'],
  ],
  run: async (input, host) => {
    const { out } = host
    const options: VerifyOptions = {
      now: new Date(), createDigest: fastDigest, revocationLists: input.values('crl').flatMap((path) => readNamed('crl', path)),
      ...(input.has('ca') ? { anchors: input.values('ca').flatMap((path) => readNamed('ca', path)) } : {}),
    }
    const { all: files, code } = await eachFile('verify', input.positionals, host, (path) => verifyFile(path, options))
    if (input.json) out.json(files.map(plainReport))
    else for (const [index, file] of files.entries()) printReport(file, out, index > 0)
    const good = options.anchors === undefined ? 'intact' : 'trusted'
    return code || (files.every(({ status, nested, cabinets }) => status === good && nested.every((one) => one.status === good) && cabinets.every((one) => one.status === 'accepted')) ? 0 : 1)
  },
})

/** OpenSSL's are ten times as fast as those in JavaScript. */
const fastDigest: CreateDigest = (name) => {
  const hash = createHash(name)
  return { update: (chunk) => { hash.update(chunk) }, digest: () => hash.digest() }
}

async function verifyFile(path: string, options: VerifyOptions): Promise<VerifiedFile> {
  using opened = openFile(path)
  try {
    const magic = opened.content === opened.source ? opened.source.read(0, 4) : new Uint8Array()
    if (new TextDecoder('latin1').decode(magic) === 'MSCF') {
      const report = await verifyCabinetSignature(opened.source, options)
      return { file: path, status: report?.status ?? 'unsigned', report, nested: report?.nested ?? [], covered: undefined, cabinets: [] }
    }
    const database = openDatabase(opened.source)
    const report = await verifyPackageSignature(opened.source, options)
    const cabinets = await verifyExternalCabinets(database, (cabinet) => openBeside(opened.file, [cabinet]), options)
    return { file: path, status: report?.status ?? 'unsigned', report, nested: report?.nested ?? [], covered: report?.covered, cabinets }
  } catch (error) {
    return within(path, 'ERROR_INSTALL_PACKAGE_INVALID', () => { throw error }, opened.source)
  }
}

const named = {
  ca: { what: 'certificates', read: readCertificates, advice: 'Name a file with certificates in PEM form, such as /etc/ssl/certs/ca-certificates.crt.' },
  crl: { what: 'lists of revoked certificates', read: readRevocationLists, advice: 'Name a file as authorities publish them: their certificates tell its address (CRL Distribution Points).' },
} as const

function readNamed<Option extends keyof typeof named>(option: Option, path: string): ReturnType<typeof named[Option]['read']> {
  const { what, read, advice } = named[option]
  try {
    return read(readFileSync(path)) as ReturnType<typeof named[Option]['read']>
  } catch (error) {
    const system = error as NodeJS.ErrnoException
    if (typeof system.syscall !== 'string') throw new CommandError('ERROR_INVALID_DATA', `--${option} ${path}: ${system.message}`, advice, { cause: error })
    throw new CommandError('ERROR_OPEN_FAILED', `--${option} ${path}: expected ${what}, found: ${describeHostError(system)}`, advice, { cause: error })
  }
}
