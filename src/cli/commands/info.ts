// `msikit info`: what a package is, on one screen.
import { labelWidth, patchLines, transformLines } from '../difference/transform-text.ts'
import { openPackage } from '../package/open-package.ts'
import { packageFacts, type FeatureFacts, type PackageFacts } from '../package/package-facts.ts'
import { eachFile } from '../program/each-file.ts'
import { commandRunner } from '../program/run-command.ts'
import { counted, escapeControls, humanSize, twoColumns } from '../terminal/columns.ts'
import type { Output } from '../terminal/output.ts'
import { csvOption, rowFormat, writeCsv } from '../terminal/rows.ts'

export const run = commandRunner({
  name: 'info',
  summary: 'Tell what a package is: product, features, files, signature',
  about: 'Reads packages (.msi), merge modules (.msm), patches (.msp) and transforms (.mst). Only the parts that are needed\n'
    + 'are read, so it is quick on large files too. Signatures are reported, not verified: that is `msikit verify`. Of several\n'
    + 'files, one that cannot be read is told on standard error, and the others are told nevertheless.',
  arguments: [{ name: 'FILE', about: 'A package; several are told one after the other; FILE:STORAGE is one inside another', count: 'many' }],
  options: { csv: csvOption },
  examples: [
    ['msikit info putty.msi', 'Product, codes, platform, contents and the tree of features'],
    ['msikit info *.msi --csv', 'One line for each of many packages'],
    ['msikit info update.msp:Target01ToUpgrade01 --json', 'A transform inside a patch'],
  ],
  run: async (input, host) => {
    const format = rowFormat(input)
    const { out } = host
    const { all, code } = await eachFile('info', input.positionals, host, (path) => {
      using opened = openPackage(path)
      return packageFacts(opened)
    })
    if (format === 'json') out.json(all)
    else if (format === 'csv') writeCsv(out, csvColumns, all.map(csvRow))
    else for (const [index, facts] of all.entries()) printFacts(facts, out, index > 0)
    return code
  },
})

const csvColumns = ['File', 'Kind', 'Bytes', 'Name', 'Version', 'Manufacturer', 'ProductCode', 'UpgradeCode', 'PackageCode', 'Platform', 'Languages',
  'InstallerVersion', 'Tables', 'Features', 'Components', 'Files', 'FileBytes', 'Signatures', 'Findings']

function csvRow({ file, kind, sizeBytes, product, platform, languages, installerVersion, counts, signatures, findings }: PackageFacts): string[] {
  return [file, kind, sizeBytes, product.name, product.version, product.manufacturer, product.productCode, product.upgradeCode, product.packageCode, platform, languages,
    installerVersion, counts.tables, counts.features, counts.components, counts.files, counts.fileBytes, signatures.join('; '), findings.length].map(String)
}

function printFacts(facts: PackageFacts, out: Output, apart: boolean): void {
  if (apart) out.line()
  out.line(facts.file)
  const width = facts.transform === undefined && facts.patch === undefined ? 0 : labelWidth
  out.line(twoColumns(rowsOf(facts).filter((row) => row[1] !== '').map((row) => [row[0].padEnd(width), escapeControls(row[1])])))
  if (facts.features.length > 0) {
    out.line('  Features')
    printFeatures(facts.features, out)
  }
  if (facts.transform !== undefined) for (const line of transformLines(facts.transform)) out.line(`  ${escapeControls(line)}`)
  if (facts.patch !== undefined) for (const line of patchLines(facts.patch)) out.line(`  ${escapeControls(line)}`)
  for (const { id, structure, field, expected, found } of facts.findings) {
    out.line(`  Finding ${id}: ${structure}${field === undefined ? '' : `, ${field}`}: expected ${expected}, found ${escapeControls(found)}`)
  }
}

function rowsOf(facts: PackageFacts): (readonly [string, string])[] {
  const { product, source, kind } = facts
  const common = [
    ['Created', [facts.summary.created, facts.summary.application].filter(Boolean).join(' by ')],
    ['Comments', String(facts.summary.comments ?? '')],
  ] as const
  const signature = ['Signature', facts.signatures.join(', ') || 'none'] as const
  const needs = ['Needs', facts.installerVersion === '' ? '' : `Windows Installer ${facts.installerVersion}${source.elevation || kind !== 'package' ? '' : ', no elevation'}`] as const
  const whatKind = ['Kind', `${kind}, ${humanSize(facts.sizeBytes)}`] as const
  if (kind === 'transform') return [whatKind, ['Subject', String(facts.summary.subject ?? '')], needs, ...common, signature]
  if (kind === 'patch') return [whatKind, ['Title', String(facts.summary.subject ?? facts.summary.title ?? '')], needs, ...common, signature]
  return [
    whatKind,
    ['Product', [product.name, product.version].filter(Boolean).join(' ')],
    ['Manufacturer', product.manufacturer],
    ['Product code', product.productCode],
    ['Upgrade code', product.upgradeCode],
    ['Package code', product.packageCode],
    ['Platform', `${facts.platform}${facts.languages === '' ? '' : `, language ${facts.languages}`}`],
    needs, ...common,
    ['Contents', contents(facts.counts)],
    ['Source', sourceText(facts)],
    signature,
  ]
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
    out.line(escapeControls(`${'  '.repeat(Math.min(depth, 40))}${feature.feature}${title}  level ${feature.level}, ${counted(feature.components, 'component')}`))
    for (const child of feature.children.toReversed()) stack.push({ feature: child, depth: depth + 1 })
  }
}
