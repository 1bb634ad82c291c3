// The reviewed differences between the recordings (made by Wine 8.0) and what we do. Where the recorder disagrees with
// Microsoft's documentation the documentation wins; each entry says which page, or why the recorded value is the
// recording machine's own. An entry that explains nothing any more fails the suite. `elsewhere` are rules that recordings
// of further packages need: real ones from public repositories, and generated ones for tables that those do not use.
import type { Difference } from './compare.ts'

interface Explanation {
  readonly recording: RegExp
  readonly aspect: Difference['aspect']
  readonly where: RegExp
  /** Matched against `expected → found`. */
  readonly change?: RegExp
  readonly reason: string
  /** Where the same is found instead: among the differences there must be one at such a place, or below. */
  readonly movedTo?: (where: string) => readonly string[]
  /** None of the given recordings needs it. */
  readonly elsewhere?: true
}

/** Below HKLM\\Software, as shared-registry-keys lists them. */
const sharedKeys = 'clients|policies|registeredapplications|microsoft\\\\(?:com3|cryptography|ctf|dfs|driver signing|enterprisecertificates|eventsystem|msmq|'
  + 'non-driver signing|notepad|ole|ras|rpc|shared tools|systemcertificates|termservlicensing|transactionserver|windows(?: nt)?\\\\currentversion\\\\(?!uninstall|run|shareddlls|installer))'

const classesOfUser = (where: string): readonly string[] => [where.replace(/^hklm/, 'hkcu'), where.replace(/^hklm\\software\\classes\\wow6432node/, 'hkcu\\software\\classes')]

