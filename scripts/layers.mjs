// The layer table of ARCHITECTURE.md: what each folder of src/ may import, and from which packages.
// check-layers.mjs enforces it; the tsconfig of each layer repeats the references so that `tsc -b` does too.

export const layers = {
  base: [],
  platform: ['base'],
  'compound-file': ['base'],
  cabinet: ['base'],
  'property-set': ['base'],
  expression: ['base'],
  'registry-hive': ['base'],
  'shell-link': ['base'],
  database: ['compound-file', 'property-set', 'base'],
  sql: ['database', 'base'],
  signature: ['database', 'compound-file', 'base'],
  'restart-manager': ['platform', 'base'],
  vbscript: ['base'],
  'xml-edit': ['base'],
  automation: ['vbscript', 'sql', 'database', 'compound-file', 'property-set', 'expression', 'shell-link', 'base'],
  scripting: ['automation', 'vbscript', 'base'],
  authoring: ['sql', 'database', 'cabinet', 'compound-file', 'property-set', 'base'],
  engine: ['scripting', 'xml-edit', 'sql', 'database', 'expression', 'cabinet', 'restart-manager', 'platform', 'shell-link', 'base'],
  node: ['sql', 'database', 'cabinet', 'restart-manager', 'platform', 'registry-hive', 'base'],
  cli: ['node', 'engine', 'scripting', 'authoring', 'signature', 'restart-manager', 'sql', 'database', 'platform', 'compound-file', 'cabinet',
    'property-set', 'expression', 'registry-hive', 'shell-link', 'base'],
  testing: ['authoring', 'engine', 'restart-manager', 'sql', 'database', 'platform', 'compound-file', 'cabinet',
    'property-set', 'expression', 'registry-hive', 'shell-link', 'base'],
}

/** Layers that may use `node:*`. Everything else must run in a browser. */
export const hostLayers = new Set(['node', 'cli'])

/** Third-party packages, each with its page in docs/decisions/. */
export const packages = { cli: ['get-east-asian-width'], node: ['koffi'], 'xml-edit': ['@xmldom/xmldom', 'xpath'], scripting: ['acorn', 'quickjs-emscripten-core', '@jitl/quickjs-wasmfile-release-sync'], signature: ['pkijs', 'asn1js', '@noble/hashes'] }
