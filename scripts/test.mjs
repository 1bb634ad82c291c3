// Runs the compiled tests: `node scripts/test.mjs [--suite corpus|crash|fuzz|…] [word…]`.
// Without words, every unit test (dist/**/*.test.js) and behaviour test (dist-test/*.test.js);
// with words, the files whose path has one of them. Suites are the folders of test/.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve, sep } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const words = process.argv.slice(2)
const suite = words[0] === '--suite' ? words.splice(0, 2)[1] : undefined

/** What the compiler left of a test that has been moved or removed is none. */
const hasSource = (name) => existsSync(join(root, name.replace(/^dist-test/, 'test').replace(/^dist/, 'src').replace(/\.js$/, '.ts')))
const list = (folder) => existsSync(join(root, folder))
  ? readdirSync(join(root, folder), { recursive: true }).filter((name) => name.endsWith('.test.js')).map((name) => join(folder, name)).filter(hasSource)
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

// A few files share a process: starting one and loading what it tests takes longer than most tests. Those of test/restart-manager have one
// each, for they look at the processes of the machine.
const filesPerProcess = 7
const folderOf = (name) => name.split(sep).slice(0, -1).slice(0, 2).join('/')
const apart = new Set(['dist-test/restart-manager'])
const pure = (name) => name.startsWith('dist/') && !['dist/node', 'dist/cli', 'dist/restart-manager'].includes(name)
// Node.js runs them in the order of their names: long ones first, so that nobody waits for the last.
const order = ['dist-test/restart-manager', 'dist-test/bad-input', 'dist-test/installer', 'dist/cabinet', 'dist/signature', 'dist/node', 'dist-test/cli', 'dist/engine', 'dist/cli']
const rank = (name) => order.includes(name) ? order.indexOf(name) : order.length

function together(names) {
  const shared = join('dist', '.tests')
  rmSync(join(root, shared), { recursive: true, force: true })
  mkdirSync(join(root, shared), { recursive: true })
  const folders = [...new Set(names.map(folderOf))].sort((a, b) => rank(a) - rank(b))
  const groups = folders.flatMap((folder) => {
    const inside = names.filter((name) => folderOf(name) === folder)
    const count = pure(folder) ? 1 : apart.has(folder) ? inside.length : Math.ceil(inside.length / filesPerProcess)
    return Array.from({ length: count }, (_, index) => ({ folder, files: inside.filter((_, at) => at % count === index) }))
  })
  return groups.map(({ folder, files }, index) => {
    const name = files.length === 1 ? files[0].slice(0, -'.test.js'.length) : folder
    const path = join(shared, `${String(index).padStart(2, '0')}-${name.replaceAll(/[\\/]/g, '-')}.mjs`)
    writeFileSync(join(root, path), files.map((file) => `await import('../../${file.replaceAll(sep, '/')}')\n`).join(''))
    return path
  })
}
const programs = words.length === 0 && suite === undefined ? together(files) : files

// Where it is set, every Node.js reads these certificates at its start: a fifth of what tests of the command line take, and no test needs any.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env
// Restart Manager sessions of this machine's user are none of the tests' affair, and theirs none of his.
const sessions = mkdtempSync(join(tmpdir(), 'msikit-sessions-'))
// A file at a time on every core: most of them wait for processes that they have started.
// Most code of a test runs a few times: compiling it better so early costs a fifth of the time. Not every Node.js knows the option.
const budget = ['--interrupt-budget=500000'].filter((option) => spawnSync(process.execPath, [option, '--version']).status === 0)
const result = spawnSync(process.execPath, [...budget, '--test', '--test-reporter=spec', `--test-concurrency=${availableParallelism()}`, ...programs], { cwd: root, env: { ...env, MSIKIT_SESSIONS: sessions }, stdio: 'inherit' })
rmSync(sessions, { recursive: true, force: true })
process.exit(result.status ?? 1)
