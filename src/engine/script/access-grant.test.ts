import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { bytesToHex } from '../../base/index.ts'
import { withGrants } from './access-grant.ts'
import { securityDescriptor } from './security-descriptor.ts'

const ownership = { owner: 'BA', group: 'SY' }
const described = (text: string): Uint8Array => securityDescriptor(text, ownership)

test('an account gets an entry of its own before those that are inherited, or more rights in the one that it has', () => {
  const before = described('D:P(D;;0x2;;;BG)(A;CI;0xf003f;;;SY)(A;CIID;0x20019;;;BU)')
  assert.equal(bytesToHex(withGrants(before, [{ account: 'WD', mask: 0x20019, flags: 2 }, { account: 'SY', mask: 0x100000, flags: 2 }])),
    bytesToHex(described('D:P(D;;0x2;;;BG)(A;CI;0x1f003f;;;SY)(A;CI;0x20019;;;WD)(A;CIID;0x20019;;;BU)')))
})

test('a descriptor without a list, which gives everybody everything, stays as it is', () => {
  assert.equal(bytesToHex(withGrants(described('O:BA'), [{ account: 'WD', mask: 1, flags: 0 }])), bytesToHex(described('O:BA')))
})
