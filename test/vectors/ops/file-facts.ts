// What the installer says of files: hash and version. And files that have a version.
import { fileHash, readFileVersion } from 'msikit/engine'
import { parseFileVersion } from 'msikit/base'
import { writeFile } from 'msikit/platform'
import { fileNotFound, invalidParameter, success } from '../api/return-code.ts'
import { textOut } from '../api/text-buffer.ts'
import { versionedImage } from '../api/version-resource.ts'
import type { Found, Operation, Step, World } from '../world.ts'

const pathNotFound = 3
const fileInvalid = 1006
/** Bytes of MSIFILEHASHINFO. */
const hashInfoBytes = 20

export const fileFactOperations: Readonly<Record<string, Operation>> = {
  MsiGetFileHash: (step, world) => {
    const { path, options, structSize, omit = [] } = step
    if (path === null || options !== 0 || omit.includes('hash') || structSize !== hashInfoBytes) return { rc: invalidParameter }
    if (path === '') return { rc: pathNotFound }
    const full = world.path(path)
    if (world.files.stat(full)?.kind !== 'file') return { rc: fileNotFound }
    const view = new DataView(fileHash(world.platform, full).buffer)
    return { rc: success, hash: [0, 4, 8, 12].map((offset) => view.getUint32(offset, true)) }
  },
  MsiGetFileVersion: version,
  writeVersionedFile: ({ path, version: text }, world) => {
    writeFile(world.files, world.path(path), versionedImage(parseFileVersion(String(text)) ?? []))
    return {}
  },
}

function version(step: Step, world: World): Found {
  const { path, omit = [] } = step
  const has = (pointer: string): boolean => !omit.includes(pointer)
  if (path === null || (has('value') && !has('size')) || (has('language') && !has('languageSize'))) return { rc: invalidParameter }
  const full = path === '' ? '' : world.path(path)
  if (full === '' || world.files.stat(full)?.kind !== 'file') return { rc: fileNotFound }
  using file = world.files.open(full)
  const info = readFileVersion(file)
  if (info === undefined) return { rc: fileInvalid }
  const out = (pointer: string, size: string, text: string): ReturnType<typeof textOut> | undefined => has(size)
    ? textOut(text, { ...step, bufferChars: size === 'size' ? step['bufferChars'] : step['languageSize'], omit: has(pointer) ? [] : ['value'] }, world) : undefined
  const shown = out('value', 'size', info.version.join('.'))
  const languages = out('language', 'languageSize', info.languages.join(','))
  return { rc: shown?.rc || languages?.rc || success, value: shown?.value, size: shown?.size, language: languages?.value, languageSize: languages?.size }
}
