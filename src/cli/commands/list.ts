// `msikit list`: what is installed in a Windows root.
import { listProducts, resolveProduct, type ProductListing } from '../../engine/index.ts'
import { openRootToRead, productArgument, rootOption } from '../install/engine-options.ts'
import { commandRunner } from '../program/run-command.ts'
import { tableLines, twoColumns } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'
import { csvOption, rowFormat, writeCsv } from '../terminal/rows.ts'

const stateNames: Readonly<Record<number, string>> = { 1: 'advertised', 2: 'absent', 3: 'local', 4: 'source', 5: 'default', [-1]: 'unknown' }

export const run = commandRunner({
  name: 'list',
  summary: 'List the installed products of a Windows root',
  about: 'With PRODUCT, its features and components are listed too. JSON always has everything, CSV a line for each product.',
  arguments: [{ name: 'PRODUCT', about: 'Product code, name, or package file', count: 'optional' }],
  options: { root: rootOption, csv: csvOption },
  examples: [
    ['msikit list --root ./image', 'Names, versions and product codes'],
    ['msikit list "PuTTY release 0.68" --root ./image', 'One product with its features and components'],
    ['msikit list --json', 'Everything, for programs'],
  ],
  run: (input, host) => {
    const format = rowFormat(input)
    const platform = openRootToRead(input, host)
    const wanted = input.positionals[0] === undefined ? undefined : resolveProduct(platform, productArgument(input.positionals[0]))
    const products = listProducts(platform).filter(({ productCode }) => wanted === undefined || productCode === wanted)
    if (format === 'csv') writeCsv(host.out, header, products.map(row))
    else if (format === 'json') host.out.json(products.map((product) => ({ ...product, features: product.features.map((one) => ({ ...one, state: stateNames[one.state] ?? one.state })) })))
    else if (wanted !== undefined) for (const product of products) printProduct(product, host.out)
    else if (products.length === 0) host.out.line(`nothing is installed in ${platform.rootFolder}`)
    else for (const line of tableLines(header, products.map(row))) host.out.line(line)
    return 0
  },
})

const header = ['Name', 'Version', 'For', 'Product code'] as const

function row(product: ProductListing): string[] {
  return [product.productName, product.productVersion, `${product.perMachine ? 'machine' : 'user'}${product.advertisedOnly ? ', advertised' : ''}`, product.productCode]
}

function printProduct(product: ProductListing, out: Output): void {
  out.line(`${product.productName} ${product.productVersion}`)
  const facts: readonly (readonly [string, string])[] = [
    ['Product code', product.productCode], ['Publisher', product.publisher], ['Installed', product.installDate], ['For', row(product)[2]!],
    ['Location', product.installLocation], ['Source', product.installSource], ['Cached as', product.localPackage],
  ]
  out.line(twoColumns(facts.filter(([, value]) => value !== '')))
  out.line('  Features')
  out.line(twoColumns(product.features.map(({ name, state }) => [name, stateNames[state] ?? String(state)] as const), '    '))
  out.line('  Components')
  out.line(twoColumns(product.components.map(({ componentId, keyPath }) => [componentId, keyPath] as const), '    '))
}
