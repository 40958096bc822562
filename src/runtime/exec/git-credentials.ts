import type { Json } from '../types.ts';
import { PullStepError } from './pull-step-error.ts';
import type { Inputs } from './step-inputs.ts';

/** Who a repository is read as. */
export interface GitCredentials {
  /** `user:token`, or a token alone, as it stands in an address. */
  readonly userInfo: string;
  /** What must not be shown. */
  readonly secrets: readonly string[];
}

/**
 * The credentials that a step names: a token, or a block of Prefect's integrations with git, or a dict in their form. Null without any, and for an
 * address that is not read over HTTPS, as in Prefect.
 * @throws PullStepError
 */
export function gitCredentials(inputs: Inputs, repository: string): GitCredentials | null {
  const { access_token: token, credentials } = inputs;
  if (isGiven(token) && isGiven(credentials)) throw new PullStepError('git_clone takes an access_token or credentials, not both');
  const given = isGiven(token) ? { access_token: token } : credentials;
  if (!isGiven(given)) return null;
  const { user, secret } = typeof given === 'string' ? { user: null, secret: given } : read(given);
  if (!URL.canParse(repository) || new URL(repository).protocol !== 'https:') return null;
  const parts = partsOf(new URL(repository).hostname, user, secret);
  return { userInfo: parts.map((each) => encodeURIComponent(each)).join(':'), secrets: [...new Set([secret, ...parts.slice(-1)])] };
}

function isGiven(value: Json | undefined): value is NonNullable<Json> {
  return value !== undefined && value !== null && value !== '';
}

function read(given: NonNullable<Json>): { readonly user: string | null; readonly secret: string } {
  const { username, access_token: access, token, password } = given as Record<string, Json | undefined>;
  const user = typeof username === 'string' && username !== '' ? username : null;
  const secret = [access, token, password].find((each) => typeof each === 'string' && each !== '');
  if (typeof secret !== 'string') throw new PullStepError('the credentials of git_clone hold no token: access_token, token or password');
  return { user, secret };
}

/** Each host wants its own name beside a token. */
function partsOf(host: string, user: string | null, secret: string): readonly string[] {
  if (user !== null) return [user, secret];
  const colon = secret.indexOf(':');
  if (colon > 0) return [secret.slice(0, colon), secret.slice(colon + 1)];
  if (host.includes('bitbucketserver')) throw new PullStepError('Bitbucket Server wants a username beside the token: credentials with "username", or "user:token"');
  if (host.includes('bitbucket')) return ['x-token-auth', secret];
  if (host.includes('gitlab')) return ['oauth2', secret];
  return [secret];
}
