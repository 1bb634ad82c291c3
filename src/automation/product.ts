// The Product and Patch objects: one product, or one patch of it, in one context, with the sources it can be installed from again.
// https://learn.microsoft.com/windows/win32/msi/product-object, patch-object
import { Record } from '../sql/index.ts'
import { indexed, long, members, method, property, scriptError, toLong, toText, type MemberTable, type Variant } from '../vbscript/index.ts'
import { AutomationObject, type LastError } from './automation-object.ts'
import { RecordList, StringList } from './lists.ts'
import type { InstallationsPort, PatchInstance, ProductInstance, ProductsPort, SourceChange, SourceOwner, Sources } from './ports.ts'
import { RecordObject } from './record.ts'

/** What instances are made with: who knows of them, and who changes them, if anybody does. */
export interface InstanceContext {
  readonly products: ProductsPort
  readonly installations: InstallationsPort | undefined
  readonly lastError: LastError
}

/** MSISOURCETYPE bits. */
const sourceType = { network: 1, url: 2, media: 4 } as const
const kinds = ['network', 'url', 'media'] as const
/** Of SourceListInfo: the last used source says its kind first. */
const lastUsedPattern = /^([nu]);(.*)$/s
const letters = { network: 'n', url: 'u', media: 'm' } as const

abstract class SourcesOwner extends AutomationObject {
  readonly context: InstanceContext
  readonly instance: ProductInstance

  constructor(instance: ProductInstance, context: InstanceContext) {
    super(context.lastError)
    this.instance = instance
    this.context = context
  }

  abstract get owner(): SourceOwner

  get sourceList(): Sources {
    return this.context.products.sources(this.owner)
  }

  change(change: SourceChange): void {
    changeSources(this.context.installations, this.owner, change)
  }

  sources(type: number): Variant {
    return new StringList(kindOf(type) === 'network' ? this.sourceList.network : this.sourceList.urls)
  }

  mediaDisks(): Variant {
    return new RecordList([...this.sourceList.media].map(([disk, { volumeLabel, prompt }]) => new RecordObject(Record.of(disk, volumeLabel, prompt), undefined, this.lastError)))
  }

  info(name: string): string {
    const list = this.sourceList
    switch (name.toLowerCase()) {
      case 'mediapackagepath': return list.mediaPackagePath
      case 'diskprompt': return list.diskPrompt
      case 'lastusedsource': return list.lastUsed
      case 'lastusedtype': return list.lastUsedType === undefined ? '' : letters[list.lastUsedType]
      case 'packagename': return list.packageName
      default: throw scriptError(5)
    }
  }

  setInfo(name: string, value: string): void {
    if (name.toLowerCase() !== 'lastusedsource') return this.change({ change: 'info', property: name, value })
    const match = lastUsedPattern.exec(value)
    if (match === null) throw scriptError(5)
    return this.change({ change: 'use', kind: match[1] === 'n' ? 'network' : 'url', source: match[2]! })
  }
}

/** @throws ScriptError 445 where nothing can be changed */
export function changeSources(installations: InstallationsPort | undefined, owner: SourceOwner, change: SourceChange): void {
  if (installations === undefined) throw scriptError(445)
  installations.changeSources(owner, change)
}

/** @throws ScriptError 5 for what is neither of the two */
function kindOf(type: number): 'network' | 'url' {
  if (type !== sourceType.network && type !== sourceType.url) throw scriptError(5)
  return type === sourceType.network ? 'network' : 'url'
}

const sourceMembers = {
  ProductCode: property<SourcesOwner>((self) => self.instance.productCode),
  UserSid: property<SourcesOwner>((self) => self.instance.userSid),
  Context: property<SourcesOwner>((self) => long(self.instance.context)),
  Sources: indexed<SourcesOwner>(1, (self, type) => self.sources(toLong(type))),
  MediaDisks: property<SourcesOwner>((self) => self.mediaDisks()),
  SourceListInfo: indexed<SourcesOwner>(1, (self, name) => self.info(toText(name)), (self, value, name) => { self.setInfo(toText(name), toText(value)) }),
  SourceListAddSource: method<SourcesOwner>(3, (self, type, path, place) => void self.change({ change: 'add', kind: kindOf(toLong(type)), source: toText(path), place: toLong(place) })),
  SourceListClearSource: method<SourcesOwner>(2, (self, type, path) => void self.change({ change: 'remove', kind: kindOf(toLong(type)), source: toText(path) })),
  SourceListClearAll: method<SourcesOwner>(1, (self, type) => void self.change({ change: 'clear', kinds: kinds.filter((one) => (sourceType[one] & toLong(type)) !== 0) })),
  SourceListAddMediaDisk: method<SourcesOwner>(3, (self, disk, label, prompt) => void self.change({ change: 'add-disk', disk: toLong(disk), volumeLabel: toText(label), prompt: toText(prompt) })),
  SourceListClearMediaDisk: method<SourcesOwner>(1, (self, disk) => void self.change({ change: 'remove-disk', disk: toLong(disk) })),
  SourceListForceResolution: method<SourcesOwner>(0, (self) => void self.change({ change: 'forget-last-used' })),
}

export class ProductObject extends SourcesOwner {
  readonly typeName = 'Product'
  readonly members: MemberTable<never> = productTable

  get owner(): SourceOwner {
    return this.instance
  }
}

const productTable = members<ProductObject>({
  ...sourceMembers,
  State: property((self) => long(self.context.products.instanceState(self.instance))),
  InstallProperty: indexed(1, (self, name) => self.context.products.instanceInfo(self.instance, toText(name))),
  FeatureState: indexed(1, (self, name) => long(self.context.products.instanceFeatureState(self.instance, toText(name)))),
  ComponentState: indexed(1, (self, id) => long(self.context.products.instanceComponentState(self.instance, toText(id)))),
})

export class PatchObject extends SourcesOwner {
  readonly typeName = 'Patch'
  readonly members: MemberTable<never> = patchTable
  readonly patch: PatchInstance

  constructor(patch: PatchInstance, context: InstanceContext) {
    super(patch, context)
    this.patch = patch
  }

  get owner(): SourceOwner {
    return this.patch
  }

  property(name: string): string {
    return this.context.products.patchInstanceInfo(this.patch, name)
  }
}

const patchTable = members<PatchObject>({
  ...sourceMembers,
  PatchCode: property((self) => self.patch.patchCode),
  PatchProperty: indexed(1, (self, name) => self.property(toText(name))),
  State: property((self) => long(Number(self.property('State')))),
})
