import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrefectHandle } from '../../src/edge/prefect.ts';
import { startPrefect } from '../../src/edge/prefect.ts';
import { sharedEnvironment } from '../../src/edge/python-environment-shared.ts';
import { addTo, startFiles } from '../generate/grown.ts';
import type { InterceptedHttps } from './intercepted-https.ts';
import { interceptHttps } from './intercepted-https.ts';
import type { MailServer } from './mail-server.ts';
import { startMailServer } from './mail-server.ts';
import { packages } from './own-checks.ts';
import { writeRepository } from './use-repository.ts';

// Nothing of the sample comes near this target.
const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 1_000_000, warning: 999_999, pool: 'kpis' };
const added = [
  { name: 'broken', kind: 'failed', channel: '', block: '' },
  { name: 'on-call', kind: 'crashed', channel: 'slack', block: 'on-call' },
  { name: 'finance', kind: 'missed', channel: 'smtp', block: 'finance' },
  { name: 'platform', kind: 'late', channel: 'teams', block: 'platform' },
  { name: 'planners', kind: 'missed', channel: 'email', block: 'planners' },
  { name: 'sources', kind: 'stale', channel: 'webhook', block: 'sources' },
];

let prefect: PrefectHandle;
let internet: InterceptedHttps;
let mail: MailServer;
let root = '';
let deployment = '';
const calls: string[] = [];
const hook = createServer((request, response) => {
  request.on('data', (data) => calls.push(String(data)));
  request.on('end', () => response.end('ok'));
});
/** What people type when a command asks: addresses as the services give them. */
const secrets: Record<string, string> = {
  'slack-webhook/on-call': 'https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7',
  'ms-teams-webhook/platform': 'https://prod-1.logic.azure.com:443/workflows/0123abcd/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=TheSignature',
  'sendgrid-email/planners': 'SG.abcdefghijklmnop.qrstuvwxyz0123456789',
};

beforeAll(async () => {
  const { python, folder } = await sharedEnvironment(packages, '.cache');
  root = await mkdtemp(join(tmpdir(), 'kpi-notified-'));
  internet = await interceptHttps(python, root, ['hooks.slack.com', 'prod-1.logic.azure.com', 'api.sendgrid.com', 'localhost']);
  mail = await startMailServer(internet.tls, 'kpi@example.com:p@ss:w/rd');
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
  secrets['custom-webhook/kpi-alerts'] = secrets['custom-webhook/sources'] = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/`;
  secrets['slack-webhook/finance'] = `mailtos://kpi%40example.com:p%40ss%3Aw%2Frd@localhost:${mail.port}?from=kpi@example.com&to=team@example.com,boss@example.com&format=text`;
  prefect = await startPrefect(python, { cache: '.cache', env: { ...process.env, ...internet.env } });
  await prefect.api.createProcessPool('kpis');
  const files = startFiles(answers);
  const remarks = added.flatMap((each) => addTo(files, 'notification', each).remarks);
  const fresh = remarks.find(({ kind }) => kind === 'fresh');
  if (fresh?.kind !== 'fresh') throw new Error('nobody said how data is looked at');
  // As somebody puts the lines there, with an age that no data can have.
  const [imported = '', , decorator = ''] = fresh.lines;
  files.set(fresh.file, (files.get(fresh.file) ?? '').replace('\nimport polars as pl\n', `\nimport polars as pl\n\n${imported}\n`).replace('\ndef clean', `\n${decorator.replace('days=1', 'hours=0')}\ndef clean`));
  await writeRepository(root, files);
  await symlink(resolve(folder), join(root, '.venv'));
  await prefect.cli(['deploy', '--all'], root);
  deployment = (await prefect.api.deployments())[0]?.id ?? '';
}, 900_000);
afterAll(async () => {
  hook.close();
  internet?.close();
  mail?.close();
  await prefect?.stop();
  await rm(root, { recursive: true, force: true });
});

// Of a session of its own: with a terminal at hand, the question for a secret would go there.
const shell = (command: string, input = '') => execa('sh', ['-c', command], { cwd: root, env: prefect.env, input, detached: true, reject: false });
const switchOn = () => shell('.venv/bin/python -m prefect_flows.automations');
const soon = { timeout: 240_000, interval: 300 };

function start(parameters: object, jobVariables: object = {}): Promise<unknown> {
  return prefect.api.call('POST', `/deployments/${deployment}/create_flow_run`, { parameters, job_variables: jobVariables });
}
const missed = /^2026-01-05, (?:unknown|region_[ab]): [\d.]+, target 1000000/;
const sentTo = (host: string) => internet.requests.filter((each) => each.host.startsWith(host));

