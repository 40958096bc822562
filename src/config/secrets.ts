/** What kind of secret was typed where a reference belongs. */
export type SecretKind = 'password' | 'key' | 'token' | 'private-key';

/** A part of a text, by UTF-16 offsets, the end not included. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Where a secret stands. Its text is kept nowhere. */
export interface FoundSecret extends Span {
  readonly kind: SecretKind;
}

// Every repetition has a bound: these run over text that somebody else wrote.
const patterns: readonly (readonly [SecretKind, RegExp])[] = [
  // The password of an address, unless the whole of it is a reference.
  ['password', /:\/\/[^\s/?#@:]{0,256}:(?!\$\{[A-Za-z_]\w{0,99}(?::\?[^}]{0,200}|:-)?\}@)[^\s/?#@]{1,1024}@/g],
  ['password', /\b(?:password|passwd|pwd)\s{0,3}=\s{0,3}(?!\$\{)[^\s;&"']{3,256}/gi],
  ['token', /[?&](?:access_token|api_?key|auth|secret|sig|token)=(?!\$\{)[^\s&#"']{8,1024}/gi],
  ['private-key', /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^]{0,4096}?(?:-----END|$)/g],
  ['token', /\beyJ[\w-]{8,400}\.eyJ[\w-]{8,4096}\.[\w-]{1,1024}/g],
  ['key', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g],
  ['key', /\bsecret_?(?:access_?)?key["'\s:=]{1,5}[A-Za-z0-9/+=]{40}/gi],
  ['key', /\bAIza[\w-]{35}/g],
  ['key', /\bGOCSPX-[\w-]{20,64}/g],
  ['token', /\bya29\.[\w-]{20,2048}/g],
  ['key', /\b(?:AccountKey|SharedAccessKey)=(?!\$\{)[A-Za-z0-9+/=]{16,256}/gi],
  ['token', /\bgh[oprsu]_[A-Za-z0-9]{36,255}/g],
  ['token', /\bgithub_pat_\w{22,255}/g],
  ['token', /\bglpat-[\w-]{20,255}/g],
  ['token', /\bxox[abeoprs]-[A-Za-z0-9-]{10,255}/g],
  ['token', /hooks\.slack\.com\/services\/T\w{6,20}\/B\w{6,20}\/\w{16,64}/g],
  ['key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g],
  ['token', /\bnpm_[A-Za-z0-9]{36}/g],
  ['token', /\bpypi-[\w-]{50,255}/g],
  ['key', /\bSG\.[\w-]{16,32}\.[\w-]{16,64}/g],
  ['key', /\bpn[bu]_[A-Za-z0-9]{30,64}/g],
  ['key', /\bsk-(?:ant-|proj-)?[\w-]{32,255}/g],
  ['token', /\bdapi[a-f0-9]{32}/g],
  ['token', /\bhf_[A-Za-z0-9]{30,64}/g],
  ['key', /\bSK[0-9a-f]{32}\b/g],
];

/** No pattern without an address or an assignment in it matches less than this. */
const shortestKey = 20;

/** Finds what looks like a secret in a text, in the order of the text. */
export function findSecrets(text: string): readonly FoundSecret[] {
  // Most texts of a config are words, and there are many of them.
  if (text.length < shortestKey && !text.includes('=') && !text.includes('://')) return [];
  const found = patterns.flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)].map((match) => ({ kind, start: match.index, end: match.index + match[0].length })),
  );
  return found.sort((a, b) => a.start - b.start);
}
