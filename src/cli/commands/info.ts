// `msikit info`: what a package is, on one screen.
import { counted, humanSize, twoColumns } from '../columns.ts'
import { openPackage } from '../open-package.ts'
import type { Output } from '../output.ts'
import { packageFacts, type FeatureFacts, type PackageFacts } from '../package-facts.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'info',
  summary: 'Tell what a package is: product, features, files, signature',
  about: 'Reads packages (.msi), merge modules (.msm), patches (.msp) and transforms (.mst). Only the parts that are needed\n'
    + 'are read, so it is quick on large files too. Signatures are reported, not verified.',
  arguments: [{ name: 'FILE', about: 'A package; several are told one after the other', count: 'many' }],
  options: {},
  examples: [
    ['msikit info putty.msi', 'Product, codes, platform, contents and the tree of features'],
    ['msikit info *.msi --json', 'The same of many packages as a JSON array'],
  ],
  run: ({ positionals, json }, { out }) => {
    const all = positionals.map((path) => packageFacts(openPackage(path)))
    if (json) out.json(all)
    else for (const [index, facts] of all.entries()) printFacts(facts, out, index > 0)
    return 0
  },
})

function printFacts(facts: PackageFacts, out: Output, apart: boolean): void {
  const { product, source, counts } = facts
  if (apart) out.line()
  out.line(facts.file)
  const rows: [string, string][] = [
    ['Kind', `${facts.kind}, ${humanSize(facts.sizeBytes)}`],
    ['Product', [product.name, product.version].filter(Boolean).join(' ')],
    ['Manufacturer', product.manufacturer],
    ['Product code', product.productCode],
    ['Upgrade code', product.upgradeCode],
    ['Package code', product.packageCode],
    ['Platform', `${facts.platform}${facts.languages === '' ? '' : `, language ${facts.languages}`}`],
    ['Needs', facts.installerVersion === '' ? '' : `Windows Installer ${facts.installerVersion}${source.elevation ? '' : ', no elevation'}`],
    ['Created', [facts.summary.created, facts.summary.application].filter(Boolean).join(' by ')],
    ['Comments', String(facts.summary.comments ?? '')],
    ['Contents', contents(counts)],
    ['Source', sourceText(facts)],
    ['Signature', facts.signatures.join(', ') || 'none'],
  ]
  out.line(twoColumns(rows.filter(([, value]) => value !== '')))
  if (facts.features.length > 0) {
    out.line('  Features')
    printFeatures(facts.features, out)
  }
  for (const { id, structure, field, expected, found } of facts.findings) {
    out.line(`  Finding ${id}: ${structure}${field === undefined ? '' : `, ${field}`}: expected ${expected}, found ${found}`)
  }
}

function contents(counts: PackageFacts['counts']): string {
  return [`${counted(counts.files, 'file')} (${humanSize(counts.fileBytes)})`, counted(counts.components, 'component'), counted(counts.features, 'feature'),
    counted(counts.customActions, 'custom action'), counted(counts.tables, 'table')].join(', ')
}

function sourceText({ source, cabinets }: PackageFacts): string {
  const names = cabinets.map(({ name, embedded, sizeBytes }) => `${name} (${embedded ? sizeBytes === null ? 'missing' : `embedded, ${humanSize(sizeBytes)}` : 'beside the package'})`)
  return [source.administrativeImage ? 'administrative image' : source.compressed ? 'compressed' : 'uncompressed', ...(source.shortNames ? ['short names'] : []), ...names].join(', ')
}

/** Depth first with an explicit stack: parents of features come from the file. */
function printFeatures(features: readonly FeatureFacts[], out: Output): void {
  const stack = features.map((feature) => ({ feature, depth: 2 })).toReversed()
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { feature, depth } = top
    const title = feature.title === '' || feature.title === feature.feature ? '' : ` "${feature.title}"`
    out.line(`${'  '.repeat(Math.min(depth, 40))}${feature.feature}${title}  level ${feature.level}, ${counted(feature.components, 'component')}`)
    for (const child of feature.children.toReversed()) stack.push({ feature: child, depth: depth + 1 })
  }
}
