// The Session object and FeatureInfo. https://learn.microsoft.com/windows/win32/msi/session-object
import { errorCodes, WindowsError } from '../base/index.ts'
import { Record } from '../sql/index.ts'
import { indexed, isGiven, long, members, method, property, toBoolean, toLong, toText, type DispatchObject, type MemberTable, type Variant } from '../vbscript/index.ts'
import { AutomationObject, type LastError } from './automation-object.ts'
import { DatabaseObject } from './database.ts'
import { RecordList } from './lists.ts'
import type { InstallerPort, SessionPort } from './ports.ts'
import { RecordObject, recordOf } from './record.ts'

const conditions = { false: 0, true: 1, none: 2, error: 3 } as const
const costTrees = ['self', 'children', 'parents'] as const

export class SessionObject extends AutomationObject {
  readonly typeName = 'Session'
  readonly members: MemberTable<never> = table
  readonly port: SessionPort
  readonly installer: DispatchObject
  readonly #machine: InstallerPort

  constructor(port: SessionPort, machine: InstallerPort, installer: DispatchObject, lastError: LastError) {
    super(lastError)
    this.port = port
    this.installer = installer
    this.#machine = machine
  }

  /** What a session has of its database can be changed for the session alone: it is never committed. */
  database(): Variant {
    const { database } = this.port
    if (database === undefined) throw new WindowsError('ERROR_INVALID_HANDLE', 'captured code has no database')
    const { files, utcOffsetMinutes } = this.#machine
    return new DatabaseObject(database, { files, utcOffsetMinutes, lastError: this.lastError }, undefined)
  }

  async doAction(name: string): Promise<Variant> {
    return long(statusOf(await this.port.doAction(name)))
  }

  async sequence(name: string): Promise<Variant> {
    return long(statusOf(await this.port.sequence(name)))
  }

  async message(kind: number, record: Variant): Promise<Variant> {
    return long(await this.port.message(kind, recordOf(record).fields()))
  }

  componentCosts(name: string, state: number): Variant {
    return new RecordList(this.port.componentCosts(name, state).map(({ drive, cost, temporaryCost }) =>
      new RecordObject(Record.of(drive, cost, temporaryCost), this.#machine.files, this.lastError)))
  }

  /** Bit 0: local, bit 1: from source, as the attributes of the feature's components allow. */
  validStates(feature: string): number {
    this.port.featureInfo(feature)
    const { database } = this.port
    const links = [...database?.table('FeatureComponents')?.rows() ?? []].filter((row) => row.text('Feature_') === feature)
    const attributes = links.map((row) => database?.table('Component')?.find(row.text('Component_'))?.integer('Attributes') ?? 0)
    if (attributes.length === 0) return 3
    const local = attributes.some((bits) => (bits & 1) === 0)
    const source = attributes.some((bits) => (bits & 3) !== 0) && !this.port.mode(8)
    return (local ? 1 : 0) | (source ? 2 : 0)
  }
}

/** msiDoActionStatus of the code that the function answers. */
function statusOf(code: number): number {
  switch (code) {
    case errorCodes.ERROR_SUCCESS: return 1
    case errorCodes.ERROR_FUNCTION_NOT_CALLED: return 0
    case errorCodes.ERROR_INSTALL_USEREXIT: return 2
    case errorCodes.ERROR_INSTALL_SUSPEND: return 4
    case errorCodes.ERROR_NO_MORE_ITEMS: return 5
    case errorCodes.ERROR_INVALID_HANDLE_STATE: return 6
    case errorCodes.ERROR_INVALID_DATA: return 7
    default: return 3
  }
}

export class FeatureInfoObject extends AutomationObject {
  readonly typeName = 'FeatureInfo'
  readonly members: MemberTable<never> = featureTable
  readonly port: SessionPort
  readonly name: string

  constructor(port: SessionPort, name: string, lastError: LastError) {
    super(lastError)
    this.port = port
    this.name = name
    port.featureInfo(name)
  }
}

const featureTable = members<FeatureInfoObject>({
  Title: property((self) => self.port.featureInfo(self.name).title),
  Description: property((self) => self.port.featureInfo(self.name).description),
  Attributes: property((self) => long(self.port.featureInfo(self.name).attributes), (self, value) => { self.port.setFeatureAttributes(self.name, toLong(value)) }),
})

const propertyMember = indexed<SessionObject>(1, (self, name) => self.port.property(toText(name)), (self, value, name) => { self.port.setProperty(toText(name), isGiven(value) ? toText(value) : '') })
const table = members<SessionObject>({
  '': propertyMember, Property: propertyMember,
  ProductProperty: indexed(1, (self, name) => self.port.productProperty(toText(name))),
  Installer: property((self) => self.installer),
  Database: property((self) => self.database()),
  Language: property((self) => long(self.port.language)),
  Mode: indexed(1, (self, mode) => self.port.mode(toLong(mode)), (self, value, mode) => { self.port.setMode(toLong(mode), toBoolean(value)) }),
  SourcePath: indexed(1, (self, folder) => self.port.sourcePath(toText(folder))),
  TargetPath: indexed(1, (self, folder) => self.port.targetPath(toText(folder)), (self, value, folder) => { self.port.setTargetPath(toText(folder), toText(value)) }),
  FeatureCurrentState: indexed(1, (self, name) => long(self.port.featureState(toText(name)).installed)),
  FeatureRequestState: indexed(1, (self, name) => long(self.port.featureState(toText(name)).action), (self, value, name) => { self.port.setFeatureState(toText(name), toLong(value)) }),
  FeatureValidStates: indexed(1, (self, name) => long(self.validStates(toText(name)))),
  FeatureCost: indexed(3, (self, name, tree, state) => long(self.port.featureCost(toText(name), costTrees[toLong(tree)] ?? 'self', toLong(state)))),
  FeatureInfo: method(1, (self, name) => new FeatureInfoObject(self.port, toText(name), self.lastError)),
  ComponentCurrentState: indexed(1, (self, name) => long(self.port.componentState(toText(name)).installed)),
  ComponentRequestState: indexed(1, (self, name) => long(self.port.componentState(toText(name)).action), (self, value, name) => { self.port.setComponentState(toText(name), toLong(value)) }),
  ComponentCosts: indexed(2, (self, name, state) => self.componentCosts(toText(name), toLong(state))),
  VerifyDiskSpace: property((self) => self.port.property('OutOfDiskSpace') !== '1'),
  DoAction: method(1, (self, name) => self.doAction(toText(name))),
  Sequence: method([1, 2], (self, name) => self.sequence(toText(name))),
  EvaluateCondition: method(1, (self, text) => long(conditions[self.port.condition(toText(text))])),
  FormatRecord: method(1, (self, record) => self.port.format(recordOf(record).fields())),
  Message: method(2, (self, kind, record) => self.message(toLong(kind), record)),
  SetInstallLevel: method(1, (self, level) => void self.port.setInstallLevel(toLong(level))),
})
