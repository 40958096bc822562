import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { gitClone } from '../../../src/runtime/exec/git-clone.ts';
import { gitCredentials } from '../../../src/runtime/exec/git-credentials.ts';
import type { Inputs } from '../../../src/runtime/exec/step-inputs.ts';
import { selfSignedIfPossible } from '../../self-signed.ts';

const step = 'prefect.deployments.steps.git_clone';
const folder = mkdtempSync(join(tmpdir(), 'kpi-flow-clone-'));
const origin = join(folder, 'origin');
const repository = `file://${origin}`;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = (at: string, ...args: string[]): string => execFileSync('git', ['-C', at, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

/** Writes a file of the origin anew, and gives the commit. */
function commit(text: string, name = 'flow.txt'): string {
  mkdirSync(join(origin, name, '..'), { recursive: true });
  writeFileSync(join(origin, name), text);
  git(origin, 'add', '.');
  git(origin, 'commit', '-m', text);
  return git(origin, 'rev-parse', 'HEAD');
}

let into = '';
let count = 0;
beforeAll(() => {
  execFileSync('git', ['init', '--quiet', '--initial-branch', 'trunk', origin]);
  git(origin, 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  commit('one');
});
beforeEach(() => {
  count += 1;
  into = join(folder, `clone-${count}`);
});

const clone = (more: Inputs = {}) => gitClone({ repository, clone_directory_name: into, ...more }, step);
const text = (name = 'flow.txt'): string => readFileSync(join(into, name), 'utf8');

describe('the pull step git_clone', () => {
  test('gives the folder, and brings a clone of an earlier run to what the repository is now', async () => {
    const { directory } = await clone();
    expect(resolve(directory ?? '')).toBe(into);
    const now = commit(`two ${count}`);
    await clone();
    expect([text(), git(into, 'rev-parse', 'HEAD')]).toEqual([`two ${count}`, now]);
  });

  test('follows a branch whose history was written anew', async () => {
    git(origin, 'checkout', '--quiet', '-b', 'moves');
    commit('before');
    await clone({ branch: 'moves' });
    git(origin, 'reset', '--quiet', '--hard', 'HEAD~1');
    commit('after');
    await clone({ branch: 'moves' });
    git(origin, 'checkout', '--quiet', 'trunk');
    expect(text()).toBe('after');
  });

  test('checks out a commit, also one that an earlier clone does not have yet', async () => {
    const first = git(origin, 'rev-parse', 'HEAD');
    await clone({ commit_sha: first });
    expect(git(into, 'rev-parse', 'HEAD')).toBe(first);
    const later = commit(`later ${count}`);
    await clone({ commit_sha: later });
    expect(text()).toBe(`later ${count}`);
    await clone({ commit_sha: first });
    expect(git(into, 'rev-parse', 'HEAD')).toBe(first);
  });

  test('checks out the folders that are asked for alone', async () => {
    commit('inside', 'wanted/a.txt');
    commit('outside', 'other/b.txt');
    await clone({ directories: ['wanted'] });
    expect(readdirSync(into).filter((each) => !each.startsWith('.')).toSorted()).toEqual(['flow.txt', 'wanted']);
    commit('inside, later', 'wanted/a.txt');
    await clone({ directories: ['wanted'] });
    expect(text('wanted/a.txt')).toBe('inside, later');
  });

  test('makes a clone anew that a killed run left unfinished', async () => {
    await clone();
    rmSync(join(into, '.git/HEAD'));
    await clone();
    expect(text()).toBe(readFileSync(join(origin, 'flow.txt'), 'utf8'));
  });

  test('does not throw away what somebody changed in it', async () => {
    await clone();
    writeFileSync(join(into, 'flow.txt'), 'mine');
    commit(`theirs ${count}`);
    await expect(clone()).rejects.toThrow(/changes that are not committed/);
    expect(text()).toBe('mine');
  });

  test('does not throw a clone away when the repository does not answer', async () => {
    await clone();
    rmSync(join(into, '.git/HEAD'));
    git(into, 'init', '--quiet');
    git(into, 'config', 'remote.origin.url', 'file:///nonexistent');
    await expect(clone({ repository: 'file:///nonexistent' })).rejects.toThrow(/git fetch of file:\/\/\/nonexistent.*does not/s);
    expect(existsSync(join(into, '.git'))).toBe(true);
  });

  test('refuses the folder of another repository', async () => {
    await clone();
    await expect(clone({ repository: 'https://git.example.com/other.git' })).rejects.toThrow(`${into} is a clone of ${repository}, and not of https://git.example.com/other.git: clone_directory_name`);
  });

  test.each<[Inputs, RegExp]>([
    [{ branch: 'a', commit_sha: 'abcdef0' }, /a branch or a commit_sha, not both/],
    [{ branch: '--upload-pack=touch x' }, /cannot begin with "-"/],
    [{ commit_sha: 'main' }, /main is none/],
    [{ access_token: 'a', credentials: { token: 'b' } }, /not both/],
    [{ credentials: { username: 'somebody' } }, /hold no token/],
    [{ directories: 'src' }, /directories is a list/],
    [{ brunch: 'main' }, /does not know "brunch" \(known: repository, branch/],
    [{ branch: 'nothing' }, /git clone of file:.*Remote branch nothing not found/s],
  ])('says what is wrong with %o', async (inputs, why) => {
    await expect(clone(inputs)).rejects.toThrow(why);
  });
});

describe('what a repository is read as', () => {
  const of = (inputs: Inputs, host: string): string | undefined => gitCredentials(inputs, `https://${host}/team/kpi.git`)?.userInfo;

  test.each<[string, Inputs, string]>([
    ['github.com', { access_token: 'ghp_1' }, 'ghp_1'],
    ['github.com', { credentials: { token: 'ghp_1' } }, 'ghp_1'],
    ['github.com', { credentials: { username: 'me', password: 'p@ss:1' } }, 'me:p%40ss%3A1'],
    ['gitlab.com', { credentials: { token: 'glpat', url: null } }, 'oauth2:glpat'],
    ['gitlab.com', { access_token: 'oauth2:glpat' }, 'oauth2:glpat'],
    ['gitlab.com', { access_token: 'deploy:token' }, 'deploy:token'],
    ['bitbucket.org', { credentials: { token: 't' } }, 'x-token-auth:t'],
    ['bitbucket.org', { access_token: 'x-token-auth:t' }, 'x-token-auth:t'],
    ['bitbucketserver.example.com', { credentials: { username: 'me', token: 't' } }, 'me:t'],
  ])('on %s by %o', (host, inputs, userInfo) => {
    expect(of(inputs, host)).toBe(userInfo);
  });

  test('is nobody without credentials, and where an address is not read over HTTPS', () => {
    expect([of({}, 'github.com'), of({ access_token: '' }, 'github.com'), gitCredentials({ access_token: 'a' }, 'git@github.com:team/kpi.git'), gitCredentials({ access_token: 'a' }, 'http://git.example.com/a')]).toEqual([undefined, undefined, null, null]);
  });

  test('needs a name on Bitbucket Server', () => {
    expect(() => of({ access_token: 't' }, 'bitbucketserver.example.com')).toThrow(/wants a username/);
  });
});

const tls = selfSignedIfPossible(folder);

describe.skipIf(tls === undefined)('a private repository', () => {
  let server: Server;
  let url = '';
  const told: (string | undefined)[] = [];
  beforeAll(async () => {
    server = createServer({ key: readFileSync(tls?.key ?? ''), cert: readFileSync(tls?.certificate ?? '') }, (request, answer) => {
      told.push(request.headers.authorization);
      if (request.headers.authorization === undefined) answer.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      else answer.writeHead(404).end('repository not found');
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/team/kpi.git`;
    process.env['GIT_SSL_CAINFO'] = tls?.certificate;
  });
  afterAll(() => {
    delete process.env['GIT_SSL_CAINFO'];
    server?.closeAllConnections();
    server?.close();
  });

  test('is asked for as who the credentials say, and no error shows them', async () => {
    const error = await clone({ repository: url, credentials: { username: 'me', token: 's3cret/1' } }).catch((caught: Error) => caught);
    expect(told).toContain(`Basic ${Buffer.from('me:s3cret/1').toString('base64')}`);
    expect(String(error)).toMatch(/git clone of https:\/\/127\.0\.0\.1:\d+\/team\/kpi\.git: .*not found/);
    expect(String(error)).not.toMatch(/s3cret|me:/);
  });

  test('without credentials is an error at once: nobody is asked for a name', async () => {
    await expect(clone({ repository: url })).rejects.toThrow(/could not read Username/);
  });
});
