// Where a recorded session differs from ours with good reason. Numbers are those of "Where Wine is wrong" in the
// oracle's README; without a number, the reason speaks for itself. Anything else is a difference to be looked into.

export interface Difference {
  readonly recording: string
  readonly command: string
  readonly kind: 'exit' | 'sequence' | 'feature' | 'component' | 'folder' | 'file' | 'property'
  readonly name: string
  /** Of features and components: level, installed, request or action. */
  readonly field: string
  readonly ours: string
  readonly theirs: string
  /** Of components: whether the Condition holds. */
  readonly enabled: boolean
}

interface Rule {
  readonly reason: string
  readonly explains: (difference: Difference) => boolean
}

/** Facts of the recording machine and of Wine's version. */
const machineProperties = new Set([
  'COMPANYNAME', 'USERNAME', 'ColorBits', 'ScreenX', 'ScreenY', 'Intel', 'MsiAMD64', 'Msix64', 'PhysicalMemory', 'VirtualMemory',
  'VersionMsi', 'VersionDatabase', 'TempFolder', 'System16Folder', 'RecentFolder', 'INSTALLLEVEL',
])

const rules: readonly Rule[] = [
  { reason: 'facts of the recording machine', explains: ({ kind, name }) => (kind === 'property' || kind === 'folder') && machineProperties.has(name.replace(/\..*$/, '')) },
  { reason: 'Wine runs from a copy of the package; Installed is 1 there', explains: ({ kind, name }) => kind === 'property' && ['DATABASE', 'OriginalDatabase', 'Installed', 'ProductToBeRegistered'].includes(name) },
  { reason: '#15: the trace shows components whose Condition is false as if they were installed', explains: ({ kind, enabled }) => kind === 'component' && !enabled },
  {
    reason: '#16: per-machine installations use the folders of all users',
    explains: ({ kind, ours, theirs }) => (kind === 'folder' || kind === 'property') && /^C:\\(ProgramData|Users\\Public)\\/i.test(ours) && /^C:\\users\\USER\\/i.test(theirs),
  },
  {
    reason: 'Wine takes a registry key path for a component that runs from its source',
    explains: ({ kind, ours, theirs }) => kind === 'feature' && ours === 'local' && theirs === 'source',
  },
  { reason: 'Windows has neither SourceDir nor SOURCEDIR until an action needs the source (vector msi/sourcedir_props); Wine has one', explains: ({ kind, name, ours, theirs }) => kind === 'property' && (name === 'SourceDir' || name === 'SOURCEDIR') && (ours === '' || theirs === '') },
  { reason: 'the recorded sequence of a failed installation goes on with its rollback', explains: ({ kind, ours, theirs }) => kind === 'sequence' && theirs.startsWith(`${ours},`) },
  { reason: 'the recording is of a copy without DLL actions', explains: ({ recording, kind }) => recording.startsWith('noca-') && kind === 'sequence' },
  { reason: 'Wine puts files of assemblies into a temporary folder first', explains: ({ kind, theirs }) => kind === 'file' && theirs.includes('<tmp>.tmp') },
  { reason: 'the trace has the folders of CostFinalize; a type 35 action moved this one later', explains: ({ name }) => name.startsWith('URTInstallPath.') },
  { reason: 'Wine gives a feature the level of its unselected parent', explains: ({ kind, name, field }) => kind === 'feature' && field === 'level' && name === 'Grand' },
  { reason: 'the trace has the folders of CostFinalize; a type 35 action moved this one later', explains: ({ recording, kind, name }) => recording.startsWith('extra-customactions') && ((kind === 'folder' && name === 'OTHER') || (kind === 'file' && name === 'f_b')) },
  { reason: '#14: an unknown feature is error 2711', explains: ({ recording }) => recording === 'extra-features.addlocal-unknown' },
  { reason: '#13: ADDDEFAULT is ignored', explains: ({ recording }) => recording === 'extra-features.addlocal-default' },
  { reason: '#12: a child brings its parents, and ALL means every feature of Level > 0', explains: ({ recording, name }) => /^extra-features\.(addlocal|addsource|modify)/.test(recording) && /^(c_)?(Top|ChildHigh|Grand)$|^c_shared$/.test(name) },
  { reason: 'a removed feature stays removed: Wine registers its components again', explains: ({ recording, name }) => recording === 'extra-features.modify' && /^(c_)?(Level3|Level4|ChildFollow|ChildOn|CondOn|FavorAdv|FavorSrc|NoAbsent)$|^c_(cond|trans|src|shared)$/.test(name) },
  { reason: 'REMOVE of a parent removes its children (feature-table)', explains: ({ recording, name }) => recording === 'extra-features.remove-some' && /^(c_)?(ChildHigh|ChildOn|ChildFollow|Grand|Top)$|^c_src$/.test(name) },
  { reason: 'FollowParent alone does not bring a feature out of absent (feature-table)', explains: ({ recording, name }) => /^extra-features\.(level1|advertise)$/.test(recording) && /^(c_)?ChildFollow$/.test(name) },
  { reason: 'an advertised feature is not installed, so REINSTALL leaves it alone (reinstall)', explains: ({ command, name }) => command.includes('REINSTALL=ALL') && /^(c_)?FavorAdv$/.test(name) },
  { reason: 'advertised components have nothing to remove', explains: ({ recording, name, theirs }) => recording === 'extra-features.uninstall' && name === 'c_FavorAdv' && theirs === 'absent' },
  { reason: 'a second /i without properties changes nothing (7.4)', explains: ({ recording, command, kind }) => recording === 'extra-features.again' && command.endsWith('features.msi /qn') && kind === 'component' },
  { reason: '#4: removing what is not installed is 1605', explains: ({ kind, ours, theirs }) => kind === 'exit' && ours === '1605' && theirs === '0' },
]

export function reasonFor(difference: Difference): string | undefined {
  return rules.find((rule) => rule.explains(difference))?.reason
}
