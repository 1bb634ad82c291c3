#!/usr/bin/env node
// The program `msikit`. Everything else is in main.ts and the commands, whose bundles lie beside this one's.
import { join } from 'node:path'
import type { CommandEntry } from './command-list.ts'
import { loadBundle, type CommandModule } from './load-bundle.ts'
import { main } from './main.ts'
import { isOutputClosed, Output } from './output.ts'

/** Of the bundle, which is CommonJS. */
declare const require: (id: string) => unknown

const host = { out: new Output(1, process.env), err: new Output(2, process.env), env: process.env }
const load = ({ name, bundle }: CommandEntry): CommandModule => bundle === undefined ? loadBundle(bundlePath(name), require) : loadBundle(bundlePath(bundle), require, name)
const bundlePath = (name: string): string => join(import.meta.dirname, 'commands', `${name}.cjs`)

main(process.argv.slice(2), host, load).then((status) => {
  process.exitCode = status
}, (error: unknown) => {
  if (isOutputClosed(error)) return
  const story = error instanceof Error ? error.stack ?? error.message : String(error)
  host.err.line(`msikit: a mistake in msikit itself; please report it with the command line and this:\n${story}`)
  host.err.flush()
  process.exitCode = 1
})
