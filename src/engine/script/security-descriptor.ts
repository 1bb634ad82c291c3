// Security descriptors: the string form of SDDL as self-relative bytes.
// https://learn.microsoft.com/windows/win32/secauthz/security-descriptor-definition-language, …/secauthz/ace-strings
// Allow, deny and audit entries with rights and security identifiers; entries for properties of objects and conditional ones, which
// files, keys and services do not have, are refused.
import { concatBytes } from '../../base/index.ts'

export class SddlError extends Error {
  override readonly name = 'SddlError'
}

/** Two letters for identifiers of every machine; those of domains are not among them. */
const aliases: Readonly<Record<string, string>> = {
  WD: 'S-1-1-0', CO: 'S-1-3-0', CG: 'S-1-3-1', OW: 'S-1-3-4', NU: 'S-1-5-2', IU: 'S-1-5-4', SU: 'S-1-5-6', AN: 'S-1-5-7', PS: 'S-1-5-10', AU: 'S-1-5-11',
  RC: 'S-1-5-12', SY: 'S-1-5-18', LS: 'S-1-5-19', NS: 'S-1-5-20', WR: 'S-1-5-33', BA: 'S-1-5-32-544', BU: 'S-1-5-32-545', BG: 'S-1-5-32-546', PU: 'S-1-5-32-547',
  AO: 'S-1-5-32-548', SO: 'S-1-5-32-549', PO: 'S-1-5-32-550', BO: 'S-1-5-32-551', RE: 'S-1-5-32-552', RU: 'S-1-5-32-554', RD: 'S-1-5-32-555', NO: 'S-1-5-32-556',
  MU: 'S-1-5-32-558', LU: 'S-1-5-32-559', IS: 'S-1-5-32-568', CY: 'S-1-5-32-569', ER: 'S-1-5-32-573', CD: 'S-1-5-32-574', RA: 'S-1-5-32-575', ES: 'S-1-5-32-576',
  HA: 'S-1-5-32-578', AA: 'S-1-5-32-579', ED: 'S-1-5-9', UD: 'S-1-5-84-0-0-0-0-0', SS: 'S-1-18-2', MP: 'S-1-16-8448', AC: 'S-1-15-2-1', LW: 'S-1-16-4096', ME: 'S-1-16-8192', HI: 'S-1-16-12288', SI: 'S-1-16-16384',
}

const rights: Readonly<Record<string, number>> = {
  GA: 0x1000_0000, GX: 0x2000_0000, GW: 0x4000_0000, GR: 0x8000_0000, RC: 0x2_0000, SD: 0x1_0000, WD: 0x4_0000, WO: 0x8_0000,
  FA: 0x1f_01ff, FR: 0x12_0089, FW: 0x12_0116, FX: 0x12_00a0, KA: 0xf_003f, KR: 0x2_0019, KW: 0x2_0006, KX: 0x2_0019,
  CC: 1, DC: 2, LC: 4, SW: 8, RP: 0x10, WP: 0x20, DT: 0x40, LO: 0x80, CR: 0x100,
}

const entryTypes: Readonly<Record<string, number>> = { A: 0, D: 1, AU: 2, ML: 0x11 }
const entryFlags: Readonly<Record<string, number>> = { OI: 1, CI: 2, NP: 4, IO: 8, ID: 0x10, SA: 0x40, FA: 0x80 }
const control = { daclPresent: 4, saclPresent: 0x10, selfRelative: 0x8000 } as const
/** Of an access control list: its bit for the discretionary list; that for the system list is the next one. */
const listFlags: Readonly<Record<string, number>> = { P: 0x1000, AR: 0x100, AI: 0x400 }

/**
 * @param defaults Where the text names none.
 * @param text Accounts between angle brackets have been replaced already.
 * @throws SddlError
 */