describe('notifications', () => {
  it('name every block that is missing and the command that makes it, and change nothing before', async () => {
    const { exitCode, stderr } = await switchOn();
    const missing = [...stderr.matchAll(/there is no block (\S+)\. This makes it:\n(.*)/g)].map(([, block = '', command = '']) => ({ block, command }));
    expect([exitCode, missing.map(({ block }) => block)]).toEqual([1, ['custom-webhook/kpi-alerts', 'slack-webhook/finance', 'slack-webhook/on-call', 'sendgrid-email/planners', 'ms-teams-webhook/platform', 'custom-webhook/sources']]);
    expect(await prefect.api.call('POST', '/automations/count', {})).toBe(0);
    for (const { block, command } of missing) {
      const making = await shell(command, `${secrets[block]}\n`);
      expect(making.exitCode, making.stderr).toBe(0);
    }
    const on = await switchOn();
    expect([on.exitCode, on.stdout.split('\n')]).toEqual([0, ['sales: broken', 'sales: finance', 'sales: on-call', 'sales: planners', 'sales: platform', 'sales: sources']]);
    // Switched on again, nothing is there twice.
    expect((await switchOn()).exitCode).toBe(0);
    expect(await prefect.api.call('POST', '/automations/count', {})).toBe(6);
  }, 600_000);

  it('tell of a run that should have begun and has not, in Teams', async () => {
    // There is no worker yet.
    await start({ start: '2026-01-05', end: '2026-01-06' });
    await expect.poll(() => sentTo('prod-1.logic.azure.com'), soon).toHaveLength(1);
    const [{ path, body } = { path: '', body: '' }] = internet.requests;
    expect(path).toMatch(/^\/workflows\/0123abcd\/triggers\/manual\/paths\/invoke.*sig=TheSignature/);
    expect(body).toContain('sales: late');
    expect(body).toMatch(/runs\/flow-run\/[0-9a-f-]{36}/);
  }, 600_000);

  it('tell of data that is not fresh, by a webhook, and of a missed target, by e-mail', async () => {
    await prefect.startWorker('kpis');
    await expect.poll(() => calls.filter((each) => each.includes('data not fresh')), soon).not.toEqual([]);
    expect(JSON.parse(calls[0] ?? '')).toEqual({ text: expect.stringMatching(/^sales: data not fresh: clean_\w+: freshness\(occurred_at, 0h\)$/) });
    await expect.poll(() => sentTo('api.sendgrid.com').length, soon).toBeGreaterThan(0);
    const sent = JSON.parse(sentTo('api.sendgrid.com')[0]?.body ?? '') as { subject: string; personalizations: object[]; content: { value: string }[] };
    expect(sent).toMatchObject({ subject: 'sales: target missed', from: { email: 'kpi@example.com' }, personalizations: [{ to: [{ email: 'team@example.com' }] }] });
    expect(sent.content[0]?.value).toMatch(missed);
  }, 600_000);

  it('tell by a mail server too, which asks for TLS, a name and a password', async () => {
    await expect.poll(() => mail.mails.length, soon).toBeGreaterThan(1);
    expect(mail.mails.slice(0, 2).map(({ from, to }) => [from, to])).toEqual(['team', 'boss'].map((each) => ['kpi@example.com', [`${each}@example.com`]]));
    const [head = '', text = ''] = (mail.mails[0]?.text ?? '').split('\n\n');
    expect(head.split('\n')).toEqual(expect.arrayContaining(['Subject: sales: target missed', 'From: kpi@example.com', 'To: team@example.com']));
    expect(text).toMatch(missed);
  }, 600_000);

  it('tell of a run that failed, by a webhook, with the reason', async () => {
    await start({ start: '2026-01-06', end: '2026-01-05' });
    await expect.poll(() => calls.find((each) => each.includes('sales: failed')), soon).toContain('end (2026-01-05) must come after start (2026-01-06)');
  }, 600_000);

  it('tell of a run that was cut short, in Slack', async () => {
    await start({}, { command: `${join(root, '.venv/bin/python')} -c "import os; os.kill(os.getpid(), 9)"` });
    await expect.poll(() => sentTo('hooks.slack.com'), soon).toHaveLength(1);
    const [sent] = sentTo('hooks.slack.com');
    expect(sent?.path).toBe('/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7');
    expect(sent?.body).toContain('sales: crashed');
    expect(sent?.body).toContain('-9');
  }, 600_000);

  it('keep what was typed out of every file', async () => {
    const { stdout } = await shell('cat automations/* prefect_flows/*.py');
    expect(stdout).not.toMatch(/TheSignature|TIiajkdn|SG\.abc|p%40ss|127\.0\.0\.1/);
  });

  it('say which files cannot be switched on, and why', async () => {
    const automation = (block: string) => `automations: [{name: x, trigger: {}, actions: [{type: send-notification, block_document_id: ${block}}]}]\n`;
    const wrong = { none: 'automations: [{name: x}]\n', list: '- 1\n', broken: 'automations: [\n', pager: automation('pager/me'), id: automation('kpi-alerts') };
    for (const [name, text] of Object.entries(wrong)) await writeFile(join(root, `automations/z-${name}.yaml`), text);
    const { exitCode, stderr } = await switchOn();
    for (const name of Object.keys(wrong)) await rm(join(root, `automations/z-${name}.yaml`));
    expect([exitCode, stderr.match(/^z-\w+\.yaml: /gm)]).toEqual([1, ['z-broken.yaml: ', 'z-id.yaml: ', 'z-list.yaml: ', 'z-none.yaml: ', 'z-pager.yaml: ']]);
    expect(stderr).toContain('z-pager.yaml: there is no block pager/me');
    const shape = 'write `automations:` and below it a list, with `actions` in each';
    expect(stderr.split('\n')).toEqual(expect.arrayContaining([`z-list.yaml: ${shape}`, `z-none.yaml: ${shape}`, expect.stringMatching(/^z-broken\.yaml: .* line \d/)]));
    expect(stderr).not.toContain('Traceback');
  }, 240_000);

  it('say that no server answers', async () => {
    const { exitCode, stderr } = await shell('PREFECT_API_URL=http://127.0.0.1:9/api .venv/bin/python -m prefect_flows.automations');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('no answer from http://127.0.0.1:9/api')]);
    expect(stderr).not.toContain('Traceback');
  }, 240_000);
});

