#!/usr/bin/env node
// The program `msikit`: hands the command line to the bundle of its command, or to the one that knows what there is.
// Nothing of this file comes from a code cache, so it is short.
import { loadBundle } from './load-bundle.ts'

/** Of the bundle, which is CommonJS. */
declare const require: (id: string) => unknown
/** The bundle of each command. Put in by scripts/bundle.mjs. */
declare const MSIKIT_BUNDLES: Readonly<Record<string, string>>

const name = process.argv[2] ?? ''
const bundle = Object.hasOwn(MSIKIT_BUNDLES, name) ? MSIKIT_BUNDLES[name]! : ''
const { start, commands } = loadBundle(`${import.meta.dirname}/commands/${bundle || 'main'}.cjs`, require)
void start(commands[bundle && name]!.run, process.argv.slice(bundle ? 3 : 2)).then((status) => { process.exitCode = status })
