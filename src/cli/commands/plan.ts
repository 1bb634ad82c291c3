// `msikit plan`: what an installation would do, and why. Changes nothing.
import { bytesToHex, isGuid } from '../../base/index.ts'
import { planConfiguration, planInstallation, type InstallResult } from '../../engine/index.ts'
import type { NodePlatform } from '../../node/index.ts'
import type { HostPath } from '../../platform/index.ts'
import { createRestartManager, type ApplicationList } from '../../restart-manager/index.ts'
import { engineOptions, startCommandRun } from '../install/engine-options.ts'
import { reportResult } from '../install/install-report.ts'
import { printPlan } from '../install/plan-text.ts'
import { commandRunner } from '../program/run-command.ts'
import { listJson } from '../rm/show.ts'

export const run = commandRunner({
  name: 'plan',
  summary: 'Tell what an installation would do, without doing it',
  about: 'The same decisions as `msikit install` with the same words: features, files and why each is copied or kept, registry,\n'
    + 'shortcuts, services, custom actions, and the applications that would be closed. Custom actions do not run, so what\n'
    + 'they would decide is not known. A root that does not exist yet is taken for an empty one, and is not made.',
  arguments: [
    { name: 'FILE', about: 'A package, or the product code of an installed product' },
    { name: 'PROPERTY=VALUE', about: 'Public properties, as for an installation; REMOVE=ALL plans a removal', count: 'any' },
  ],
  options: engineOptions,
  examples: [
    ['msikit plan putty.msi --root ./image', 'What would change in ./image'],
    ['msikit plan nunit.msi ADDLOCAL=ALL --json', 'Every operation, for programs'],
  ],
  run: async (input, host) => {
    using engine = startCommandRun(input, host, { readOnly: true, about: 'either' })
    const result = isGuid(engine.subject) ? await planConfiguration(engine.platform, engine.subject, engine.options)
      : await planInstallation(engine.platform, { ...engine.options, package: engine.subject })
    if (result.exitCode !== 0 && result.exitCode !== 3010) return reportResult('plan', 'planned', result, engine, input, host)
    engine.handler?.end()
    const applications = await holders(engine.platform, result)
    if (input.json) host.out.write(`${JSON.stringify({ ...result, applications: listJson(applications), root: engine.platform.rootFolder }, plainValue, 2)}\n`)
    else printPlan(result, engine.platform.rootFolder, applications, host.out)
    return 0
  },
})

/** Bytes as hexadecimal digits, big integers in decimal. */
function plainValue(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? { hex: bytesToHex(value) } : typeof value === 'bigint' ? String(value) : value
}

/** Who holds the files that would be replaced or removed, and what else the package would register with the Restart Manager. */
function holders(platform: NodePlatform, result: InstallResult): Promise<ApplicationList> {
  const files = new Set<HostPath>()
  const registered = result.plan.flatMap(({ restartResources }) => restartResources)
  for (const path of registered.flatMap((resources) => resources.files)) files.add(path)
  for (const { operation } of result.plan.flatMap(({ entries }) => entries)) {
    const path = operation.op === 'FileCopy' ? operation.destination : operation.op === 'FileRemove' ? operation.path : undefined
    if (path === undefined || platform.files.stat(path)?.kind !== 'file') continue
    const host = platform.files.hostPath(path)
    if (host !== undefined) files.add(host)
  }
  return createRestartManager(platform).inspect({
    files: [...files], processes: registered.flatMap(({ processes }) => processes), services: registered.flatMap(({ services }) => services),
  })
}
