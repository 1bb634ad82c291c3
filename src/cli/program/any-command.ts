// What `msikit` is when no command is named: its help, its version, and the help of a command.
import { loadBundle } from './load-bundle.ts'
import { main } from './main.ts'
import type { CommandRunner } from './run-command.ts'

/** Of the bundle, which is CommonJS. */
declare const require: (id: string) => unknown

export const run: CommandRunner = (argv, host) =>
  main(argv, host, ({ name, bundle = name }) => loadBundle(`${import.meta.dirname}/${bundle}.cjs`, require).commands[name]!)
