// `msikit cab create`: a cabinet, or a set of cabinets, from files and folders.
import { basename, dirname, extname, join } from 'node:path'
import { leastMaximumBytes, writeCabinet, writeCabinetAsync, type CabinetInput, type CabinetReserve, type LzxWindowBits, type WriteCabinetOptions, type WrittenCabinet } from '../../cabinet/index.ts'
import { DeflateThreads } from '../../node/index.ts'
import { forceOption, requireFree } from '../files/output-file.ts'
import { PendingFile } from '../files/pending-file.ts'
import type { CommandInput, Host } from '../program/command.ts'
import { CommandError, UsageError } from '../program/errors.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted, humanSize } from '../terminal/columns.ts'
import { ProgressLine } from '../terminal/progress-line.ts'
import { cabinetInputs } from './inputs.ts'

type Level = NonNullable<WriteCabinetOptions['level']>

export const create = commandRunner({
  name: 'cab create',
  summary: 'Make a cabinet, or a set of cabinets',
  about: 'A file gets its own name in the cabinet, the files of a folder their paths below it, in the order of names. MSZIP is compressed\n'
    + 'by the zlib of Node.js on all processors; with --reproducible, or when $SOURCE_DATE_EPOCH is set, by msikit itself: then the same\n'
    + 'files give the same bytes everywhere, and no time is later than $SOURCE_DATE_EPOCH.',
  arguments: [{ name: 'PATH', about: 'A file, or a folder for all that is in it', count: 'many' }],
  options: {
    output: { short: 'o', value: 'FILE', about: 'The cabinet; with --max-size the first one, the others count on: FILE2.cab or, after disk1.cab, disk2.cab', required: true },
    compression: { short: 'c', value: 'METHOD', about: 'none, mszip (default), lzx (smallest, slow), or lzx:15 to lzx:21 for its window' },
    level: { value: 'N', about: '1 (fast) to 9 (small); 6 when absent' },
    'max-size': { value: 'SIZE', about: 'Divide into cabinets of at most so many bytes; K, M and G are understood' },
    reserve: { value: 'H[:F[:D]]', about: 'Bytes reserved in the header, in each folder and in each block: room for a signature or others' },
    'set-id': { value: 'N', about: 'What the cabinets of a set have in common: 0 (default) to 65535' },
    reproducible: { about: 'The same bytes on every machine; MSZIP becomes slower' },
    force: forceOption,
  },
  examples: [
    ['msikit cab create -o app.cab app/', 'All files of a folder'],
    ['msikit cab create -o app.cab --compression lzx app/', 'As small as cabinets get'],
    ['msikit cab create -o disk1.cab --max-size 1440K app/', 'disk1.cab, disk2.cab, …'],
  ],
  run: async (input, host) => {
    const options = readOptions(input, host)
    const path = input.value('output')!
    const latest = host.env.SOURCE_DATE_EPOCH
    const files = cabinetInputs(input.positionals, latest === undefined ? undefined : Number(latest) * 1000)
    const outputs = new Outputs(path, input)
    const line = new ProgressLine(host.err)
    try {
      const written = await write(withProgress(files, line), outputs, options, input, host)
      outputs.commit()
      line.clear()
      show(written, files, path, input, host)
    } catch (error) {
      outputs.discard()
      throw error
    } finally {
      line.clear()
    }
    return 0
  },
})

function write(files: readonly CabinetInput[], outputs: Outputs, options: WriteCabinetOptions, input: CommandInput, { env }: Host): readonly WrittenCabinet[] | Promise<readonly WrittenCabinet[]> {
  const maximumBytes = input.value('max-size') === undefined ? undefined : sizeOf(input.value('max-size')!)
  const all = { ...options, ...(maximumBytes === undefined ? {} : { set: { maximumBytes, nameOf: outputs.nameOf, sinkOf: (index: number) => outputs.open(index) } }) }
  const sink = outputs.open(0)
  const { compression } = all
  if (compression !== 'mszip' || input.has('reproducible') || env.SOURCE_DATE_EPOCH !== undefined) return writeCabinet(files, sink, all)
  return writeMszip(files, sink, { ...all, compression })
}

async function writeMszip(files: readonly CabinetInput[], sink: PendingFile, { level, ...options }: Omit<WriteCabinetOptions, 'deflate'> & { readonly compression: 'mszip' }): Promise<readonly WrittenCabinet[]> {
  using threads = new DeflateThreads({ level, bytes: files.reduce((sum, { source }) => sum + source.size, 0) })
  // Of a set, what is compressed beyond the end of a cabinet was in vain.
  return await writeCabinetAsync(files, sink, { ...options, deflate: threads.deflate, ...(options.set === undefined ? { blocksInWork: threads.blocksInWork } : {}) })
}

/** The files of the set, which appear together. */
class Outputs {
  readonly #path: string
  readonly #input: CommandInput
  readonly #files: PendingFile[] = []

