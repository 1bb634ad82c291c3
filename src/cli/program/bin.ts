#!/usr/bin/env node
// The program `msikit`: hands the command line to the bundle of its command, or to the one that knows what there is.
// Nothing of this file comes from a code cache, so it is short.
import { loadBundle } from './load-bundle.ts'

/** Of the bundle, which is CommonJS. */
declare const require: (id: string) => unknown
/** The commands, and in the same order the bundle of each: a record of them would take V8 longer to make. Put in by scripts/bundle.mjs. */
declare const MSIKIT_COMMANDS: readonly string[], MSIKIT_BUNDLES: readonly string[]

const name = process.argv[2] ?? ''
const bundle = MSIKIT_BUNDLES[MSIKIT_COMMANDS.indexOf(name)]
const { start, commands } = loadBundle(`${import.meta.dirname}/commands/${bundle ?? 'main'}.cjs`, require)
void start(commands[bundle === undefined ? '' : name]!.run, process.argv.slice(bundle === undefined ? 2 : 3)).then((status) => { process.exitCode = status })
