/** The folder templates/, built in by src/build/templates.ts. */
declare module 'virtual:templates' {
  /**
   * Every template by its path under templates/, without `.hbs`.
   * A text when it has no mustache; otherwise a function that gives its precompiled form, evaluated on first use only.
   */
  export const templates: Readonly<Record<string, string | (() => TemplateSpecification)>>;
}
