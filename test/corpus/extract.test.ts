// Extracts the packages of the corpus and compares paths, sizes and digests with what msiextract made of them.
// msiextract takes the `target:source` of a DefaultDir for one name, and knows SystemFolder only where its DefaultDir is
// no dot: recorded paths are put right here before they are compared.
import { strict as assert } from 'node:assert'
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { test } from 'node:test'
import { repository, sharedPath, skipWithout } from '../shared.ts'

const program = join(repository, 'dist/bin/msikit.cjs')
const packages: readonly (readonly [recording: string, path: string])[] = [
  ['putty-0.68-installer', 'putty-0.68-installer.msi'], ['NUnit-2.5.2.9222', 'NUnit-2.5.2.9222.msi'], ['vcredist', 'vcredist.msi'],
  ['msi_with_external_cab', 'msi_with_external_cab.msi'], ['wix-DecompileSingleFileCompressed-example', 'single-file.msi'],
  ...['customactions', 'directories', 'environment', 'features', 'registry', 'shortcuts', 'upgrade_v1', 'versions_a', 'wixl_basic']
    .map((name) => [`extra-${name}`, `made/${name}.msi`] as const),
]

interface Recording {
  readonly steps: readonly { readonly files: { readonly added: Readonly<Record<string, { sha256: string; size: number }>> } }[]
}

for (const [recording, path] of packages) {
  const recorded = `oracle/recorded/${recording}.extract.json`
  test(`${path} extracts to the recorded files`, { skip: skipWithout('corpus', path) || skipWithout(recorded) }, () => {
    const folder = mkdtempSync(join(tmpdir(), 'msikit-extract-'))
    try {
      const { status, stderr } = spawnSync(process.execPath, [program, 'extract', sharedPath('corpus', path)!, '-o', folder], { encoding: 'utf8' })
      assert.equal(status, 0, stderr)
      const { steps } = JSON.parse(readFileSync(sharedPath(recorded)!, 'utf8')) as Recording
      const expected = Object.entries(steps[0]!.files.added).map(([name, { sha256 }]) => `${corrected(name)} ${sha256}`)
      assert.deepEqual(filesOf(folder).sort(), [...new Set(expected)].sort())
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
}

function corrected(path: string): string {
  const segments = path.split('/').map((segment) => segment.split(':')[0]!).filter((segment) => segment !== '.')
  return path === 'orc systemfolder.txt' ? `Windows/System32/${path}` : segments.join('/')
}

/** Path and digest of each; the suffix of a displaced file is left out, its digest tells it apart. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile()).map((name) => {
    const digest = createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')
    return `${name.replaceAll(sep, '/').replace(/~[^/~]*$/, '')} ${digest}`
  })
}
