// `msikit install FILE --root R` against `wine msiexec /i FILE /qn`. Each of Wine's runs gets a fresh copy of one prefix,
// made once; the copy and the start of its wineserver are not timed, so that Wine is measured warm. Its work is done in
// other processes: compare wall times. There is no case of a package with custom actions that are Windows programs, such as
// vcredist.msi: ours has to be told to leave them out, and Wine does not come to an end.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/** `msiexec /f` of Wine 8 knows no package that was installed from a path; the properties that it stands for do the same. */
const wineArguments = { install: ['/i'], repair: ['REINSTALL=ALL', 'REINSTALLMODE=omus', '/i'], uninstall: ['/x'] }

export function cases(inputs) {
  const wine = new WinePrefix(join(inputs.cache, 'wine-template'), join(inputs.scratch, 'wine'))
  const one = (title, path, rounds, goal, command = 'install') => ({
    title: `${command} ${title}`, goal, rounds, skip: path === undefined ? 'needs the corpus in $MSIKIT_SHARED' : false,
    ours: {
      ...inputs.ours(command),
      command: (folder) => {
        // What is repaired or removed is installed first, untimed.
        if (command !== 'install') spawnSync(inputs.node, [inputs.msikit, 'install', path, '--root', folder], { stdio: 'ignore' })
        return [inputs.node, inputs.msikit, command, path, '--root', folder]
      },
    },
    peers: [{
      name: `wine msiexec ${wineArguments[command].join(' ')} /qn`, skip: inputs.without('wine') || inputs.without('wineserver'), env: wine.environment,
      command: () => {
        wine.renew()
        if (command !== 'install') wine.install(path)
        return ['wine', 'msiexec', ...wineArguments[command], path, '/qn']
      },
    }],
    after: () => wine.remove(),
  })
  const products = [[2000, 5000, '8 times Wine'], [20000, 50000, '40 times Wine; ten times as long as 2,000 files']]
  return [
    one('PuTTY', inputs.corpus('putty-0.68-installer.msi'), 5, 'faster than Wine'),
    one('NUnit', inputs.corpus('NUnit-2.5.2.9222.msi'), 5, 'faster than Wine'),
    one('64 MB in 64 files', inputs.packageOf(inputs.programFiles()), 5, '4 times Wine'),
    one('300 MB in 3,263 files', inputs.packageOf(inputs.mixedFiles()), 3, '4 times Wine'),
    one('20,000 small files', inputs.packageOf(inputs.smallFiles()), 2, '40 times Wine'),
    ...products.flatMap(([files, values, goal]) => Object.keys(wineArguments).map((command) =>
      one(`${files} files, ${values} registry values`, inputs.productOf(files, values), 2, goal, command))),
    journal(inputs, 2000, 5000),
  ]
}

/** Ours, and ours without its journal: what the ratio lacks to 1 is what the journal costs. */
function journal(inputs, files, values) {
  const path = inputs.productOf(files, values)
  const program = join(inputs.programs, 'install.mjs')
  return {
    title: `install ${files} files, ${values} registry values, with and without the journal`, goal: 'a ratio above 0.87: less than 15 % of the installation without it', rounds: 7,
    ours: { name: 'with the journal', command: (folder) => [inputs.node, program, path, join(folder, 'root')] },
    peers: [{ name: 'without', command: (folder) => [inputs.node, program, path, join(folder, 'root'), '--no-journal'] }],
  }
}

class WinePrefix {
  #template
  #prefix
  #runs = false

  constructor(template, prefix) {
    this.#template = template
    this.#prefix = prefix
    this.environment = { WINEPREFIX: prefix, WINEDEBUG: '-all', WINEDLLOVERRIDES: 'mscoree=;mshtml=', DISPLAY: '' }
  }

  /** A fresh prefix with a server that stays. */
  renew() {
    this.remove()
    const made = this.#run({ ...this.environment, WINEPREFIX: this.#template }, 'test -f "$WINEPREFIX/ready" || { wineboot -i && wineserver -w && touch "$WINEPREFIX/ready"; }')
    if (made.status !== 0) throw new Error(`wineboot: status ${made.status}`)
    mkdirSync(this.#prefix, { recursive: true })
    cpSync(this.#template, this.#prefix, { recursive: true, verbatimSymlinks: true })
    this.#runs = true
    // A first program starts the services, which would otherwise be part of the first measurement.
    this.#run(this.environment, 'wineserver -p && wine cmd /c exit')
  }

  /** Into the fresh prefix, untimed. */
  install(path) {
    this.#run(this.environment, `wine msiexec /i '${path}' /qn`)
  }

  /** Ends this prefix's own server and no other. */
  remove() {
    if (this.#runs) this.#run(this.environment, 'wineserver -k; wineserver -w')
    this.#runs = false
    rmSync(this.#prefix, { recursive: true, force: true })
  }

  #run(environment, script) {
    return spawnSync('sh', ['-c', script], { env: { ...process.env, ...environment }, timeout: 120000, stdio: 'ignore' })
  }
}
