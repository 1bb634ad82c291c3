// Enforces scripts/layers.mjs: imports point down only, reach a layer through its index.ts only,
// and `node:*` appears in the host layers alone. Also checks that each layer's tsconfig says the same.
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { layers, hostLayers, packages } from './layers.mjs'

const source = resolve(import.meta.dirname, '../src')
const problems = []
const importPattern = /^(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|^import\s*['"]([^'"]+)['"]/gm

const files = readdirSync(source, { recursive: true })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts') && name.includes(sep))


for (const name of files) {
  const layer = name.split(sep)[0]
  const isTest = name.endsWith('.test.ts')
  if (!(layer in layers)) { problems.push(`${name}: no layer is called ${layer}`); continue }
  for (const match of readFileSync(join(source, name), 'utf8').replace(/\/\*\*[\s\S]*?\*\//g, '').matchAll(importPattern)) {
    const specifier = match[1] ?? match[2] ?? match[3]
    const problem = specifier.startsWith('.') ? relativeProblem(name, layer, isTest, specifier) : packageProblem(layer, isTest, specifier)
    if (problem) problems.push(`src/${name}: ${problem}`)
  }
}

for (const [layer, allowed] of Object.entries(layers)) {
  const path = join(source, layer, 'tsconfig.json')
  if (!existsSync(path)) continue
  const references = (JSON.parse(readFileSync(path, 'utf8')).references ?? []).map((reference) => reference.path.slice(3)).sort()
  const expected = [...allowed].sort()
  if (references.join() !== expected.join()) {
    problems.push(`src/${layer}/tsconfig.json: expected references to ${expected.join(', ')}, found ${references.join(', ')}`)
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log(`layers: ${files.length} files in order`)

function relativeProblem(name, layer, isTest, specifier) {
  const target = relative(source, resolve(source, dirname(name), specifier)).split(sep)
  if (target[0] === layer) return undefined
  if (target[0] === '..') return isTest ? undefined : `imports ${specifier} outside src/`
  const allowed = layers[layer].includes(target[0]) || (isTest && target[0] === 'testing') || (isTest && target[0] in layers)
  if (!allowed) return `${layer} may not import ${target[0]}`
  if (target.length !== 2 || target[1] !== 'index.ts') return `reaches into ${specifier}; import ../${target[0]}/index.ts`
  return undefined
}

function packageProblem(layer, isTest, specifier) {
  if (isTest) return undefined
  if (specifier.startsWith('node:')) return hostLayers.has(layer) ? undefined : `imports ${specifier}; only ${[...hostLayers].join(' and ')} may`
  const name = specifier.startsWith('@') ? specifier.split('/').slice(0, 2).join('/') : specifier.split('/')[0]
  return packages[layer]?.includes(name) ? undefined : `imports package ${name}, which scripts/layers.mjs does not allow in ${layer}`
}