export function securityDescriptor(text: string, defaults: { readonly owner: string; readonly group: string }): Uint8Array {
  const parts = new Map<string, string>()
  // A colon ends the letter of a part; inside entries there are none.
  for (const [whole, letter, body] of text.trim().matchAll(/([OGDS]):((?:\([^()]*\)|(?![OGDS]:)[^()])*)/g)) {
    if (whole === '' || parts.has(letter!)) throw new SddlError(`expected each of O, G, D and S once, found ${text}`)
    parts.set(letter!, body!.trim())
  }
  if ([...parts].map(([letter, body]) => `${letter}:${body}`).join('').replaceAll(/\s/g, '') !== text.replaceAll(/\s/g, '')) throw new SddlError(`expected O:, G:, D: and S: parts, found ${text}`)
  const [dacl, sacl] = [parts.get('D'), parts.get('S')].map((body, at) => body === undefined ? undefined : accessList(body, at === 1))
  const [owner, group] = [parts.get('O') ?? defaults.owner, parts.get('G') ?? defaults.group].map(sidBytes)
  const header = new Uint8Array(20)
  const view = new DataView(header.buffer)
  header[0] = 1
  view.setUint16(2, control.selfRelative | (dacl === undefined ? 0 : control.daclPresent | dacl.flags) | (sacl === undefined ? 0 : control.saclPresent | sacl.flags), true)
  let offset = header.length
  const place = (at: number, bytes: Uint8Array | undefined): Uint8Array[] => {
    if (bytes === undefined) return []
    view.setUint32(at, offset, true)
    offset += bytes.length
    return [bytes]
  }
  return concatBytes([header, ...place(4, owner), ...place(8, group), ...place(12, sacl?.bytes), ...place(16, dacl?.bytes)])
}

function accessList(text: string, system: boolean): { flags: number; bytes: Uint8Array } {
  const match = /^((?:P|AR|AI)*)((?:\([^()]*\))*)$/.exec(text)
  if (match === null) throw new SddlError(`expected flags and entries between parentheses, found ${text}`)
  let flags = 0
  for (const [flag] of match[1]!.matchAll(/AR|AI|P/g)) flags |= listFlags[flag]! << (system ? 1 : 0)
  const entries = [...match[2]!.matchAll(/\(([^()]*)\)/g)].map(([, entry]) => accessEntry(entry!))
  const body = concatBytes([new Uint8Array(8), ...entries])
  const view = new DataView(body.buffer)
  body[0] = 2
  view.setUint16(2, body.length, true)
  view.setUint16(4, entries.length, true)
  return { flags, bytes: body }
}

/** `type;flags;rights;object;inherited object;account`. */
function accessEntry(text: string): Uint8Array {
  const [type = '', flags = '', access = '', object = '', inherited = '', account = '', ...more] = text.split(';').map((part) => part.trim())
  const number = entryTypes[type]
  if (number === undefined || object !== '' || inherited !== '' || more.length > 0) throw new SddlError(`expected an entry that allows, denies or audits, found (${text})`)
  const sid = sidBytes(account)
  const entry = new Uint8Array(8 + sid.length)
  const view = new DataView(entry.buffer)
  entry[0] = number
  entry[1] = sumOf(flags, entryFlags, text)
  view.setUint16(2, entry.length, true)
  view.setUint32(4, /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(access) ? Number(access) >>> 0 : sumOf(access, rights, text), true)
  entry.set(sid, 8)
  return entry
}

function sumOf(letters: string, known: Readonly<Record<string, number>>, entry: string): number {
  let sum = 0
  for (let at = 0; at < letters.length; at += 2) {
    const bits = known[letters.slice(at, at + 2).toUpperCase()]
    if (bits === undefined) throw new SddlError(`expected pairs of letters that are known, found ${letters} in (${entry})`)
    sum |= bits
  }
  return sum >>> 0
}

/** The binary form of `S-1-…` or of two letters. @throws SddlError */
export function sidBytes(account: string): Uint8Array {
  const sid = aliases[account.toUpperCase()] ?? account.toUpperCase()
  const match = /^S-1-(\d{1,15})((?:-\d{1,10}){1,15})$/.exec(sid)
  const parts = match?.[2]!.slice(1).split('-').map(Number)
  if (match === null || parts === undefined || parts.some((part) => part > 0xffff_ffff)) throw new SddlError(`expected a security identifier, found ${account}`)
  const bytes = new Uint8Array(8 + parts.length * 4)
  const view = new DataView(bytes.buffer)
  bytes[0] = 1
  bytes[1] = parts.length
  view.setUint16(2, Math.floor(Number(match[1]) / 2 ** 32))
  view.setUint32(4, Number(match[1]) % 2 ** 32)
  for (const [index, part] of parts.entries()) view.setUint32(8 + index * 4, part, true)
  return bytes
}
