/** What the generators declare, as plain data, built in by src/build/embedded.ts. */
declare module 'virtual:declared' {
  // oxlint-disable-next-line typescript/consistent-type-imports -- an ambient module cannot import by a relative name
  export const declared: readonly import('./declare.ts').DeclaredGenerator[];
}

/** The declarations of generators/kinds as plain data, in the order of their ranks. */
declare module 'virtual:stage-kinds' {
  // oxlint-disable-next-line typescript/consistent-type-imports -- an ambient module cannot import by a relative name
  export const stageKinds: readonly import('../config/stage-kinds.ts').DeclaredKind[];
}

/** The JSON Schema of config.yaml in each language, as text. */
declare module 'virtual:config-schema' {
  export const configSchemas: { readonly en: string; readonly es: string };
}

/** The version in package.json. */
declare module 'virtual:version' {
  export const version: string;
}

/** The time zones of the IANA list that Node knows, from the build. An older spelling may be missing: ask Intl then. */
declare module 'virtual:timezones' {
  export const timezones: readonly string[];
}

/** The parser of Python and its grammar, as WebAssembly. */
declare module 'virtual:python-grammar' {
  /** The parser. */
  export const runtime: Uint8Array;
  /** What it knows of Python. */
  export const grammar: Uint8Array;
}