export const explanations: readonly Explanation[] = [
  {
    recording: /./, aspect: 'registry', where: /\\installer\\folders : /, change: /^nothing →/,
    reason: 'Windows lists the folders that installations create, so that their removal takes them away; the recorder keeps no such list',
  },
  {
    recording: /./, aspect: 'registry', where: /\\installer\\products\\[0-9a-f]{32} : assignment$/,
    reason: 'Assignment is 1 for a product installed per machine (MsiGetProductInfo, AssignmentType); the recorder always writes 0',
  },
  {
    recording: /./, aspect: 'registry', where: /\\installer\\products\\[0-9a-f]{32} : deploymentflags$/, change: /^nothing →/,
    reason: 'Windows writes DeploymentFlags for every product; the recorder does not',
  },
  {
    recording: /./, aspect: 'registry', where: /\\sourcelist : lastusedsource$/, change: /"n;1;.*"REG_SZ".*→ .*"REG_EXPAND_SZ"/,
    reason: 'LastUsedSource is REG_EXPAND_SZ in registries that Windows wrote; the recorder writes REG_SZ',
  },
  {
    recording: /./, aspect: 'registry', where: / : (?:helplink|readme)$/, change: /"REG_SZ".*→ .*"REG_EXPAND_SZ"/,
    reason: 'HelpLink and Readme are REG_EXPAND_SZ in registries that Windows wrote, unless they are empty; the recorder writes REG_SZ',
  },
  {
    recording: /./, aspect: 'registry', where: / : estimatedsize$/,
    reason: 'EstimatedSize is set by Windows Installer to the size in KB (uninstall-registry-key); the recorder always writes 0',
  },
  {
    recording: /./, aspect: 'registry', where: /\\sourcelist\\net : [2-9]$/, change: /→ nothing$/,
    reason: 'A source that is listed is not added again (MsiSourceListAddSource); the recorder adds it with every installation',
  },
  {
    recording: /./, aspect: 'registry', where: / : displayicon$/, change: /^nothing →/,
    reason: 'DisplayIcon comes from ARPPRODUCTICON (uninstall-registry-key); the recorder writes ProductIcon only',
  },
  {
    recording: /./, aspect: 'registry', where: /^hklm\\software\\classes\\wow6432node\\(?!clsid\\|interface\\)/, change: /→ nothing$/,
    reason: 'HKLM\\Software\\Classes is shared by 32-bit and 64-bit programs since Windows 7 but for CLSID, Interface and the like (shared-registry-keys); the recorder redirects all of it',
  },
  {
    recording: /./, aspect: 'registry', where: /^hklm\\software\\classes\\(?!installer\\|wow6432node\\|clsid\\)/, change: /^nothing →/,
    reason: 'The other side of the same: shared classes are written to the shared place (shared-registry-keys)',
  },
  {
    recording: /./, aspect: 'file', where: /^users\/<user>\/(appdata\/roaming\/microsoft\/windows\/(start menu|templates)|desktop)\//, change: /→ nothing$/,
    reason: 'Per-machine installations use the Start Menu and Desktop of all users (allusers, installation-context); the recorder uses those of the user',
  },
  {
    recording: /./, aspect: 'file', where: /^(programdata\/microsoft\/windows\/(start menu|templates)|users\/public\/desktop)\//, change: /^nothing →/,
    reason: 'The other side of the same: the folders of all users',
  },
  {
    recording: /environment/, aspect: 'registry', where: / : os$/,
    reason: '`+` creates a variable that is not there and leaves one that is (environment-table); the recorder overwrites it',
  },
  {
    recording: /environment/, aspect: 'registry', where: / : orc_gone2?$/,
    reason: '`!` removes a variable on installation (environment-table); the recorder sets it',
  },
  {
    recording: /./, aspect: 'registry', where: /environment : (?!path$)/, change: /^\{"data":"(?:[^"]*;;|[^"]*;")/,
    reason: 'Text placed before or after nothing brings no separator (verified on Windows: vectors, action/envvar); the recorder leaves one',
  },
  {
    recording: /environment/, aspect: 'registry', where: / : orc_hash$/,
    reason: '[~] in the middle of a value has no meaning in the Environment table (environment-table); the recorder cuts the value there',
  },
  {
    recording: /./, aspect: 'registry', where: /environment : /, change: /%[^%]+%.*"REG_SZ".*→ .*"REG_EXPAND_SZ"/,
    reason: 'A new value with a % in it is stored as REG_EXPAND_SZ, so that it works as one; the recorder stores REG_SZ',
  },
  {
    recording: /./, aspect: 'registry', where: /environment : path$/,
    reason: 'Removing a part of a list removes its separator (environment-table); the recorder leaves it',
  },
  {
    recording: /./, aspect: 'registry', where: /\\services\\[^\\]+ : preshutdowntimeout$/, change: /"data":180000,.*→ nothing$/,
    reason: 'PreshutdownTimeout is written by the service control manager of the recorder, not by the package',
  },
  {
    recording: /./, aspect: 'registry', where: /\\services\\[^\\]+ : imagepath$/, change: /"REG_SZ".*→ .*"REG_EXPAND_SZ"/,
    reason: 'ImagePath is REG_EXPAND_SZ and a path with blanks is quoted, as CreateService wants it (serviceinstall-table); the recorder writes neither',
  },
  {
    recording: /registry/, aspect: 'registry', where: / : (hashtext|dwordbad)$/,
    reason: 'What follows # and is no integer is no DWORD; the recorder takes the digits it finds, or 0 (registry-table says nothing)',
  },
  {
    recording: /registry/, aspect: 'registry', where: / : dwordplus$/,
    reason: 'An integer may have a plus sign (registry-table, reglocator-table); the recorder reads 0',
  },
  {
    recording: /./, aspect: 'registry', where: / : /, change: /"data":"0100","type":"REG_BINARY".*→ .*"data":""/,
    reason: 'No digits are no bytes; the recorder writes two stray ones',
  },
  {
    recording: /./, aspect: 'registry', where: / : /, change: /\\[^\\"]{1,4}~[0-9A-Z]{3}[.\\" ].*→ [^~]*$/,
    reason: 'Short paths: the volume has no short names, so [!file] is the long path; the recorder makes short ones up',
  },
  {
    recording: /./, aspect: 'registry', where: /\\userdata\\[^\\]+\\components\\/, change: /"data":"".*→ nothing$/,
    reason: 'A component that is not installed has no client; the recorder registers it with an empty key path',
  },
  {
    recording: /./, aspect: 'registry', where: /\\userdata\\[^\\]+\\components\\/, change: /"data":"C:.*→ .*"data":"C\?/,
    reason: 'The key path of a counted file has ? in place of the colon (MsiGetComponentPath shows it as a colon)',
  },
  {
    recording: /./, aspect: 'registry', where: /\\shareddlls : c:\\windows\\(?:syswow64|system32)\\/,
    reason: 'Files in the system folder are counted always (component-table, SharedDllRefCount); the recorder counts when told to',
  },
  {
    recording: /./, aspect: 'registry', where: /^hklm\\software\\classes\\(?!installer\\)/, change: /→ nothing$/, movedTo: classesOfUser,
    reason: 'Root 0 of a per-user installation is HKCU\\Software\\Classes (registry-table); the recorder writes to the machine',
  },
  {
    recording: /NUnit|allusers-empty/, aspect: 'registry', where: /^hkcu\\software\\classes\\/, change: /^nothing →/,
    reason: 'The other side of the same',
  },
  {
    recording: /./, aspect: 'registry', where: /\\userdata\\[^\\]+\\components\\/, change: /"-1:.*→ .*"0[12]:/,
    reason: 'The key path of a registry value begins with the digits of its root, 01 for HKCU and 02 for HKLM; the recorder writes the -1 of the table',
  },
  {
    recording: /./, aspect: 'registry', where: /\\userdata\\[^\\]+\\components\\/, change: /^\{"data":"[A-Z]:[^"]*\\\\".*→ \{"type":"REG_SZ","data":""\}/,
    reason: 'A component whose condition is false is registered without a key path (INSTALLSTATE_NOTUSED of MsiGetComponentPath); the recorder writes its folder',
  },
  {
    recording: /./, aspect: 'registry', where: /\\sourcelist : lastusedsource$/, change: /n;[2-9];.*→ .*n;1;/,
    reason: 'A source that is listed keeps its number; the recorder adds it with every installation',
  },
  {
    recording: /./, aspect: 'registry', where: /\\sourcelist\\media : diskprompt$/, change: /"data":"".*→ .*"data":"[^"]/,
    reason: 'DiskPrompt holds the property of that name (media-table); the recorder leaves it empty here',
  },
  {
    recording: /environment/, aspect: 'registry', where: / : orc_create$/,
    reason: '`+` leaves a variable that is there (environment-table); the recorder overwrites it',
  },
  {
    recording: /environment/, aspect: 'registry', where: / : orc_mset$/,
    reason: 'Without `-` a variable stays at removal, with `*` too (environment-table); the recorder removes it',
  },
  {
    recording: /repair\.registry-m/, aspect: 'registry', where: /^hkcu\\/,
    reason: 'REINSTALLMODE=m rewrites what belongs to the machine (reinstallmode); the recorder ignores the mode',
  },
  {
    recording: /repair\.registry-u/, aspect: 'registry', where: /^hklm\\/,
    reason: 'REINSTALLMODE=u rewrites what belongs to the user (reinstallmode); the recorder ignores the mode',
  },
  {
    recording: /features\.(addlocal-all|addsource|addlocal-grand|addlocal$|modify)/, aspect: 'registry', where: /\\(installer|components|features|products)\\/,
    reason: 'A feature named on the command line brings its parents with it, and one below a parent of a higher level can be selected (feature-table, addlocal); the recorder does neither',
  },
  {
    recording: /features\.(addlocal-all|addsource|addlocal-grand|addlocal$|modify)/, aspect: 'file', where: /oracle features\/(grand|top|childhigh|shared)\.txt$|windows\/installer\//,
    reason: 'The files of those parents and children',
  },
  {
    recording: /features\.addlocal-default/, aspect: 'registry', where: /\\(components\\|features)/,
    reason: 'ADDDEFAULT selects the features it names and no others (adddefault); the recorder ignores it',
  },
  {
    recording: /features\.addlocal-default/, aspect: 'file', where: /oracle features\//,
    reason: 'The files of those features',
  },
  {
    recording: /features\.(level1|advertise)/, aspect: 'registry', where: /childfollow$|\\components\\/,
    reason: 'FollowParent without UIDisallowAbsent does not force a feature out of the absent state (feature-table); the recorder does',
  },
  {
    recording: /features\.(level1|advertise)/, aspect: 'file', where: /childfollow\.txt$/,
    reason: 'The file of that feature',
  },
  {
    recording: /features\.remove-some/, aspect: 'registry', where: /\\(components|features)\\/,
    reason: 'A feature whose parent is not installed is not installed (feature-table, Feature_Parent); the recorder leaves the children',
  },
  {
    recording: /features\.remove-some/, aspect: 'file', where: /oracle features\//,
    reason: 'The files of those features',
  },
  {
    recording: /features\.addlocal-unknown/, aspect: 'exit', where: /NoSuchFeature/,
    reason: 'An unknown feature is error 2711 (windows-installer-error-messages); the recorder ignores it',
  },
  {
    recording: /versions/, aspect: 'file', where: /oracle versions\/(lie|shareddll)\.dll$/,
    reason: 'A file with a version in the File table replaces one without, and an unversioned one that nobody modified is replaced (file-versioning-rules); the recorder looks at the size',
  },
  {
    recording: /versions/, aspect: 'file', where: /oracle versions\/unversioned\.txt$/,
    reason: 'An unversioned file that nobody modified is replaced (neither-file-has-a-version); the recorder keeps it when the size is the same',
  },
  {
    recording: /./, aspect: 'registry', where: /\\shareddlls : /, change: /"data":\d+.*→ (?:nothing$|.*"data":\d)/,
    reason: 'A reinstallation does not count a shared file again (component-table); the recorder does',
  },
  {
    recording: /upgrade\.(v1-v2-v3|v1-v3late)/, aspect: 'registry', where: /\\oracleharness\\upgrade : version$/,
    reason: 'Both versions write this value under components of their own, which breaks the component rules: the late removal of the older one takes it away (what-happens-if-the-component-rules-are-broken)',
  },
  {
    recording: /./, aspect: 'exit', where: /^msiexec \/x /, change: /^\d+ → 1605$/,
    reason: 'A product that is not installed cannot be removed: 1605 (error-codes); the recorder runs the whole sequence',
  },
  {
    recording: /features\.addlocal-grand/, aspect: 'registry', where: /\\uninstall\\/, change: /^nothing →/,
    reason: 'With those features the product is installed, so it is listed; the recorder installs nothing',
  },
  {
    recording: /./, aspect: 'registry', where: /\\(inprocserver32|inprochandler32|localserver32|localserver) : \1$/, change: /^nothing → .*REG_MULTI_SZ/, elsewhere: true,
    reason: 'Beside the path of a class stands the descriptor of its feature, which COM resolves first (advertisement); the recorder writes the path alone',
  },
  {
    recording: /./, aspect: 'registry', where: /^hklm\\software\\classes\\[^\\]+(?:\\defaulticon)? : $/, change: /→ nothing$/, elsewhere: true,
    reason: 'A removal takes the whole key of a ProgId (unregisterprogidinfo-action); the recorder leaves its text and icon',
  },
  {
    recording: /./, aspect: 'registry', where: /\\appid\\[^\\]+ : activateatstorage$/, change: /→ nothing$/, elsewhere: true,
    reason: 'ActivateAtStorage is written for 1 only (appid-table); the recorder writes it for 0 too',
  },
  {
    recording: /./, aspect: 'registry', where: /\\installer\\components\\[0-9a-f]{32} : /, change: /^nothing →|→ nothing$/, elsewhere: true,
    reason: 'Qualified components of a per-machine installation are published for the machine (publishcomponents-action); the recorder publishes them for the user',
  },
  {
    recording: /./, aspect: 'registry', where: /\\currentversion\\fonts : /, change: /^\{"data":"C:\\\\windows\\\\Fonts\\\\/, elsewhere: true,
    reason: 'A font in the Fonts folder is registered by its file name, in the key of Windows NT alone (registerfonts-action); the recorder writes full paths, and the key of Windows 9x too',
  },
  {
    recording: /./, aspect: 'registry', where: /\\odbc\\odbc(?:inst)?\.ini\\/, change: /^nothing →|→ nothing$/, elsewhere: true,
    reason: 'The data sources and drivers of 32-bit components are in the 32-bit view (registry redirector); the recorder\'s ODBC is 64-bit, and loads the driver to write a data source',
  },
  {
    recording: /./, aspect: 'registry', where: /\\products\\[0-9a-f]{32}\\patches\\[0-9a-f]{32} : /, change: /^nothing →/, elsewhere: true,
    reason: 'What MsiGetPatchInfoEx tells of a patch; the recorder keeps less',
  },
  {
    recording: /./, aspect: 'registry', where: /\\products\\[0-9a-f]{32}\\patches : [0-9a-f]{32}$/, elsewhere: true,
    reason: 'Of a patch for several products only the transforms that apply to this one are listed; the recorder lists all',
  },
  {
    recording: /./, aspect: 'registry', where: /\\products\\[0-9a-f]{32} : transforms$/, change: /^nothing →/, elsewhere: true,
    reason: 'The transforms are registered with the product (applying-transforms), the embedded ones too; the recorder registers files only',
  },
  {
    recording: /./, aspect: 'registry', where: /\\sourcelist(?: : lastusedsource|\\(?:net|media) : \d+)$/, change: /^nothing →/, elsewhere: true,
    reason: 'Sources and media are registered for packages without files too (MsiSourceListGetInfo); the recorder registers them when it reads a file',
  },
  {
    recording: /./, aspect: 'registry', where: /\\installer\\assemblies\\/, change: /^\{"data":\["[^"]{20}>/, elsewhere: true,
    reason: 'The descriptor of an assembly names its feature, as every other one does; the recorder leaves it out',
  },
  {
    recording: /./, aspect: 'registry', where: /\\userdata\\[^\\]+\\components\\/, change: /^\{"data":"<\\\\.*→ .*"data":"[A-Z][:?]/, elsewhere: true,
    reason: 'The key path of a private assembly is its file (msiassembly-table, File_Application); the recorder writes the name, as for the global cache',
  },
  {
    recording: /./, aspect: 'registry', where: / : (?:modifypath|nomodify|norepair)$/, change: /^nothing →/, elsewhere: true,
    reason: 'Each ARP property writes its own value (uninstall-registry-key); for the recorder ARPNOREMOVE ends the list',
  },
  {
    recording: /./, aspect: 'registry', where: /\\upgradecodes\\[0-9a-f]{32} : /, change: /^nothing →/, elsewhere: true,
    reason: 'A product stays listed under its upgrade code when an older one is removed after it; the recorder removes the key of both',
  },
  {
    recording: /./, aspect: 'registry', where: / : /, change: /"C:\\\\users\\\\(?!Public).*→ .*"C:\\\\(?:ProgramData|Users\\\\Public)\\\\/, elsewhere: true,
    reason: 'The folders of all users, in registry values and key paths (allusers)',
  },
  {
    recording: /./, aspect: 'registry', where: new RegExp(`^hklm\\\\software\\\\(?:wow6432node\\\\)?(?:${sharedKeys})(?:\\\\| : )`), change: /^nothing →|→ nothing$/, elsewhere: true,
    reason: 'Keys that both views share since Windows 7 (shared-registry-keys); the recorder redirects some of them',
  },
  {
    recording: /./, aspect: 'file', where: /./, change: /"attrs":"[A-Z]*R.*→ nothing$/, elsewhere: true,
    reason: 'Duplicates are removed with their component (duplicatefile-table); the recorder leaves those that are read-only',
  },
  {
    recording: /./, aspect: 'file', where: /\.ini$/, change: /"text":"(?:\[[^\]\\]*\](?:\\r\\n)*)*".*→ nothing$/, elsewhere: true,
    reason: 'A file that nothing is left in goes, with the headings of its empty sections; the recorder leaves them',
  },
  {
    recording: /./, aspect: 'registry', where: /^hkcu\\software\\classes\\/, change: /^nothing →|→ nothing$/, elsewhere: true,
    reason: 'Root 0 of a per-user installation is HKCU\\Software\\Classes (registry-table), of which CLSID, Interface and the like have a 32-bit view of their own (shared-registry-keys); the recorder writes to the machine, and does not redirect',
  },
  {
    recording: /./, aspect: 'key', where: /\\userdata\\[^\\]+\\products\\[0-9a-f]{32}\\usage$/, change: /^nothing →/,
    reason: 'Windows counts the use of features (MsiGetFeatureUsage) below a key of every product; the recorder does not count',
  },
  {
    recording: /./, aspect: 'key', where: /\\currentversion\\(?:uninstall|shareddlls)$/, change: /^nothing →/,
    reason: 'These keys are the system\'s: they stay when nothing is left in them. In the recorder\'s 32-bit view they are not there before',
  },
  {
    recording: /./, aspect: 'key', where: /^hklm\\software\\classes\\wow6432node\\(?!clsid\\|interface\\)/, change: /^there →/,
    reason: 'The keys of shared classes that the recorder redirects (shared-registry-keys)',
  },
  {
    recording: /./, aspect: 'key', where: /^hklm\\software\\classes\\(?!installer(?:\\|$)|wow6432node\\|clsid\\)/, change: /^nothing →/,
    reason: 'The other side of the same: keys above shared classes, in the shared place',
  },
  {
    recording: /./, aspect: 'key', where: /^hkcu\\software\\classes(?:\\|$)/, change: /^nothing →/,
    reason: 'Root 0 of a per-user installation is HKCU\\Software\\Classes (registry-table): the keys above its values',
  },
  {
    recording: /./, aspect: 'key', where: /^hklm\\software\\classes\\(?!installer\\)/, change: /^there →/, movedTo: classesOfUser,
    reason: 'The other side of the same: the recorder writes to the machine',
  },
  {
    recording: /./, aspect: 'key', where: /\\installer\\userdata(?:\\[^\\]+(?:\\components(?:\\[0-9a-f]{32})?)?)?$/, change: /^there →/,
    reason: 'Keys of components without clients, and those above: the recorder leaves them, empty, after a rollback too',
  },
  {
    recording: /upgrade\.(v1-v2-v3|v1-v3late)/, aspect: 'key', where: /\\oracleharness(?:\\upgrade)?$/, change: /^there →/,
    reason: 'The key of the value that both versions write, and one takes away',
  },
  {
    recording: /repair\.registry-m/, aspect: 'key', where: /^hkcu\\/,
    reason: 'The keys of the values that belong to the user',
  },
  {
    recording: /features\.addlocal-grand/, aspect: 'key', where: /\\installer(?:\\|$)/, change: /^nothing →/,
    reason: 'With those features the product is installed, and registered; the recorder installs nothing',
  },
  {
    recording: /features\.addlocal-grand/, aspect: 'folder', where: /oracle features$/, change: /^nothing →/,
    reason: 'The folder of their files',
  },
  {
    recording: /./, aspect: 'folder', where: /^users\/<user>\/appdata\/roaming\/microsoft\/windows\/start menu\//, change: /^there →/,
    reason: 'Folders of per-machine installations in the Start Menu are in that of all users (allusers); the recorder makes them for the user',
  },
  {
    recording: /./, aspect: 'folder', where: /^programdata\/microsoft\/windows\/start menu\//, change: /^nothing →/,
    reason: 'The other side of the same',
  },
  {
    recording: /./, aspect: 'folder', where: /^(?:(?!windows$|users$|programdata$)[^/]+|(?:program files(?: \(x86\))?|windows)\/[^/]+|users\/<user>\/appdata\/(?:roaming\/microsoft\/installer|local\/[^/]+))$/, change: /^there →/,
    reason: 'Folders that the installation made go when nothing is left in them, also those above the last (removefolders-action); the recorder leaves some',
  },
  {
    recording: /./, aspect: 'folder', where: /^(?:windows\/(?:syswow64|fonts)|users\/<user>\/desktop)$/, change: /^gone →/,
    reason: 'Folders of the system stay when they are empty; the recorder removes them',
  },
  {
    recording: /./, aspect: 'folder', where: /^users\/<user>\/(?:desktop|documents|favorites|pictures|appdata\/(?:local\/programs|roaming\/microsoft\/windows\/(?:(?:network|printer) shortcuts|recent|sendto|templates|start menu\/programs\/startup)))$/, change: /^nothing →/, elsewhere: true,
    reason: 'Folders of the user that the recorder\'s machine has from the start',
  },
  {
    recording: /./, aspect: 'key', where: /^(?:hklm\\software\\(?:policies|microsoft\\windows nt\\currentversion\\fonts|microsoft\\windows\\currentversion\\installer|classes\\wow6432node(?:\\(?:clsid|interface))?)|hkcu\\software\\classes)$/, change: /→ there$/, elsewhere: true,
    reason: 'Keys that the system has from the start, and keeps',
  },
  {
    recording: /./, aspect: 'registry', where: /\\typelib\\\{[^ ]+\\flags : $/, change: /"data":"8".*→ .*"data":"0"/, elsewhere: true,
    reason: 'LIBFLAG_FHASDISKIMAGE tells of a library in memory, and is no part of what a library file says; the recorder writes it',
  },
  {
    recording: /./, aspect: 'registry', where: /\\interface\\\{[^\\]+\\(?:proxystubclsid(?:32)?|typelib) : |\\interface\\\{[^\\]+\} : $/, change: /^nothing →|"\{00020424-.*→ .*"\{|→ nothing$/, elsewhere: true,
    reason: 'Interfaces of a type library: dispinterfaces have the proxy of IDispatch, those with a proxy of their own keep it, and all go with the library (registering-interfaces); the recorder gives each the same proxy, and leaves those of the other view',
  },
  {
    recording: /./, aspect: 'key', where: /\\(?:interface|typelib)\\\{/, change: /^there →|^nothing →/, elsewhere: true,
    reason: 'The keys of the same, and those of a library that is unregistered, which the recorder leaves',
  },
  {
    recording: /./, aspect: 'registry', where: /\\typelib\\\{/, change: /→ nothing$/, elsewhere: true,
    reason: 'A library goes when its component does (unregistertypelibraries-action); the recorder leaves it',
  },
  {
    recording: /./, aspect: 'registry', where: /\\defaulticon : $/, change: /\\\\,-?\d+".*→ nothing$/, elsewhere: true,
    reason: 'Without an icon there is no default icon; the recorder writes the folder of the icons',
  },
  {
    recording: /./, aspect: 'key', where: /\\defaulticon$/, change: /^there →/, elsewhere: true,
    reason: 'The key of the same',
  },
  {
    recording: /./, aspect: 'registry', where: /\\appid\\[^\\]+ : runas$/, change: /→ nothing$/, elsewhere: true,
    reason: 'RunAs is written for RunAsInteractiveUser 1 only (appid-table); the recorder writes it for 0 too',
  },
  {
    recording: /./, aspect: 'exit', where: /^msiexec \/i /, change: /^0 → 1638$/, elsewhere: true,
    reason: 'Another package of an installed product needs REINSTALLMODE=v: 1638 (error-codes); the recorder goes on with what is installed',
  },
  {
    recording: /./, aspect: 'exit', where: /^msiexec \//, change: /^1627 → 1603$/, elsewhere: true,
    reason: 'An installation that fails ends with 1603 (error-codes); the recorder hands on the code of what failed in it',
  },
  {
    recording: /./, aspect: 'key', where: /^hklm\\software\\classes\\[^\\]+$/, change: /^there →/, elsewhere: true,
    reason: 'The key of a ProgId goes with it (unregisterprogidinfo-action); the recorder leaves it with the text',
  },
  {
    recording: /./, aspect: 'key', where: /^(?:hkcu\\software\\microsoft\\installer(?:\\components(?:\\[0-9a-f]{32})?)?|hklm\\software\\classes\\installer\\components)$/, elsewhere: true,
    reason: 'The keys of qualified components, which the recorder publishes for the user',
  },
  {
    recording: /./, aspect: 'key', where: /\\software\\(?:wow6432node\\)?odbc(?:\\|$)/, elsewhere: true,
    reason: 'The keys of data sources and drivers, of either view',
  },
  {
    recording: /./, aspect: 'registry', where: /\\inprocserver32 : $/, change: /^\{"data":"[^"]*\\\\([^\\"]+)".*→ .*"data":"\1"/, elsewhere: true,
    reason: 'With msidbClassAttributesRelativePath the name of the file alone is registered (class-table); the recorder writes its path',
  },
  {
    recording: /./, aspect: 'folder', where: /^(?:program files(?: \(x86\))?\/[^/]+\/.|users\/<user>\/appdata\/roaming\/[^/]+$)/, change: /^there →/, elsewhere: true,
    reason: 'The folders of the installation below those, which the recorder leaves when they lie deeper than its files',
  },
  {
    recording: /./, aspect: 'file', where: /^windows\/win\.ini$/, elsewhere: true,
    reason: 'The recorder\'s machine has a win.ini of its own, with a section of its own',
  },
  {
    recording: /inifile/, aspect: 'file', where: /\.ini$/, elsewhere: true,
    reason: 'Tags are added and removed, and a folder is made for a file that needs one (inifile-table, removeinifile-table); the recorder does neither',
  },
  {
    recording: /./, aspect: 'exit', where: /^msiexec \/f/, change: /^(?:1|1605) → 0$/, elsewhere: true,
    reason: 'A product that is installed can be repaired by its package or code (command-line-options); the recorder does not know the option',
  },
  ...(['file', 'folder', 'registry', 'key'] as const).map((aspect) => ({
    recording: /installperuser/, aspect, where: /./, elsewhere: true as const,
    reason: 'ALLUSERS=2 with MSIINSTALLPERUSER=1 installs for the user, below his own folders (msiinstallperuser); the recorder installs for the machine',
  })),
]

export const skippedRecordings: readonly { readonly recording: RegExp; readonly reason: string }[] = [
  { recording: /^vcredist\./, reason: 'the recorder hung in a custom action in a DLL, so there is nothing to compare with' },
  { recording: /shortcuts\.advertise$/, reason: 'the recorder cannot advertise: it answers 120' },
  { recording: /upgrade\.v1-x-v2$/, reason: 'the recorder removes the other version of a product that is not installed; 1605 is tested elsewhere' },
]

export function explain(recording: string, difference: Difference, all: readonly Difference[]): Explanation | undefined {
  return explanations.find((one) => one.aspect === difference.aspect && one.recording.test(recording) && one.where.test(difference.where)
    && (one.change?.test(`${difference.expected} → ${difference.found}`) ?? true) && (one.movedTo === undefined || isFound(one.movedTo(difference.where), all)))
}

function isFound(places: readonly string[], all: readonly Difference[]): boolean {
  return all.some(({ where, expected }) => expected === 'nothing' && places.some((place) => where === place || where.startsWith(`${place} : `) || where.startsWith(`${place}\\`)))
}
