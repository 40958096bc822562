/** The package that a TypeScript repository carries with it, built in by src/build/vendor.ts. */
declare module 'virtual:vendor' {
  /** Its files but the manifest, by their path inside of it. */
  export function readVendor(): readonly { readonly path: string; readonly text: string }[];
}
