// Features: what a user may choose to install. They hold components and further features.
// https://learn.microsoft.com/windows/win32/msi/feature-table
import { WindowsError } from '../base/index.ts'
import { Component, type ComponentOptions, type FileOptions, type PackageParts } from './component.ts'
import type { Content } from './draft.ts'
import type { Folder } from './folder.ts'

export interface FeatureOptions {
  readonly title?: string
  readonly description?: string
  /** Installed when INSTALLLEVEL is at least this; 1 when absent, 0 never. */
  readonly level?: number
  /** `collapsed` when absent. */
  readonly display?: 'hidden' | 'collapsed' | 'expanded' | number
  /** The folder that users may change. */
  readonly folder?: Folder
  /** Bits of {@link featureAttribute}; 0 when absent. */
  readonly attributes?: number
  /** Levels that conditions give instead. */
  readonly conditions?: readonly { readonly level: number; readonly condition: string }[]
}

/** Bits of Feature.Attributes. */
export const featureAttribute = { favorSource: 1, followParent: 2, favorAdvertise: 4, disallowAdvertise: 8, uiDisallowAbsent: 16, noUnsupportedAdvertise: 32 } as const

const keyWidth = 38
const deepestLevel = 16

/** Numbers that tell the order of display: even ones are collapsed, odd ones expanded. */
export class DisplayOrder {
  #next = 1

  number(display: 'collapsed' | 'expanded'): number {
    this.#next += 2
    return display === 'collapsed' ? this.#next - 1 : this.#next
  }
}

export class Feature {
  readonly key: string
  readonly #parts: PackageParts
  readonly #order: DisplayOrder
  readonly #components: Component[]
  readonly #depth: number

  /** Use {@link PackageBuilder.feature}. @throws WindowsError ERROR_INVALID_PARAMETER for a key or depth that Windows refuses */
  constructor(parts: PackageParts, components: Component[], order: DisplayOrder, key: string, options: FeatureOptions, parent?: Feature) {
    this.#parts = parts
    this.#components = components
    this.#order = order
    this.#depth = parent === undefined ? 1 : parent.#depth + 1
    if (this.#depth > deepestLevel) throw new WindowsError('ERROR_INVALID_PARAMETER', `feature ${key}: expected at most ${deepestLevel} levels of features`)
    this.key = parts.draft.keys('Feature').claim(key, keyWidth)
    const { display = 'collapsed' } = options
    parts.draft.add('Feature', {
      Feature: key, Feature_Parent: parent?.key, Title: options.title ?? key, Description: options.description,
      Display: display === 'hidden' ? 0 : typeof display === 'number' ? display : order.number(display),
      Level: options.level ?? 1, Directory_: options.folder?.key, Attributes: options.attributes ?? 0,
    })
    for (const { level, condition } of options.conditions ?? []) parts.draft.add('Condition', { Feature_: key, Level: level, Condition: condition })
  }

  /** A feature below this one. */
  feature(key: string, options: FeatureOptions = {}): Feature {
    return new Feature(this.#parts, this.#components, this.#order, key, options, this)
  }

  component(folder: Folder, options: ComponentOptions = {}): Component {
    return this.#add(folder, options, folder.key)
  }

  /** A component with this one file, as the component rules advise. */
  file(folder: Folder, name: string, content: Content, options: FileOptions & { readonly component?: ComponentOptions } = {}): Component {
    const { component = {}, ...fileOptions } = options
    return this.#add(folder, component, name).file(name, content, fileOptions)
  }

  #add(folder: Folder, options: ComponentOptions, name: string): Component {
    const component = new Component(this.#parts, this.key, folder, options, name)
    this.#components.push(component)
    return this.include(component)
  }

  /** A component of another feature, here too. */
  include(component: Component): Component {
    this.#parts.draft.add('FeatureComponents', { Feature_: this.key, Component_: component.key })
    return component
  }
}
