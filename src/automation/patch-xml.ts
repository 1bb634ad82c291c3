// What a patch is for, as XML: Installer.ExtractPatchXMLData. The least Windows Installer of each target is left out, which the schema allows.
// https://learn.microsoft.com/windows/win32/msi/extracting-patch-information-as-xml
import { readPatch, transformValidations, type Patch, type PatchSequence, type PatchTransform } from '../database/index.ts'

const namespace = 'http://www.microsoft.com/msi/patch_applicability.xsd'

const comparisons = [
  ['LessThan', transformValidations.less], ['LessThanOrEqual', transformValidations.lessOrEqual], ['Equal', transformValidations.equal],
  ['GreaterThanOrEqual', transformValidations.greaterOrEqual], ['GreaterThan', transformValidations.greater],
] as const
const filters = [
  ['MajorMinorUpdate', transformValidations.updateVersion], ['MajorMinor', transformValidations.minorVersion], ['Major', transformValidations.majorVersion],
] as const

export function patchXml(source: Parameters<typeof readPatch>[0]): string {
  return xmlOf(readPatch(source))
}

function xmlOf({ code, installerLevel, transforms, targets, obsoletes, sequences }: Patch): string {
  const content = [
    ...transforms.map(targetProduct), ...targets.map((one) => element('TargetProductCode', one)), ...obsoletes.map((one) => element('ObsoletedPatch', one)), ...sequences.map(sequenceData),
  ].join('')
  return `<?xml version="1.0" encoding="UTF-16"?><MsiPatch${attributes({ xmlns: namespace, SchemaVersion: '1.0.0.0', PatchGUID: code, MinMsiVersion: String(installerLevel) })}>${content}</MsiPatch>`
}

function targetProduct({ target }: PatchTransform): string {
  const checks = (flag: number): boolean => (target.validation & flag) !== 0
  const comparison = comparisons.find(([, flag]) => checks(flag))?.[0]
  const filter = filters.find(([, flag]) => checks(flag))?.[0]
  const version = { Validate: String(comparison !== undefined && filter !== undefined), ComparisonType: comparison ?? 'None', ComparisonFilter: filter ?? 'None' }
  const updated = (name: string, before: string, after: string): string => after === '' || after === before ? '' : element(name, after)
  return `<TargetProduct>${[
    element('TargetProductCode', target.productCode, { Validate: String(checks(transformValidations.product)) }), updated('UpdatedProductCode', target.productCode, target.updatedProductCode),
    element('TargetVersion', target.productVersion, version), updated('UpdatedVersion', target.productVersion, target.updatedProductVersion),
    element('TargetLanguage', target.language === '' ? '0' : target.language, { Validate: String(checks(transformValidations.language)) }), updated('UpdatedLanguages', target.language, target.updatedLanguage),
    target.upgradeCode === '' ? '' : element('UpgradeCode', target.upgradeCode, { Validate: String(checks(transformValidations.upgradeCode)) }),
  ].join('')}</TargetProduct>`
}

function sequenceData({ family, productCode, sequence, attributes: bits }: PatchSequence): string {
  const product = productCode === undefined || productCode === '' ? '' : element('ProductCode', productCode)
  return `<SequenceData>${element('PatchFamily', family)}${product}${element('Sequence', sequence)}${element('Attributes', String(bits))}</SequenceData>`
}

function element(name: string, text: string, given: Readonly<Record<string, string>> = {}): string {
  return `<${name}${attributes(given)}>${escaped(text)}</${name}>`
}

function attributes(given: Readonly<Record<string, string>>): string {
  return Object.entries(given).map(([name, value]) => ` ${name}="${escaped(value)}"`).join('')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
