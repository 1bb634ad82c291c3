// What the actions of a session ask of the engine: other actions, other sequences, other products.
// https://learn.microsoft.com/windows/win32/msi/executeaction-action, …/concurrent-installations
import { WindowsError } from '../base/index.ts'
import { choosePackage, openInstalled } from './package/choose-package.ts'
import { checkPlatform, type Package } from './package/package.ts'
import { patchProperties } from './package/patches.ts'
import { handOver } from './sequence/hand-over.ts'
import { productRun } from './sequence/product-run.ts'
import { runAction } from './sequence/run-action.ts'
import { runExecuteSequence, type ProductOutcome } from './sequence/run-product.ts'
import { runSequence } from './sequence/run-sequence.ts'
import type { InstallSession } from './session/install-session.ts'
import type { EngineCalls, NestedProduct } from './session/installation.ts'

export const engineCalls: EngineCalls = {
  runAction: (session, name) => runAction(session, name),
  runSequence: (session, table) => runSequence(session, table),
  execute: executeFromClient,
  runNested,
}

/** ExecuteAction of the UI sequence. In an execute sequence there is nothing further to run. */
async function executeFromClient(client: InstallSession, action: string): Promise<ProductOutcome['status']> {
  if (client.parts.side !== 'c') return 0
  const settings = handOver(client, action)
  client.messages.log('Switching to server')
  const outcome = await runExecuteSequence(client.installation, { package: client.parts.package, settings, sourceDir: client.sourceRoot, transformCopies: client.transformCopies, throughUi: true,
    ...(client.patches === undefined ? {} : { engineSettings: patchProperties(client.patches) }) })
  client.failure ??= outcome.session.failure
  return outcome.status
}

/** An installed product, or a package of the source tree, in a session within this one. */
async function runNested(parent: InstallSession, what: NestedProduct, settings: ReadonlyMap<string, string>): Promise<number> {
  const { platform, installation } = parent
  let source: Package | undefined
  try {
    const chosen = 'productCode' in what ? openInstalled(platform, what.productCode) : choosePackage(platform, what.path, settings)
    source = chosen.package
    refuseCircle(parent, source)
    checkPlatform(source.summary, platform.machine, installation.settings.installerVersion)
    await installation.learnLanguage(source)
    const engineSettings = new Map(what.concurrent ? [['ParentProductCode', parent.product.productCode], ['ParentOriginalDatabase', parent.properties.get('OriginalDatabase')]] : [])
    const run = productRun(chosen, settings)
    const outcome = await runExecuteSequence(installation, { ...run, parent, engineSettings: new Map([...run.engineSettings ?? [], ...engineSettings]) })
    return outcome.exitCode
  } catch (error) {
    if (!(error instanceof WindowsError)) throw error
    parent.messages.log(`Nested installation failed: ${error.message}`)
    return error.errno
  } finally {
    source?.[Symbol.dispose]()
  }
}

/** @throws WindowsError 1618 for a product that is being installed already, further out, or one too many */
function refuseCircle(parent: InstallSession, { productCode, path }: Package): void {
  for (let outer: InstallSession | undefined = parent; outer !== undefined; outer = outer.parts.parent) {
    if (outer.product.productCode === productCode) throw new WindowsError('ERROR_INSTALL_ALREADY_RUNNING', `package ${path}: expected another product than ${productCode}, which is being installed`)
  }
  if (!parent.installation.mayNest()) throw new WindowsError('ERROR_INSTALL_ALREADY_RUNNING', `package ${path}: expected fewer nested installations`)
}
