// Programs that people know by the script they run, not by their own name.

const interpreters = /^(?:node|nodejs|bun|deno|python|pypy|perl|ruby|php|bash|sh|dash|zsh|ksh|fish|lua|luajit|tclsh|java|mono|dotnet|pwsh|guile|Rscript|electron)[\d.]*$/

/** By the name of its executable, without folders. */
export function isInterpreter(name: string): boolean {
  return interpreters.test(name)
}
