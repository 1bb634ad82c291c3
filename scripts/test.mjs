// Runs the compiled tests: `node scripts/test.mjs [--suite corpus|crash|fuzz|…] [word…]`.
// Without words, every unit test (dist/**/*.test.js) and behaviour test (dist-test/*.test.js);
// with words, the files whose path has one of them. Suites are the folders of test/.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve, sep } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const words = process.argv.slice(2)
const suite = words[0] === '--suite' ? words.splice(0, 2)[1] : undefined

const list = (folder) => existsSync(join(root, folder))
  ? readdirSync(join(root, folder), { recursive: true }).filter((name) => name.endsWith('.test.js')).map((name) => join(folder, name))
  : []
const suites = new Set(['corpus', 'crash', 'fuzz', 'soak'])
const inSuite = (name) => name.split(/[\\/]/).length > 2 ? name.split(/[\\/]/)[1] : ''
const found = suite
  ? list(join('dist-test', suite))
  : [...list('dist'), ...list('dist-test').filter((name) => !suites.has(inSuite(name)))]
const files = found.filter((name) => words.length === 0 || words.some((word) => name.includes(word))).sort()

if (files.length === 0) {
  console.error(`no test file matches ${[suite, ...words].filter(Boolean).join(' ') || 'anything'}; run npm run build first`)
  process.exit(1)
}

// Files of pure layers share a process, a layer each: starting one and loading what it tests takes longer than most tests.
const apart = new Set(['node', 'cli', 'restart-manager'])
const layerOf = (name) => name.startsWith(`dist${sep}`) ? name.split(sep)[1] : undefined
const isPure = (name) => words.length === 0 && layerOf(name) !== undefined && !apart.has(layerOf(name))
const layers = [...new Set(files.filter(isPure).map(layerOf))]
const shared = join('dist', '.tests')
mkdirSync(join(root, shared), { recursive: true })
const together = layers.map((layer) => {
  const path = join(shared, `${layer}.mjs`)
  const imports = files.filter((name) => isPure(name) && layerOf(name) === layer).map((name) => `await import('../..${sep}${name}')\n`.replaceAll(sep, '/'))
  writeFileSync(join(root, path), imports.join(''))
  return path
})
const programs = [...files.filter((name) => !isPure(name)), ...together]

// Where it is set, every Node.js reads these certificates at its start: a fifth of what tests of the command line take, and no test needs any.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
// A file at a time on every core: most of them wait for processes that they have started.
const result = spawnSync(process.execPath, ['--test', '--test-reporter=spec', `--test-concurrency=${availableParallelism()}`, ...programs], { cwd: root, env, stdio: 'inherit' })
process.exit(result.status ?? 1)
