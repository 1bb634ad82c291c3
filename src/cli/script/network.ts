// WScript.Network: who runs the script, and where. Drives and printers of a network are not there.
// https://learn.microsoft.com/previous-versions/s6wt333f(v=vs.84) (WshNetwork object)
import { hostname, userInfo } from 'node:os'
import { HostObject, members, property, type MemberTable } from '../../scripting/index.ts'

export class Network extends HostObject {
  readonly typeName = 'IWshNetwork2'
  readonly members: MemberTable<never> = table
}

const table = members<Network>({ UserName: property(() => userInfo().username), ComputerName: property(() => hostname()), UserDomain: property(() => hostname()) })
