// `PACKAGE ROOT [--no-journal]`: installs in this process. Without its journal, to tell what that costs: nothing but this
// measurement leaves it out, and what it installs then cannot be taken back after a crash.
import { installPackage } from 'msikit/engine'
import { createNodePlatform } from 'msikit/node'
import { Journal } from '../../dist/engine/script/journal.js'

const [path, root, option] = process.argv.slice(2)
if (option === '--no-journal') {
  Journal.prototype.append = () => {}
  Journal.prototype.sync = () => {}
}
const platform = createNodePlatform({ root })
const { exitCode } = await installPackage(platform, { package: platform.files.fromHostPath(path), restartManager: 'none' })
process.exitCode = exitCode === 0 ? 0 : 1
