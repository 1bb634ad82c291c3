// Arguments that functions about products have in common, checked as those functions check them.
import { isGuid } from 'msikit/base'
import type { ProductContext } from 'msikit/engine'

/** MSIINSTALLCONTEXT */
const contexts: Readonly<Record<number, ProductContext>> = { 1: 'user-managed', 2: 'user', 4: 'machine' }
export const contextNumbers: Readonly<Record<ProductContext, number>> = { 'user-managed': 1, user: 2, machine: 4 }
const localSystemSid = 'S-1-5-18'

/** One context with the user it is of; `undefined` for a combination that is none. */
export function contextOf(context: unknown, user: unknown): { readonly context: ProductContext; readonly userSid?: string } | undefined {
  const known = contexts[Number(context)]
  const userSid = typeof user === 'string' && user !== '' ? user : undefined
  if (known === undefined || userSid === localSystemSid || (known === 'machine' && userSid !== undefined)) return undefined
  return { context: known, ...(userSid === undefined ? {} : { userSid }) }
}

export function isProductCode(text: unknown): text is string {
  return typeof text === 'string' && isGuid(text)
}
