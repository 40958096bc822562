/** What the generators declare, as plain data, built in by src/build/embedded.ts. */
declare module 'virtual:declared' {
  // oxlint-disable-next-line typescript/consistent-type-imports -- an ambient module cannot import by a relative name
  export const declared: readonly import('./declare.ts').DeclaredGenerator[];
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

/** The parser of Python and its grammar: WebAssembly, packed with brotli, in base64. */
declare module 'virtual:python-grammar' {
  export const runtime: string;
  export const grammar: string;
}
