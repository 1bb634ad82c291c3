// ValidateProductID: PIDKEY against PIDTemplate makes ProductID. Always successful.
// https://learn.microsoft.com/windows/win32/msi/validateproductid-action; mask syntax: maskededit-control
import type { EngineAction } from './engine-action.ts'

export const validateProductId: EngineAction = (session) => {
  const { properties } = session
  if (properties.has('ProductID') || !properties.has('PIDTemplate')) return
  const id = productId(properties.get('PIDTemplate'), properties.get('PIDKEY'))
  if (id !== undefined) properties.set('ProductID', id)
}

/** The parts before `<` and after `>` of the template are added as they are; `undefined` when the key does not fit. */
export function productId(template: string, key: string): string | undefined {
  const start = template.indexOf('<')
  const end = template.indexOf('>', start)
  const [before, mask, after] = start < 0 || end < 0 ? ['', template, ''] : [template.slice(0, start), template.slice(start + 1, end), template.slice(end + 1)]
  const wanted = mask.replaceAll('=', '#-').replace(/-$/, '')
  if (key.length !== wanted.length) return undefined
  for (let index = 0; index < wanted.length; index++) if (!fits(wanted[index]!, key[index]!)) return undefined
  return `${before.replaceAll('@', '0')}${key}${after.replaceAll('@', '0')}`
}

function fits(mask: string, unit: string): boolean {
  if (mask === '#' || mask === '%' || mask === '@') return /\d/.test(unit)
  if (mask === '&' || mask === '^' || mask === '?' || mask === '`') return mask === '&' || /[A-Za-z0-9]/.test(unit)
  return mask === unit
}
