/** The folder templates/, built in by src/build/templates.ts. */
declare module 'virtual:templates' {
  /** Every template by its path under templates/, without `.hbs`: a text when it has no mustache, else its compiled form. */
  // oxlint-disable-next-line typescript/consistent-type-imports -- an ambient module cannot import by a relative name
  export const templates: import('./run-template.ts').Templates;
}
