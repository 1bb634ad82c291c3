// `msikit plan`: what an installation would do, and why. Changes nothing.
import { bytesToHex } from '../../base/index.ts'
import { planInstallation, type InstallResult, type Operation } from '../../engine/index.ts'
import { counted, humanSize, tableLines, twoColumns } from '../columns.ts'
import { engineOptions, packagePath, propertyArguments, startCommandRun } from '../engine-options.ts'
import { reportResult } from '../install-report.ts'
import type { Output } from '../output.ts'
import { commandRunner } from '../run-command.ts'

export const run = commandRunner({
  name: 'plan',
  summary: 'Tell what an installation would do, without doing it',
  about: 'The same decisions as `msikit install` with the same words: features, components, files and why each is copied or\n'
    + 'kept, then the script of operations. Custom actions do not run, so what they would decide is not known.',
  arguments: [
    { name: 'FILE', about: 'A package' },
    { name: 'PROPERTY=VALUE', about: 'Public properties, as for an installation; REMOVE=ALL plans a removal', count: 'any' },
  ],
  options: engineOptions,
  examples: [
    ['msikit plan putty.msi --root ./image', 'Features, files and a summary of the rest'],
    ['msikit plan nunit.msi ADDLOCAL=ALL --json', 'Every operation, for programs'],
  ],
  run: async (input, host) => {
    const [file, ...words] = input.positionals
    using engine = startCommandRun(input, propertyArguments(words), host)
    const result = await planInstallation(engine.platform, { ...engine.options, package: packagePath(file!) })
    if (result.exitCode !== 0 && result.exitCode !== 3010) return reportResult('plan', 'planned', result, engine, input, host)
    if (input.json) host.out.line(JSON.stringify({ ...result, root: engine.platform.rootFolder }, plainValue, 2))
    else printPlan(result, host.out)
    return 0
  },
})

/** Bytes as hexadecimal digits, big integers in decimal. */
function plainValue(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: bytesToHex(value) } : typeof value === 'bigint' ? String(value) : value
}

function printPlan(result: InstallResult, out: Output): void {
  out.line(`${result.productName} ${result.productVersion} ${result.productCode}`)
  const { features = [], files = [] } = result.decisions ?? {}
  const section = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) out.line(`\n${title}\n${lines.map((line) => `  ${line}`).join('\n')}`)
  }
  section('Features', tableLines(['Feature', 'Level', 'Installed', 'Requested', 'Becomes'], features.map((one) => [one.name, String(one.level), one.installed, one.request, one.action])))
  section('Files', tableLines(['Decision', 'Path', 'Why'], files.map((one) => [one.disposition, one.path, one.reason])))
  for (const session of result.plan) {
    section(`Script of ${session.productName}: ${counted(session.entries.length, 'operation')}`, summarize(session.entries.map(({ operation }) => operation)))
  }
}

/** Counts by kind of operation, in order of first appearance, with what tells most. */
function summarize(operations: readonly Operation[]): string[] {
  const counts = new Map<string, number>()
  for (const { op } of operations) if (op !== 'ActionStart') counts.set(op, (counts.get(op) ?? 0) + 1)
  const bytes = operations.reduce((sum, one) => sum + (one.op === 'FileCopy' ? one.size : 0), 0)
  const rows = [...counts].map(([op, count]): [string, string] => [op, op === 'FileCopy' ? `${count} (${humanSize(bytes)})` : String(count)])
  return twoColumns(rows, '').split('\n')
}
