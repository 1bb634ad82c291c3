// Makes the package as it is published: `npm run package [-- FOLDER]` writes msikit-VERSION.tgz; `--stage FOLDER` the files alone. The modules of each layer
// are joined to a few files, shared by all entry points, so that an object of one layer is known to the others; a
// program that imports `msikit/database` loads 6 files in place of 93. Types stay as they are.
// docs/decisions/0079-bundled-library.md has the figures.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
/** Modules that are found by their path, not imported: programs of threads. */
const programs = ['dist/node/proc/scan-thread.js', 'dist/node/threads/decompression-thread.js', 'dist/node/threads/deflate-thread.js']
const entryPoints = [...new Set(Object.values(manifest.exports).flatMap((target) => typeof target === 'string' ? [target] : Object.values(target)))]
  .filter((path) => path.endsWith('.js')).concat(programs)

/** Where a module stands is asked for by those that look for such a program: joined to others, they stand elsewhere. */
const places = {
  name: 'places of modules',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]dist[\\/].*\.js$/ }, ({ path }) => {
      const contents = readFileSync(path, 'utf8')
      if (!contents.includes('import.meta.dirname')) return undefined
      const folder = relative(join(root, 'dist'), join(path, '..')).split(sep).join('/')
      return { contents: contents.replaceAll('import.meta.dirname', `import.meta.dirname.replace(/^(.*[\\\\/]dist)(?:[\\\\/].*)?$/, ${JSON.stringify(`$1/${folder}`)})`), loader: 'js' }
    })
  },
}

async function stage(folder) {
  mkdirSync(folder, { recursive: true })
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) if (existsSync(join(root, name))) cpSync(join(root, name), join(folder, name))
  cpSync(join(root, 'dist'), join(folder, 'dist'), { recursive: true, filter: isShipped })
  const { scripts: _scripts, devDependencies: _development, ...shipped } = manifest
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(shipped, undefined, 2)}\n`)
  await build({
    entryPoints, outbase: 'dist', outdir: join(folder, 'dist'), absWorkingDir: root, bundle: true, splitting: true, chunkNames: 'chunks/[hash]', format: 'esm',
    platform: 'neutral', target: 'node20', packages: 'external', external: ['node:*'], minifyWhitespace: true, minifySyntax: true,
    legalComments: 'none', logLevel: 'warning', plugins: [places],
  })
}

/** Types, and the bundles of the command line; modules come joined. */
function isShipped(path) {
  const name = relative(join(root, 'dist'), path).split(sep).join('/')
  if (name.startsWith('testing') || /\.test\.|\.tsbuildinfo$|\.map$/.test(name)) return false
  return !name.endsWith('.js') || name.startsWith('bin/')
}

/** Every entry point has the names that it has unbundled. */
async function check(folder) {
  for (const path of entryPoints.filter((one) => !programs.includes(one))) {
    const [ours, joined] = await Promise.all([root, folder].map((base) => import(pathToFileURL(join(base, path)).href)))
    const missing = Object.keys(ours).filter((name) => !(name in joined))
    if (missing.length > 0) throw new Error(`${path}: expected ${missing.join(', ')} in the package, found none`)
  }
}

if (process.argv[2] === '--stage') await stage(resolve(process.argv[3]))
else await pack(resolve(process.argv[2] ?? '.'))

async function pack(target) {
  const folder = mkdtempSync(join(tmpdir(), 'msikit-package-'))
  const dependencies = join(folder, 'node_modules')
  try {
    await stage(folder)
    symlinkSync(join(root, 'node_modules'), dependencies, 'junction')
    await check(folder)
    rmSync(dependencies)
    const { status } = spawnSync('npm', ['pack', '--silent', '--pack-destination', target, folder], { stdio: 'inherit', shell: process.platform === 'win32' })
    process.exitCode = status ?? 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
