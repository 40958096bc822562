/** The declarations of generators/kinds, by the generator whose folder they stand in, gathered by src/build/kinds.ts. */
declare module 'virtual:kinds' {
  // oxlint-disable-next-line typescript/consistent-type-imports -- an ambient module cannot import by a relative name
  export const kinds: Readonly<Record<string, readonly import('../src/generate/define-stage.ts').StageKind[]>>;
}
