// Compiles assembly/<name>/index.ts to WebAssembly and embeds it as base64 in a TypeScript module. The modules are
// committed, so that types can be checked and sources be used without the compiler; `--check` tells whether they are
// fresh. docs/decisions/0042-webassembly.md
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { main } from 'assemblyscript/asc'

const root = resolve(import.meta.dirname, '..')
const modules = [
  { entry: 'assembly/cabinet/index.ts', output: 'src/cabinet/codec/wasm/decoders-wasm.ts', name: 'decodersWasm' },
  { entry: 'assembly/database/index.ts', output: 'src/database/table/rows-wasm.ts', name: 'rowsWasm' },
]
const options = ['-O3', '--converge', '--runtime', 'stub', '--noAssert', '--use', 'abort=', '--initialMemory', '6', '--memoryBase', '64']

const check = process.argv.includes('--check')
for (const { entry, output, name } of modules) {
  const text = embed(entry, name, await compile(entry))
  const path = join(root, output)
  if (!check) writeFileSync(path, text)
  else if (readFileSync(path, 'utf8') !== text) {
    console.error(`${output} is not what ${entry} compiles to: run npm run build:assembly and commit the result`)
    process.exitCode = 1
  } else console.log(`${output} is fresh`)
}

async function compile(entry) {
  let binary
  const { error, stderr } = await main([entry, '--outFile', 'module.wasm', ...options], {
    readFile: (name, base) => readText(join(base, name)),
    writeFile: (_name, contents) => { binary = contents },
    listFiles: () => [],
  })
  const messages = stderr.toString()
  if (error !== null || messages.includes('WARNING')) throw new Error(`${entry}: ${messages}`, { cause: error })
  return Buffer.from(binary)
}

function readText(path) {
  try {
    return readFileSync(resolve(root, path), 'utf8')
  } catch {
    return null
  }
}

function embed(entry, name, binary) {
  const lines = binary.toString('base64').match(/.{1,120}/g)
  return `// Made by scripts/build-assembly.mjs from ${entry}; ${binary.length} bytes of WebAssembly in base64. Do not edit.\n\n`
    + `export const ${name} = \`\n${lines.join('\n')}\n\`\n`
}
