// The Component, Client and ComponentInfo objects, as ComponentsEx, ClientsEx and ComponentPathEx list them.
// https://learn.microsoft.com/windows/win32/msi/components, client, componentinfo
import { HostObject, long, members, property, type MemberTable } from '../vbscript/index.ts'

/** What the three of them say of a component. */
interface Facts {
  readonly componentCode: string
  readonly context?: number
  readonly userSid?: string
  readonly productCode?: string
  readonly path?: string
  readonly state?: number
}

export class ComponentObject extends HostObject {
  readonly typeName: string
  readonly members: MemberTable<never> = table
  readonly facts: Facts

  constructor(typeName: 'Component' | 'Client' | 'ComponentPath', facts: Facts) {
    super()
    this.typeName = typeName
    this.facts = facts
  }
}

const table = members<ComponentObject>({
  ComponentCode: property((self) => self.facts.componentCode),
  Context: property((self) => long(self.facts.context ?? 0)),
  UserSID: property((self) => self.facts.userSid ?? ''),
  ProductCode: property((self) => self.facts.productCode ?? ''),
  Path: property((self) => self.facts.path ?? ''),
  State: property((self) => long(self.facts.state ?? 0)),
})