  constructor(path: string, input: CommandInput) {
    this.#path = path
    this.#input = input
  }

  readonly nameOf = (index: number): string => {
    const extension = extname(this.#path)
    const stem = basename(this.#path, extension)
    if (index === 0) return stem + extension
    const digits = /\d*$/.exec(stem)![0]
    const number = digits === '' ? index + 1 : Number(digits) + index
    return stem.slice(0, stem.length - digits.length) + String(number).padStart(digits.length, '0') + extension
  }

  open(index: number): PendingFile {
    const path = join(dirname(this.#path), this.nameOf(index))
    requireFree(path, this.#input)
    const file = new PendingFile(path)
    this.#files.push(file)
    return file
  }

  commit(): void {
    for (const file of this.#files) file.commit()
  }

  discard(): void {
    for (const file of this.#files) file.discard()
  }
}

function withProgress(files: readonly CabinetInput[], line: ProgressLine): CabinetInput[] {
  const total = files.reduce((sum, { source }) => sum + source.size, 0)
  let done = 0
  return files.map((file) => ({ ...file, source: { size: file.source.size, read: (offset, length) => {
    done += length
    line.draw(done / total, file.name)
    return file.source.read(offset, length)
  } } }))
}

function show(written: readonly WrittenCabinet[], files: readonly CabinetInput[], path: string, input: CommandInput, { out }: Host): void {
  const cabinets = written.map(({ name, sizeBytes, files: names }) => ({ path: name === '' ? path : join(dirname(path), name), sizeBytes, files: names.length }))
  if (input.json) {
    out.json(cabinets)
    return
  }
  const plain = files.reduce((sum, { source }) => sum + source.size, 0)
  const packed = cabinets.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  if (cabinets.length > 1) for (const one of cabinets) out.line(`${one.path}: ${counted(one.files, 'file')}, ${humanSize(one.sizeBytes)}`)
  out.line(`${counted(files.length, 'file')}, ${humanSize(plain)}, in ${cabinets.length > 1 ? counted(cabinets.length, 'cabinet') : path}, ${humanSize(packed)}`)
}

function readOptions(input: CommandInput, { env }: Host): WriteCabinetOptions {
  const [, method = 'mszip', window] = /^(none|mszip|lzx)(?::(1[5-9]|2[01]))?$/.exec(input.value('compression') ?? 'mszip') ?? [undefined, '']
  if (method === '' || (window !== undefined && method !== 'lzx')) {
    throw new UsageError(`option --compression: expected none, mszip, lzx, or lzx:15 to lzx:21, found "${input.value('compression')}"`)
  }
  if (env.SOURCE_DATE_EPOCH !== undefined && !/^\d{1,12}$/.test(env.SOURCE_DATE_EPOCH)) {
    throw new CommandError('ERROR_INVALID_PARAMETER', `$SOURCE_DATE_EPOCH: expected seconds since 1970, found "${env.SOURCE_DATE_EPOCH}"`)
  }
  const level = numberOf(input, 'level', 1, 9)
  const setId = numberOf(input, 'set-id', 0, 0xffff)
  const reserve = input.value('reserve')
  return {
    compression: method as WriteCabinetOptions['compression'],
    ...(window === undefined ? {} : { windowBits: Number(window) as LzxWindowBits }),
    ...(level === undefined ? {} : { level: level as Level }), ...(setId === undefined ? {} : { setId }),
    ...(reserve === undefined ? {} : { reserve: reserveOf(reserve) }),
  }
}

function numberOf(input: CommandInput, option: string, least: number, most: number): number | undefined {
  const text = input.value(option)
  if (text === undefined) return undefined
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1
  if (value < least || value > most) throw new UsageError(`option --${option}: expected ${least} to ${most}, found "${text}"`)
  return value
}

function reserveOf(text: string): CabinetReserve {
  const match = /^(\d{1,5})(?::(\d{1,3}))?(?::(\d{1,3}))?$/.exec(text)
  if (match === null || Number(match[1]) > 60_000 || Number(match[2] ?? 0) > 255 || Number(match[3] ?? 0) > 255) {
    throw new UsageError(`option --reserve: expected at most 60000:255:255 bytes, found "${text}"`)
  }
  return { header: new Uint8Array(Number(match[1])), folderBytes: Number(match[2] ?? 0), dataBytes: Number(match[3] ?? 0) }
}

function sizeOf(text: string): number {
  const match = /^(\d{1,10})([KMG]?)i?B?$/i.exec(text)
  const bytes = match === null ? 0 : Number(match[1]) * { '': 1, K: 1 << 10, M: 1 << 20, G: 1 << 30 }[match[2]!.toUpperCase() as '' | 'K' | 'M' | 'G']
  if (bytes >= leastMaximumBytes && bytes <= 0x7fffffff) return bytes
  throw new UsageError(`option --max-size: expected ${leastMaximumBytes} to ${0x7fffffff} bytes, found "${text}"`)
}
