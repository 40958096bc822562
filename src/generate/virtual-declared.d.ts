/** What the generators declare, as plain data, built in by src/build/embedded.ts. */
declare module 'virtual:declared' {
  export const declared: readonly import('./declare.ts').DeclaredGenerator[];
}

/** The version in package.json. */
declare module 'virtual:version' {
  export const version: string;
}
