// `msikit install FILE --root R` against `wine msiexec /i FILE /qn`. Each of Wine's runs gets a fresh copy of one prefix,
// made once; the copy and the start of its wineserver are not timed, so that Wine is measured warm.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

export function cases(inputs) {
  const wine = new WinePrefix(join(inputs.cache, 'wine-template'), join(inputs.scratch, 'wine'))
  const one = (title, path, rounds, goal) => ({
    title: `install ${title}`, goal, rounds, skip: path === undefined ? 'needs the corpus in $MSIKIT_SHARED' : false,
    ours: { ...inputs.ours('install'), command: (folder) => [inputs.node, inputs.msikit, 'install', path, '--root', folder] },
    peers: [{
      name: 'wine msiexec /i /qn', skip: inputs.without('wine') || inputs.without('wineserver'), env: wine.environment,
      command: () => {
        wine.renew()
        return ['wine', 'msiexec', '/i', path, '/qn']
      },
    }],
    after: () => wine.remove(),
  })
  return [
    one('PuTTY', inputs.corpus('putty-0.68-installer.msi'), 5, 'faster than Wine'),
    one('NUnit', inputs.corpus('NUnit-2.5.2.9222.msi'), 5, 'faster than Wine'),
    one('64 MB in 64 files', inputs.packageOf(inputs.programFiles()), 5, '4 times Wine'),
    one('20,000 small files', inputs.packageOf(inputs.smallFiles()), 2, '40 times Wine'),
  ]
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
