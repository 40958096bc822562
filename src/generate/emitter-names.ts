/** The helpers that a template may call, besides Handlebars' own blocks. The build knows them by name. */
export const emitterNames = [
  'envValue',
  'identifier',
  'is',
  'jsString',
  'jsonString',
  'kebab',
  'markdownText',
  'number',
  'pyComment',
  'pyDocstring',
  'pyImport',
  'pyString',
  'tomlString',
  'tr',
  'upper',
  'yamlScalar',
] as const;
