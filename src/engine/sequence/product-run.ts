// What a chosen package is run with: its transforms and patches have their say in the settings.
// https://learn.microsoft.com/windows/win32/msi/transforms, …/patch
import type { ChosenPackage } from '../package/choose-package.ts'
import { patchProperties } from '../package/patches.ts'
import { featureListProperties } from '../session/features/feature-selection.ts'
import type { ProductRun } from './run-product.ts'

/** The list of transforms is the registered one from here on. Patches have the product installed again, unless a list of features says otherwise. */
export function productRun({ package: source, sourceDir, transforms, copies }: ChosenPackage, settings: ReadonlyMap<string, string>): ProductRun {
  const known = new Map(settings)
  if (transforms !== '' || known.has('TRANSFORMS')) known.set('TRANSFORMS', transforms)
  const { patches } = source
  // An image that is patched stays where it is.
  if (patches !== undefined && known.get('ACTION') === 'ADMIN' && source.summary.adminImage && (known.get('TARGETDIR') ?? '') === '') known.set('TARGETDIR', source.folder)
  const changes = patches !== undefined && (patches.added.length > 0 || patches.removed.length > 0)
  if (changes && patches.installsAgain && featureListProperties.every((name) => (known.get(name) ?? '') === '')) {
    known.set('REINSTALL', 'ALL')
    if ((known.get('REINSTALLMODE') ?? '') === '') known.set('REINSTALLMODE', 'omus')
  }
  return {
    package: source, settings: known, transformCopies: copies, ...(sourceDir === undefined ? {} : { sourceDir }),
    ...(patches === undefined ? {} : { engineSettings: patchProperties(patches) }),
  }
}
