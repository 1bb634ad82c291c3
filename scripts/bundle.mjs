// Bundles the command line: dist/bin/msikit.cjs picks the command, dist/bin/commands/<name>.cjs is all of that command,
// main.cjs what there is without one.
// CommonJS, one file per command and nothing done at load, because that is what starts fastest; names are kept, so that
// stack traces can be read. docs/decisions/0031-command-line.md has the figures.
import { chmodSync, readFileSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { writeCodeCaches } from './code-cache.mjs'

const root = resolve(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const output = join(root, 'dist/bin')
/** Languages of the installer's messages other than English. */
const languages = ['french', 'italian', 'portuguese', 'russian', 'spanish']
/** Layers that few installations need: the interpreters of scripts, the XML library. */
const layersApart = ['scripting', 'xml-edit']
/** Bundles of their own, loaded when they are needed: those layers, and each language. */
const apart = {
  name: 'loaded when needed',
  setup(builder) {
    const oneLayer = new RegExp(`(${layersApart.join('|')})/index\\.ts$`)
    builder.onResolve({ filter: oneLayer }, ({ kind, path }) => kind === 'dynamic-import' ? { path: `./${oneLayer.exec(path)[1]}.cjs`, external: true } : undefined)
    const oneLanguage = new RegExp(`^\\./(${languages.join('|')})\\.ts$`)
    builder.onResolve({ filter: oneLanguage }, ({ kind, path }) => kind === 'dynamic-import' ? { path: `./language-${oneLanguage.exec(path)[1]}.cjs`, external: true } : undefined)
  },
}
/**
 * Parts of Node.js that take milliseconds to load are loaded when one of their functions is called. What is no function, or a
 * class, is looked up where it is used: objects that only say so are made for those who import such a thing.
 */
const lazily = {
  name: 'modules of Node.js when they are needed',
  setup(builder) {
    builder.onResolve({ filter: /^node:(?:child_process|crypto|net|os|timers\/promises|worker_threads|zlib)$/ }, ({ path, namespace }) =>
      namespace.startsWith('lazily') ? { path, external: true } : { path, namespace: 'lazily', sideEffects: false })
    builder.onResolve({ filter: /^values of / }, ({ path }) => ({ path: path.slice('values of '.length), namespace: 'lazily, values', sideEffects: false }))
    builder.onLoad({ filter: /.*/, namespace: 'lazily' }, async ({ path }) => {
      const { functions, values } = await exportsOf(path)
      const lines = functions.map((name) => `export const ${name} = (...given) => require(${JSON.stringify(path)}).${name}(...given)`)
      return { contents: [...lines, `export { ${values.join(', ')} } from ${JSON.stringify(`values of ${path}`)}`].join('\n'), loader: 'js' }
    })
    builder.onLoad({ filter: /.*/, namespace: 'lazily, values' }, async ({ path }) => {
      const { values } = await exportsOf(path)
      const contents = `for (const name of ${JSON.stringify(values)}) Object.defineProperty(exports, name, { enumerable: true, get: () => require(${JSON.stringify(path)})[name] })`
      return { contents, loader: 'js' }
    })
  },
}

async function exportsOf(path) {
  const module = await import(path)
  const names = Object.keys(module).filter((name) => name !== 'default')
  const isFunction = (name) => typeof module[name] === 'function' && /^[a-z]/.test(name)
  return { functions: names.filter(isFunction), values: names.filter((name) => !isFunction(name)) }
}

/** The widths of characters, for texts that have wide ones. @param folder where it is, as the bundle sees it */
const wideTextApart = (folder) => ({
  name: 'wide texts when there are some',
  setup(builder) {
    builder.onResolve({ filter: /\/wide-text\.ts$/ }, ({ path }) => ({ path, namespace: 'wide-text' }))
    builder.onResolve({ filter: /\/wide-text\.cjs$/ }, ({ path }) => ({ path, external: true }))
    builder.onLoad({ filter: /.*/, namespace: 'wide-text' }, () => ({ contents: `exports.wideTextWidth = (text) => require('./${folder}wide-text.cjs').wideTextWidth(text)`, loader: 'js' }))
  },
})
const shared = {
  // Bundles are run as scripts, which cannot import: a dynamic import becomes a require.
  supported: { 'dynamic-import': false }, external: ['acorn', 'quickjs-emscripten-core', '@jitl/*'],
  // A field that is assigned costs a fraction of one that is defined, which V8 leaves to its slow paths until a class was used a few times.
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
  bundle: true, format: 'cjs', platform: 'node', target: 'node20', absWorkingDir: root, logLevel: 'warning', legalComments: 'none', plugins: [lazily, wideTextApart('')],
  minifyWhitespace: true, minifySyntax: true, define: { MSIKIT_VERSION: JSON.stringify(version), 'import.meta.dirname': '__dirname', 'import.meta.url': 'undefined' },
}

rmSync(output, { recursive: true, force: true })
const { commands } = await import('../dist/cli/program/command-list.js')
const { bundleWrapper } = await import('../dist/cli/program/load-bundle.js')
const wrapped = { banner: { js: bundleWrapper.before }, footer: { js: bundleWrapper.after } }
const groups = groupByBundle()
const whichBundle = { MSIKIT_COMMANDS: JSON.stringify(commands.map(({ name }) => name)), MSIKIT_BUNDLES: JSON.stringify(commands.map(({ name, bundle = name }) => bundle)) }
await Promise.all([
  ...layersApart.map((layer) => build({ ...shared, entryPoints: [`src/${layer}/index.ts`], outfile: join(output, `commands/${layer}.cjs`) })),
  ...languages.map((one) => build({ ...shared, charset: 'utf8', entryPoints: [`src/engine/session/messages/languages/${one}.ts`], outfile: join(output, 'commands', `language-${one}.cjs`) })),
  build({ ...shared, define: { ...shared.define, ...whichBundle }, entryPoints: { msikit: 'src/cli/program/bin.ts' }, outdir: output, outExtension: { '.js': '.cjs' } }),
  build({ ...shared, plugins: [], entryPoints: ['src/cli/terminal/wide-text.ts'], outfile: join(output, 'commands/wide-text.cjs') }),
  ...['worker', 'writer'].map((name) => build({ ...shared, entryPoints: [`src/cli/extraction/${name}.ts`], outfile: join(output, 'commands', `extraction-${name}.cjs`) })),
  ...['proc/scan-thread', 'threads/decompression-thread', 'threads/deflate-thread'].map((name) => build({ ...shared, entryPoints: [`src/node/${name}.ts`], outfile: join(output, 'commands', `${basename(name)}.cjs`) })),
  ...[...groups].map(([bundle, members]) => build({ ...shared, ...entryOf(members), ...wrapped, plugins: [apart, lazily, wideTextApart('')], outfile: join(output, 'commands', `${bundle}.cjs`) })),
])
chmodSync(join(output, 'msikit.cjs'), 0o755)
await writeCodeCaches(join(output, 'commands'), groups)

/** The files of each bundle's commands, by the names of the commands. */
function groupByBundle() {
  const groups = new Map([['main', new Map([['', 'program/any-command']])]])
  for (const { name, bundle = name } of commands) groups.set(bundle, new Map([...groups.get(bundle) ?? [], [name, `commands/${name}`]]))
  return groups
}

function entryOf(members) {
  const files = [...members.values()]
  const contents = [
    'export { start } from "./program/start.ts"',
    ...files.map((file, index) => `import { run as run${index} } from "./${file}.ts"`),
    `export const commands = { ${[...members.keys()].map((name, index) => `${JSON.stringify(name)}: { run: run${index} }`).join(', ')} }`,
  ].join('\n')
  return { stdin: { contents, resolveDir: join(root, 'src/cli'), loader: 'ts' } }
}
