import { describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { readSchedules } from '../../src/generate/answers/schedules.ts';
import { addTo, startFiles } from './grown.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', grain: 'day,region', owner: 'ana', target: 100 };

interface Deployment {
  readonly name: string;
  readonly schedules: readonly object[];
  readonly pull?: readonly object[];
  readonly work_pool: { readonly name: string; readonly job_variables?: Readonly<Record<string, unknown>> };
}

/** A repository with one more deployment, and what prefect.yaml says of it. */
function deployed(given: Readonly<Record<string, string>>) {
  const files = startFiles(answers);
  const { remarks } = addTo(files, 'deployment', { name: 'more', ...given });
  const { deployments } = parseYaml(files.get('prefect.yaml') ?? '') as { deployments: Deployment[] };
  return { files, remarks, deployment: deployments.find(({ name }) => name === 'more') };
}

describe('the type of a work pool', () => {
  it('process runs the repository’s own Python in its own folder', () => {
    const { deployment, files } = deployed({});
    expect(deployment?.work_pool.job_variables).toEqual({ command: '{{ here.command }}', working_dir: '{{ here.root }}' });
    expect(deployment?.pull).toBeUndefined();
    expect(files.has('Dockerfile')).toBe(false);
  });

  it.each(['docker', 'kubernetes'])('%s runs an image that carries the code', (type) => {
    const { deployment, remarks } = deployed({ work_pool_type: type, pool: 'containers', image: 'registry.example.com/kpi-sales:1.2.3' });
    expect(deployment?.work_pool).toMatchObject({ name: 'containers', job_variables: { image: 'registry.example.com/kpi-sales:1.2.3' } });
    expect(deployment?.work_pool.job_variables).not.toHaveProperty('working_dir');
    expect(deployment?.pull).toEqual([{ 'prefect.deployments.steps.set_working_directory': { directory: '/app' } }]);
    expect(remarks).toContainEqual({ kind: 'next', step: 'image', command: 'docker build --tag registry.example.com/kpi-sales:1.2.3 .' });
  });

  it('names the image like the project, with the version of its deployments', () => {
    expect(deployed({ work_pool_type: 'docker' }).deployment?.work_pool.job_variables).toMatchObject({ image: 'kpi-sales:0.1.0' });
  });

  it('brings one Dockerfile for all, and leaves one that is there', () => {
    const files = startFiles(answers);
    addTo(files, 'deployment', { name: 'one', work_pool_type: 'docker' });
    expect(files.get('.kpi-flow/base/Dockerfile')).toBe(files.get('Dockerfile'));
    files.set('Dockerfile', 'FROM scratch\n');
    addTo(files, 'deployment', { name: 'two', work_pool_type: 'kubernetes' });
    expect(files.get('Dockerfile')).toBe('FROM scratch\n');
  });

  it('copies into the image what a run needs, and no secret', () => {
    const { files } = deployed({ work_pool_type: 'docker' });
    const copied = [...(files.get('Dockerfile') ?? '').matchAll(/^COPY --chown=kpi (\S+) \S+$/gm)].map(([, path = '']) => path);
    expect(copied).toEqual(['pyproject.toml', 'config/config.yaml', 'src/', 'prefect_flows/']);
    for (const path of copied) expect([...files.keys()].some((each) => each === path || each.startsWith(path))).toBe(true);
    // What the build may see is just that: everything else, .env among it, is left out first.
    const seen = (files.get('.dockerignore') ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    expect(seen).toEqual(['*', ...copied.map((each) => `!${each.replace(/\/$/, '')}`), '**/__pycache__']);
  });
});

describe('--git', () => {
  it('has each run clone the code, and find it', () => {
    const { deployment } = deployed({ git: 'https://git.example.com/team/kpi.git' });
    expect(deployment?.pull).toEqual([{ 'prefect.deployments.steps.git_clone': { id: 'clone', repository: 'https://git.example.com/team/kpi.git' } }, { 'site.addsitedir': { sitedir: '{{ clone.directory }}' } }]);
    expect(deployment?.work_pool.job_variables).toBeUndefined();
  });
});

describe('--schedule', () => {
  it('takes several, each with the time zone', () => {
    const { deployment } = deployed({ schedule: '0 6 * * mon-fri | every 30m | rrule FREQ=MONTHLY;BYDAY=-1FR', timezone: 'Europe/Madrid' });
    expect(deployment?.schedules).toEqual([
      { slug: 'main', cron: '0 6 * * mon-fri', timezone: 'Europe/Madrid' },
      { slug: 'main-2', interval: 1800, timezone: 'Europe/Madrid' },
      { slug: 'main-3', rrule: 'FREQ=MONTHLY;BYDAY=-1FR', timezone: 'Europe/Madrid' },
    ]);
  });

  it.each([
    ['0 25 * * *', '"25" is not a field of a cron line.'],
    ['0 6 * * * | 61 * * * *', '"61" is not a field of a cron line.'],
    ['every 30s', 'no less than a minute'],
    ['every day', 'An interval is'],
    ['rrule FREQ=OFTEN', 'not part of a recurrence rule'],
    ['rrule FREQ=DAILY;BYDUCK=MO', '"BYDUCK=MO"'],
    ['rrule', 'not part of a recurrence rule'],
  ])('refuses %s', (schedule, reason) => {
    const reading = readSchedules(schedule);
    expect('reason' in reading ? reading.reason.en : '').toContain(reason);
  });
});

describe('what cannot be deployed', () => {
  it.each([
    [{ work_pool_type: 'podman' }, 'E_ANSWER_CHOICE'],
    [{ work_pool_type: 'docker', image: 'kpi-sales' }, 'E_ANSWER_REFUSED'],
    [{ work_pool_type: 'docker', image: 'kpi-sales:latest' }, 'E_ANSWER_REFUSED'],
    [{ image: 'kpi-sales:1' }, 'E_ANSWER_REFUSED'],
    [{ work_pool_type: 'kubernetes', git: 'https://git.example.com/a/b.git' }, 'E_ANSWER_REFUSED'],
    [{ git: 'https://ana:secret@git.example.com/a/b.git' }, 'E_ANSWER_REFUSED'],
    [{ timezone: 'Europe/Madird' }, 'E_ANSWER_REFUSED'],
  ])('%o is refused', (given, code) => {
    expect(() => deployed(given as unknown as Record<string, string>)).toThrow(code);
  });
});
