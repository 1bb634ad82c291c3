// The built-in texts of numbered messages, for packages whose Error table has no row. `[1]` is the number itself, the
// fields follow from `[2]`. Numbers and fields are the documentation's, the wording is ours.
// https://learn.microsoft.com/windows/win32/msi/windows-installer-error-messages

const texts: Readonly<Record<number, string>> = {
  // Frames around other messages
  0: '{{Fatal error: }}', 1: '{{Error [1]. }}', 2: 'Warning [1]. ', 4: 'Info [1]. ',
  5: 'The installer met a problem that it did not expect. {{The code is [1]. }}', 7: '{{Disk full: }}',
  8: 'Action [Time]: [1]. [2]', 9: '[ProductName]', 10: '{[2]}{, [3]}{, [4]}', 11: 'Message type: [1], Argument: [2]',
  12: '=== Logging started: [Date]  [Time] ===', 13: '=== Logging stopped: [Date]  [Time] ===',
  14: 'Action start [Time]: [1].', 15: 'Action ended [Time]: [1]. Return value [2].',
  32: '[ProductName] was set up.', 33: '[ProductName] could not be set up.',
  // Files
  1101: 'The stream [2] cannot be read.{{ System error [3].}}',
  1301: 'The file [2] cannot be created: a folder of this name exists already.', 1302: 'Please insert the disk: [2]',
  1303: 'The folder [2] cannot be entered: the installer lacks the right to.', 1304: 'The file [2] cannot be written.',
  1305: 'The file [2] cannot be read.{{ System error [3].}}', 1306: 'Another application uses the file [2]. Please close it and retry.',
  1307: 'There is not enough disk space for the file [2].', 1308: 'The source file was not found: [2].',
  1309: 'The source file [3] cannot be opened.{{ System error [2].}}', 1310: 'The file [3] cannot be created.{{ System error [2].}}',
  1311: 'The source cabinet was not found: [2].', 1312: 'The folder [2] cannot be created: a file of this name exists already.',
  1313: 'The volume [2] is not available.', 1314: 'The path [2] is not available.', 1315: 'The folder [2] cannot be written to.',
  1316: 'The package cannot be read from [2].', 1317: 'The folder [2] cannot be created.', 1320: 'The path is too long: [2].',
  1321: 'The file [2] cannot be changed: the installer lacks the right to.', 1322: 'A part of the path [2] is empty or too long.',
  1323: 'The path [2] has words that are reserved.', 1324: 'The path [2] has a character that is not allowed.',
  1325: '[2] is not a valid short file name.', 1327: 'The drive is not valid: [2].', 1328: 'The patch does not fit the file [2]: it was changed by other means, or the patch has it as a binary delta, which is not applied.{{ System error [3].}}',
  1331: 'The copy of the file [2] fails its checksum.',
  1332: 'The moved file [2] fails its checksum.', 1334: 'The file [2] is not in the cabinet [3].', 1335: 'The cabinet [2] is corrupt.',
  1336: 'A temporary file cannot be created in the folder [3].{{ System error [2].}}',
  // Registry
  1401: 'The registry key [2] cannot be created.{{ System error [3].}}', 1402: 'The registry key [2] cannot be opened.{{ System error [3].}}',
  1403: 'The value [2] of the registry key [3] cannot be deleted.{{ System error [4].}}',
  1404: 'The registry key [2] cannot be deleted.{{ System error [3].}}', 1405: 'The value [2] of the registry key [3] cannot be read.{{ System error [4].}}',
  1406: 'The value [2] of the registry key [3] cannot be written.{{ System error [4].}}',
  1500: 'Another installation is in progress. It must end before this one can go on.',
  // Installation
  1601: 'There is not enough disk space. Volume: [2]; needed: [3] KB; free: [4] KB.', 1602: 'Are you sure that you want to cancel?',
  1603: 'The file [2][3] is being held in use{ by the following process: Name: [4], Id: [5], Window Title: \'[6]\'}. Close that application and retry.',
  1604: 'The product [2] is installed already and prevents the installation of this one.',
  1605: 'There is not enough disk space while rollback is on. Volume: [2]; needed: [3] KB; free: [4] KB.',
  1606: 'The location [2] cannot be reached.', 1609: 'The account [2] is not known.{{ System error [3].}}', 1607: 'The following applications should be closed before the installation goes on:',
  1608: 'No qualifying product was found on this machine.',
  1610: 'Files or services have to be updated that cannot be updated while the system is running. If you choose to continue, a restart will be needed to complete the setup.',
  1611: 'Not all of the applications could be closed. Please make sure that the applications that hold files in use are closed before you continue.',
  1701: '[2] is not a valid product ID.', 1702: 'The system must be restarted before the configuration of [2] can go on.',
  1703: 'The system must be restarted before the changes to [2] take effect.', 1704: 'An installation of [2] is suspended. Undo its changes?',
  1705: 'An earlier installation of this product is suspended. Undo its changes?', 1706: 'No source of [2] was found.',
  1707: 'Installation completed successfully.', 1708: 'Installation failed.', 1709: 'Product: [2] -- [3]',
  1711: 'The installation\'s own data cannot be written to disk.', 1712: 'Files needed to undo the changes are missing.',
  1713: '[2] could not install a product that it needs.{{ System error [3].}}', 1714: 'The older version of [2] cannot be removed.{{ System error [3].}}',
  1715: 'Installed [2].', 1716: 'Configured [2].', 1717: 'Removed [2].', 1718: 'The file [2] was rejected by signature policy.',
  1720: 'The script of the custom action [2] failed. [3], [4]: [5] Line [6], Column [7], [8]',
  1721: 'A program that this installation needs cannot be started. Action: [2], location: [3], command: [4]',
  1722: 'A program that is part of this installation did not end as expected. Action: [2], location: [3], command: [4]',
  1723: 'A library that this installation needs cannot be run. Action: [2], entry: [3], library: [4]',
  1724: 'Removal completed successfully.', 1725: 'Removal failed.', 1726: 'Advertisement completed successfully.', 1727: 'Advertisement failed.',
  1728: 'Configuration completed successfully.', 1729: 'Configuration failed.', 1730: 'Only an administrator can remove this application.',
  1731: 'The source of [2] does not belong to the installed one.', 1732: 'The system must be restarted, but other users are logged on.',
  1801: 'The path [2] is not valid.', 1803: 'There is no disk in drive [2].',
  // Operations
  1901: 'The source database [2] cannot be read.', 1902: 'At the next start of the system: rename [2] to [3].', 1903: 'Scheduling reboot operation: Deleting file [2]. Must reboot to complete operation.',
  1904: 'The module [2] failed to register.{{ HRESULT [3].}}', 1905: 'The module [2] failed to unregister.{{ HRESULT [3].}}',
  1906: 'The package [2] cannot be cached.{{ Error [3].}}', 1907: 'The font [2] cannot be registered.', 1908: 'The font [2] cannot be unregistered.',
  1909: 'The shortcut [2] cannot be created.', 1910: 'The shortcut [2] cannot be removed.', 1911: 'The type library of [2] cannot be registered.',
  1912: 'The type library of [2] cannot be unregistered.', 1913: 'The ini file [2][3] cannot be updated.', 1914: 'The file [3] cannot be scheduled to replace [2] at the next start of the system.',
  1915: 'The ODBC driver manager cannot be removed: [2] [3].', 1916: 'The ODBC driver manager cannot be installed: [2] [3].',
  1917: 'The ODBC driver [4] cannot be removed: [2] [3].', 1918: 'The ODBC driver [4] cannot be installed: [2] [3].',
  1919: 'The ODBC data source [4] cannot be configured: [2] [3].', 1920: 'The service [2] ([3]) failed to start.', 1921: 'The service [2] ([3]) cannot be stopped.',
  1922: 'The service [2] ([3]) cannot be deleted.', 1923: 'The service [2] ([3]) cannot be installed.', 1924: 'The environment variable [2] cannot be updated.',
  1925: 'You may not install this for all users of the machine. Please log on as an administrator.', 1926: 'The security of the file [3] cannot be set.{{ System error [2].}}',
  1930: 'The description of the service [2] ([3]) cannot be changed.', 1934: 'System policy forbids installations for one user.',
  1935: 'The assembly of component [2] cannot be installed.{{ HRESULT [3], [4], [5], [6].}}', 1938: 'A module of the assembly is missing.',
  1939: 'The service [2] ([3]) cannot be configured.', 1941: 'The package has both a LockPermissions and a MsiLockPermissionsEx table.', 1942: 'Two conditions hold for the security of [4], table [5]: [2] and [3].',
  1943: 'The security descriptor [2] of [3], table [4], is not valid.', 1946: 'The property [2] of the shortcut [3] cannot be set.{{ HRESULT [4].}}',
  // Internal ones
  2203: 'The database [2] cannot be opened.{{ Error [3].}}', 2205: 'The database has no table [3].', 2227: 'The name [3] in the query [4] is not valid.',
  2262: 'The stream [2] does not exist.{{ Error [3].}}', 2318: 'The file does not exist: [2].', 2356: 'The cabinet stream [2] was not found.', 2371: 'The file [2] cannot be patched.',
  2502: 'InstallFinalize was called outside an installation.', 2503: 'The script was run outside an installation.',
  2601: 'The property [2] has the value [3], which is not valid.', 2602: 'The row [3] of the table [2] has no row in the Media table.',
  2605: 'The server [2] was not found.', 2606: 'The property [2] is not a full path: [3].', 2607: 'The Media table is empty, but there are files.', 2611: 'The file [2] is compressed, but its media has no cabinet.',
  2612: 'The stream of the column [2] in the row [3] is missing.', 2613: 'RemoveExistingProducts stands at a place in the sequence that is not allowed.',
  2614: 'The storage of the package cannot be read.', 2615: 'The module [2] is not unregistered: it has no source.', 2616: 'The parent of the companion file [2] is missing.',
  2617: 'The shared component [2] is not in the Component table.', 2618: 'The isolated component [2] is not in the Component table.',
  2619: 'The isolated components [2] and [3] are not part of the same feature.', 2620: 'The key file of the isolated component [2] is not in the File table.',
  2701: 'The feature tree is more than [2] levels deep.', 2702: 'The parent of the feature [2] is not in the Feature table.',
  2703: 'The root source property is not defined: [2].', 2704: 'The root directory property is not defined: [2].', 2705: 'The table [2] is no tree.',
  2706: 'The directory [2] has no source path.', 2707: 'The directory [2] has no target path.', 2708: 'The File table has no entries.',
  2709: 'The component [2] is not in the Component table.', 2710: 'The state requested for [2] is not allowed.', 2711: 'The feature [2] is not in the Feature table.',
  2713: 'The column [3] of the table [2] is null where it must not be.', 2714: 'The folder name [2] is not valid.', 2715: 'The file [2] is not in the File table.',
  2717: 'The condition or the custom action [2] is not valid.', 2718: 'The package name of the product [2] is missing.', 2721: 'The source of the custom action [2] is not in the Binary table.',
  2722: 'The source of the custom action [2] is not in the File table.', 2723: 'The custom action [2] has a type that is not supported.',
  2724: 'The volume label [2] is not the one of the Media table: [3].', 2725: 'The tables of the database are not valid.', 2726: 'The action was not found: [2].', 2727: 'The directory [2] is not in the Directory table.',
  2728: 'The definition of the table [2] is not valid.', 2729: 'The engine is not initialized.', 2730: 'The value in the table [2], key [3], column [4] is not valid.',
  2731: 'The features are not known yet: costing has not run.', 2732: 'The directories are not known yet: costing has not run.',
  2733: 'The key [2] in the column [3] of the table [4] has no row.', 2734: 'The reinstall mode [2] has a letter that is not valid.', 2735: 'The custom action [2] ended in an exception and was stopped.',
  2736: 'The temporary file of the custom action [2] cannot be made.', 2737: 'The custom action [2] cannot be reached: entry [3], library [4].',
  2738: 'There is no VBScript run time for the custom action [2].', 2739: 'There is no JScript run time for the custom action [2].', 2740: 'The script of the custom action [2] failed: [3], [4]: [5]',
  2741: 'The configuration of the product [2] is corrupt.', 2743: 'The custom action [2] cannot be run, location: [3], command: [4].', 2744: 'The program of the custom action [2] failed, location: [3], command: [4].',
  2745: 'The transform [2] does not fit the package [3]: language [4] was expected, [5] was found.', 2746: 'The transform [2] does not fit the package [3]: product [4] was expected, [5] was found.',
  2752: 'The transform [2] is not stored in the package.', 2753: 'The file [2] is not marked for installation.', 2755: 'The service returned [2] for the package [3].',
  2756: 'The directory property [2] was never set.', 2761: 'The transaction cannot begin: its lock is missing.', 2762: 'No script record can be written: there is no transaction.',
  2763: 'The script cannot be run: there is no transaction.', 2766: '[2] is not a storage of the package.', 2769: 'The custom action [2] did not close [3] handles.',
  2803: 'The dialog [2] is not in the Dialog table.', 2807: 'The action [2] is not known.', 2866: 'The dialog [2] may not return [3].', 2896: 'The action [2] failed.',
  2901: 'The parameter [3] of the operation [2] is not valid.', 2902: 'The operation [2] is out of sequence.', 2903: 'The file [2] is missing.', 2911: 'The folder [2] cannot be removed.',
  2919: 'The compressed file [2] has no cabinet.', 2920: 'The file [2] has no source folder.', 2932: 'The file [2] cannot be made from the script\'s data.{{ System error [3].}}',
}

/** The built-in template of a message; `undefined` when the number is not one of ours. */
export function builtInErrorTemplate(number: number): string | undefined {
  return texts[number]
}

/** The built-in text with its fields, as an error's `message`: without properties, braces or log-only parts. */
export function builtInErrorText(number: number, fields: readonly (string | number | null)[]): string {
  const template = texts[number] ?? `message ${number}${fields.map((_, index) => ` {[${index + 2}]}`).join('')}`
  const fill = (text: string): string => text.replace(/\[(\d+)\]/g, (_, index: string) => {
    const field = Number(index) === 1 ? number : fields[Number(index) - 2]
    return field === null || field === undefined ? '' : String(field)
  })
  const groups = template.replace(/\{\{.*?\}\}/g, '').replace(/\{([^{}]*)\}/g, (_, group: string) =>
    [...group.matchAll(/\[(\d+)\]/g)].every((match) => (fields[Number(match[1]) - 2] ?? '') !== '') ? group : '')
  return fill(groups)
}

/** MSI's own split: 1000 to 1999 are for users, 2000 and more are internal errors of authoring or engine. */
export function isInternalError(number: number): boolean {
  return number >= 2000 && number < 25000
}
