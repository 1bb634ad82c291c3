// Checks the documentation: every ```ts block of a Markdown file or of a docstring's @example compiles against the built
// package, every relative link leads to a file, and no two decisions have the same number. `ts no-check` after the fence leaves a block out.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const work = join(root, 'dist/.docs')
const problems = []
const blocks = []

const markdown = [...readdirSync(root).filter((name) => name.endsWith('.md')), ...filesUnder('docs', '.md')]
for (const file of markdown) {
  const text = readFileSync(join(root, file), 'utf8')
  collectBlocks(file, text, '')
  checkLinks(file, text)
}
for (const file of filesUnder('src', '.ts').filter((name) => !name.endsWith('.test.ts'))) {
  const text = readFileSync(join(root, file), 'utf8')
  if (text.includes('@example')) collectBlocks(file, text, ' *')
}
checkDecisions()
compileBlocks()

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log(`documentation: ${blocks.length} examples compile, the links of ${markdown.length} files hold`)

function filesUnder(folder, ending) {
  if (!existsSync(join(root, folder))) return []
  return readdirSync(join(root, folder), { recursive: true }).filter((name) => name.endsWith(ending)).map((name) => join(folder, name)).sort()
}

/** @param {string} margin what stands before each line of a docstring, apart from white space */
function collectBlocks(file, text, margin) {
  const fence = margin === '' ? /^\s*```(.*)$/ : /^\s*\*\s*```(.*)$/
  const strip = margin === '' ? (line) => line : (line) => line.replace(/^\s*\* ?/, '')
  let block
  for (const [index, line] of text.split('\n').entries()) {
    const info = fence.exec(line)?.[1]?.trim()
    if (info === undefined) block?.lines.push(strip(line))
    else if (block === undefined) block = { file, line: index + 2, lines: [], info }
    else {
      if (/^(ts|typescript)$/.test(block.info)) blocks.push(block)
      block = undefined
    }
  }
  if (block !== undefined) problems.push(`${file}:${block.line - 1}: expected an end of this code block, found none`)
}

function checkLinks(file, text) {
  const withoutCode = text.replace(/^\s*```[\s\S]*?^\s*```/gm, (code) => code.replace(/[^\n]/g, '')).replace(/`[^`\n]*`/g, '')
  for (const match of withoutCode.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)|^\[[^\]]+\]:\s*(\S+)/gm)) {
    const target = match[1] ?? match[2]
    if (/^([a-z][a-z+.-]*:|#|\/\/)/i.test(target)) continue
    const path = decodeURIComponent(target.split('#')[0])
    if (!existsSync(resolve(root, dirname(file), path))) {
      const line = withoutCode.slice(0, match.index).split('\n').length
      problems.push(`${file}:${line}: link to ${target}: no such file`)
    }
  }
}

/** A decision is cited by its number. */
function checkDecisions() {
  const seen = new Map()
  for (const file of filesUnder('docs/decisions', '.md')) {
    const number = file.slice('docs/decisions/'.length).slice(0, 4)
    if (seen.has(number)) problems.push(`${file}: number ${number} is that of ${seen.get(number)}; take a free one`)
    seen.set(number, file)
  }
}

function compileBlocks() {
  rmSync(work, { recursive: true, force: true })
  if (blocks.length === 0) return
  mkdirSync(work, { recursive: true })
  for (const [index, block] of blocks.entries()) writeFileSync(join(work, `${index}.ts`), `${block.lines.join('\n')}\nexport {}\n`)
  writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({
    extends: '../../tsconfig.base.json',
    compilerOptions: { noEmit: true, composite: false, declaration: false, noUnusedLocals: false, noUnusedParameters: false, types: ['node'] },
    include: ['*.ts'],
  }))
  const { stdout, stderr, status } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', work, '--pretty', 'false'], { cwd: root, encoding: 'utf8' })
  if (status === 0) return
  const found = [...stdout.matchAll(/^(.*?)\((\d+),\d+\): (error .*)$/gm)]
  for (const [, path, line, message] of found) {
    const block = blocks[Number(/(\d+)\.ts$/.exec(path)?.[1])]
    problems.push(block === undefined || relative(work, resolve(root, path)).startsWith('..')
      ? `${path}:${line}: ${message}` : `${block.file}:${block.line + Number(line) - 1}: ${message}`)
  }
  if (found.length === 0) problems.push(stdout + stderr)
}
