// The script that real processes are killed in, and the root it is run in: a few hundred files, some of them replaced,
// and registry values in two hives.
import { writeFile, createDirectories } from 'msikit/platform'
import type { Platform } from 'msikit/platform'
import { createNodePlatform, type NodePlatform } from 'msikit/node'
import type { Operation } from 'msikit/engine'
import { snapshot } from './snapshot.ts'

const none = { readOnly: false, hidden: false, system: false }
const fileCount = 150

export const product = { productCode: '{20000000-0000-0000-0000-000000000000}', productName: 'Real' }

export function openRoot(root: string): NodePlatform {
  return createNodePlatform({ root })
}

/** Whole seconds: some hosts set times to the microsecond and show them to the nanosecond. */
export function setFolderTimes({ files }: Platform): void {
  for (const folder of ['C:\\App\\old', 'C:\\App']) files.setTimes(folder, { modifiedMs: 1.1e12 })
}

/** What is there before. */
export function furnish(platform: Platform): void {
  const { files, registry } = platform
  createDirectories(files, 'C:\\App\\old')
  for (let index = 0; index < fileCount; index += 2) {
    const path = `C:\\App\\old\\File${index}.txt`
    writeFile(files, path, new TextEncoder().encode(`old ${index}`))
    files.setTimes(path, { modifiedMs: 1e12 + index * 1000 })
    if (index % 10 === 0) files.setAttributes(path, { readOnly: true, hidden: false, system: false })
  }
  registry.createKey('HKLM\\SOFTWARE\\Real')
  registry.setValue('HKLM\\SOFTWARE\\Real', 'Version', { type: 'REG_SZ', data: '1' })
  registry.createKey('HKCU\\Software\\Real\\Old')
  registry.flush()
}

export const operations: readonly Operation[] = [
  { op: 'ActionStart', name: 'InstallFiles', description: '', template: '' },
  ...Array.from({ length: fileCount }, (_, index): Operation => ({
    op: 'FileCopy', source: { kind: 'file', path: 'new' }, destination: `C:\\App\\${index % 3 === 0 ? 'new' : 'old'}\\file${index}.txt`, size: 30000,
    attributes: none, version: '', language: '', vital: true, checkCrc: false,
  })),
  { op: 'FileRemove', path: 'C:\\App\\old\\File0.txt' },
  { op: 'RegAddValue', key: 'HKLM\\SOFTWARE\\Real', name: 'Version', value: { type: 'REG_SZ', data: '2' }, mode: 'replace' },
  { op: 'RegRemoveKey', key: 'HKCU\\Software\\Real', ifEmpty: false },
  { op: 'RegAddValue', key: 'HKCU\\Software\\New', name: 'a', value: { type: 'REG_DWORD', data: 1 }, mode: 'replace' },
]

/** Hives are compared by what they say, the lock is no part of the machine. */
export function stateOf(platform: Platform): Record<string, string> {
  return snapshot(platform, {
    ignoreRootTimes: true, drives: ['C:\\'],
    ignore: (path) => /^C:\\(?:msikit\.lock$|Windows(?:\\System32(?:\\config(?:\\|$)|$)|$)|Users\\[^\\]+(?:\\NTUSER|$)|Users$)/i.test(path),
  })
}
