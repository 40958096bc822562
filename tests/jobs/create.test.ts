import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../src/errors/cancelled.ts';
import { Failure, problem } from '../../src/errors/failure.ts';
import { create } from '../../src/jobs/create.ts';
import type { Given } from '../../src/jobs/create-answers.ts';
import { mergeAnswers } from '../../src/jobs/create-answers.ts';
import { nextSteps, pendingOf, resultData } from '../../src/jobs/create-summary.ts';
import type { InstallOutcome, Site } from '../../src/jobs/ports.ts';
import type { Move } from './small-project.ts';
import { recordingPorts, requestFor, scripted, smallProject } from './small-project.ts';

async function problemsOf(work: Promise<unknown>) {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Failure)) throw error ?? new Error('it did not fail');
  return error.problems;
}

function asking(moves: readonly Move[]) {
  const prompter = scripted(moves);
  return { prompter, ports: recordingPorts({ openPrompter: async () => prompter }) };
}

const asked = { takeDefaults: false };

describe('without questions', () => {
  it('writes once, commits what is staged, then installs', async () => {
    const ports = recordingPorts();
    await create(smallProject, requestFor({ dir: 'sales' }), ports);
    expect(ports.log).toEqual([
      'owner',
      'survey /home/ana/sales',
      'write /home/ana/sales',
      'commit /home/ana/sales.staged: Start the KPI repository: SALES',
      'install /home/ana/sales',
    ]);
  });

  it('lists what nobody answered, as flags, and writes nothing', async () => {
    const ports = recordingPorts();
    const [found] = await problemsOf(create(smallProject, requestFor({ name: 'X', target: '5' }, asked), ports));
    expect(found).toMatchObject({
      code: 'E_ANSWERS_MISSING',
      args: { flags: ['<dir>', '--owner', '--type', '--direction'] },
    });
    expect(ports.log.filter((each) => each.startsWith('write'))).toEqual([]);
  });

  it('asks for what has no default even under --yes', async () => {
    const [found] = await problemsOf(create(smallProject, requestFor({ name: '売上' }), recordingPorts()));
    expect(found).toMatchObject({ code: 'E_ANSWERS_MISSING', args: { flags: ['--id'] } });
  });

  it('never asks under --yes, even on a terminal', async () => {
    const { prompter, ports } = asking([]);
    await create(smallProject, requestFor({}), ports);
    expect(prompter.asked).toEqual([]);
  });

  it('says everything that is wrong at once, and where it stands', async () => {
    const given: Given = {
      name: { value: 'bad', from: 'team.yaml', where: { file: 'team.yaml', line: 3, column: 7 } },
      owner: { value: 'bad', from: 'KPI_FLOW_OWNER' },
      type: { value: 'ratoi', from: '--type' },
    };
    const problems = await problemsOf(create(smallProject, { ...requestFor({}), given }, recordingPorts()));
    expect(problems.map(({ code, where }) => [code, where?.file, where?.line])).toEqual([
      ['E_ANSWER_REFUSED', 'team.yaml', 3],
      ['E_ANSWER_REFUSED', 'KPI_FLOW_OWNER', undefined],
      ['E_ANSWER_CHOICE', undefined, undefined],
    ]);
  });

  it('does not run git at all with --no-git', async () => {
    const ports = recordingPorts();
    const { git } = await create(smallProject, requestFor({ git: false, install: false }), ports);
    expect(ports.log).toEqual(['survey /home/ana/my-kpi', 'write /home/ana/my-kpi']);
    expect(git).toEqual({ skipped: true });
  });

  it('plans the same in a dry run and writes nothing', async () => {
    const ports = recordingPorts();
    const dry = await create(smallProject, requestFor({}, { dryRun: true }), ports);
    const real = await create(smallProject, requestFor({}), recordingPorts());
    expect(dry.tree).toEqual(real.tree);
    expect(ports.log).toEqual(['owner', 'survey /home/ana/my-kpi']);
  });
});

describe('with questions', () => {
  it('asks each question once, shows the files, and writes after the last yes', async () => {
    const { prompter, ports } = asking(['sales', 'Ventas', '', 'ratio', '<= 12', 'create']);
    const { input } = await create(smallProject, requestFor({}, asked), ports);
    expect(prompter.asked).toEqual(['Folder', 'Name', 'Owner', 'Type', 'Target', 'Make it?']);
    expect(input).toMatchObject({
      dir: 'sales',
      name: 'Ventas',
      id: 'ventas',
      owner: 'Ana <ana@example.com>',
      type: 'ratio',
      direction: 'lower_is_better',
      target: '12',
    });
    expect(prompter.shown).toContain('Identifier: ventas');
    expect(prompter.shown.join('\n')).toContain('└── README.md');
  });

  it('needs no yes for a dry run', async () => {
    const { prompter, ports } = asking(['', '', '', '', '']);
    const { dryRun } = await create(smallProject, requestFor({}, { ...asked, dryRun: true }), ports);
    expect([dryRun, prompter.asked.includes('Make it?')]).toEqual([true, false]);
  });

  it('asks only the rest', async () => {
    const { prompter, ports } = asking(['', 'create']);
    await create(
      smallProject,
      requestFor({ dir: 'a', name: 'b', type: 'ratio', target: '1', direction: 'x' }, asked),
      ports,
    );
    expect(prompter.asked).toEqual(['Owner', 'Make it?']);
  });

  it('goes back as far as the first question, and there is no way back from that', async () => {
    const { prompter, ports } = asking(['one', 'Name', '<', '<', 'two', 'Other', '', '', '', 'create']);
    const { input } = await create(smallProject, requestFor({}, asked), ports);
    expect(prompter.asked.slice(0, 6)).toEqual(['Folder', 'Name', 'Owner', 'Name', 'Folder', 'Name']);
    expect(prompter.questions[0]?.back).toBe(false);
    expect(prompter.questions[1]?.back).toBe(true);
    expect(input).toMatchObject({ dir: 'two', name: 'Other' });
  });

  it('starts each prompt with the answer as it stands', async () => {
    const { prompter, ports } = asking(['sales', 'One', '<', '', '', '', '', 'create']);
    const { input } = await create(smallProject, requestFor({}, asked), ports);
    expect(prompter.questions[3]).toMatchObject({ label: 'Name', initial: 'One' });
    expect(input.name).toBe('One');
  });

  it('lets an answer be changed, derived names too, and shows the whole again', async () => {
    const { prompter, ports } = asking([
      '',
      '',
      '',
      '',
      '',
      'change',
      'id',
      'net_sales',
      'change',
      '<',
      'change',
      'install',
      'false',
      'create',
    ]);
    const { input } = await create(smallProject, requestFor({}, asked), ports);
    expect(input).toMatchObject({ id: 'net_sales', install: false });
    expect(prompter.shown.filter((each) => each === 'Identifier: net_sales')).toHaveLength(3);
  });

  it('asks for an id that cannot be derived', async () => {
    const { prompter, ports } = asking(['', '売上', '', '', '', 'sales', 'create']);
    expect((await create(smallProject, requestFor({}, asked), ports)).input.id).toBe('sales');
    expect(prompter.asked).toContain('Identifier');
  });

  it('says what is wrong with what is typed', async () => {
    const { prompter, ports } = asking(['', '', '', '', '', 'create']);
    await create(smallProject, requestFor({}, asked), ports);
    const [, name] = prompter.questions;
    expect(name !== undefined && 'check' in name ? [name.check('bad'), name.check('good')] : []).toEqual([
      'It is bad. For example: good',
      undefined,
    ]);
  });

  it('asks again for a folder that is taken', async () => {
    const { prompter, ports } = asking(['taken', 'free', '', '', '', '', 'create']);
    const survey = async (folder: string): Promise<Site> => {
      if (folder.endsWith('taken'))
        throw new Failure([problem('E_FOLDER_NOT_EMPTY', { folder, found: ['notes.txt'] })]);
      return { state: 'absent' };
    };
    const { input } = await create(smallProject, requestFor({}, asked), { ...ports, disk: { ...ports.disk, survey } });
    expect(input.dir).toBe('free');
    expect(prompter.shown.join('\n')).toContain('notes.txt');
  });

  it('writes nothing when the last answer is no', async () => {
    const { ports } = asking(['', '', '', '', '', 'cancel']);
    await expect(create(smallProject, requestFor({}, asked), ports)).rejects.toBeInstanceOf(Cancelled);
    expect(ports.log.some((each) => each.startsWith('write'))).toBe(false);
  });
});

describe('answers of a file', () => {
  const where = { file: 'team.yaml', line: 2 };
  const file: Given = {
    owner: {
      value: 'data',
      from: 'team.yaml',
      where,
      fixed: true,
      why: { en: 'One team answers.', es: 'Responde un equipo.' },
    },
    type: { value: 'ratio', from: 'team.yaml', where, open: true, why: { en: 'Most are.', es: 'Casi todas.' } },
    target: { value: '5', from: 'team.yaml', where },
  };

  it('give way to a variable and to a flag, in this order', () => {
    const merged = mergeAnswers(
      { target: { value: '7', from: '--target' } },
      { target: { value: '6', from: 'KPI_FLOW_TARGET' }, name: { value: 'V', from: 'KPI_FLOW_NAME' } },
      file,
    );
    expect([merged['target']?.value, merged['name']?.value, merged['owner']?.value]).toEqual(['7', 'V', 'data']);
  });

  it('hold when they are fixed: saying something else is an error with the reason', () => {
    expect(() => mergeAnswers({ owner: { value: 'me', from: '--owner' } }, {}, file)).toThrow(
      /E_ANSWER_FIXED.*One team answers/,
    );
    expect(mergeAnswers({ owner: { value: 'data', from: '--owner' } }, {}, file)['owner']?.fixed).toBe(true);
  });

  it('are not asked when given, are shown with their reason when fixed, and are proposed when open', async () => {
    const { prompter, ports } = asking(['', '', '', '', 'create']);
    const { input } = await create(smallProject, { ...requestFor({}, asked), given: file }, ports);
    expect(prompter.asked).toEqual(['Folder', 'Name', 'Type', 'Target', 'Make it?']);
    expect(prompter.shown).toContain('Owner = data  (team.yaml: One team answers.)');
    expect(prompter.questions[2]).toMatchObject({ initial: 'ratio', help: 'Type? Most are.' });
    expect(input).toMatchObject({ owner: 'data', type: 'ratio', target: '5' });
  });

  it('cannot be changed at the end when they are fixed', async () => {
    const { prompter, ports } = asking(['', '', '', '', 'change', '<', 'create']);
    await create(smallProject, { ...requestFor({}, asked), given: file }, ports);
    const rows = prompter.questions.find(({ label }) => label === 'Which answer?');
    expect(rows !== undefined && 'choices' in rows ? rows.choices.map(({ value }) => value) : []).toEqual([
      'dir',
      'name',
      'type',
      'target',
      'id',
      'locale',
      'git',
      'install',
    ]);
  });

  it('are what --yes takes when they are open', async () => {
    expect((await create(smallProject, { ...requestFor({}), given: file }, recordingPorts())).input.type).toBe('ratio');
  });
});

describe('what could not be done', () => {
  const outcome = async (change: Parameters<typeof recordingPorts>[0], locale: 'en' | 'es' = 'en') => {
    const result = await create(smallProject, requestFor({ name: "L'été" }), recordingPorts(change));
    return { result, pending: pendingOf(result, locale) };
  };
  const base = recordingPorts();

  it.each([
    ['missing', 'git init && git add --all'],
    ['failed', 'git init && git add --all'],
    ['inside', 'git add --all'],
  ] as const)('git %s: the repository is made and the command is told', async (reason, command) => {
    const { pending } = await outcome({ git: { ...base.git, firstCommit: async () => ({ done: false, reason }) } });
    expect(pending).toHaveLength(1);
    expect(pending[0]?.commands[0]).toBe(`${command} && git commit -m 'Start the KPI repository: L'\\''été'`);
  });

  it('Python missing: the problem and the command', async () => {
    const install: InstallOutcome = {
      done: false,
      problems: [problem('E_PYTHON_MISSING', { asked: ['python3'], storeAlias: false })],
      command: 'uv sync',
    };
    const { result, pending } = await outcome({ python: { install: async () => install } });
    expect(pending[0]).toMatchObject({ commands: ['uv sync'], problems: install.problems });
    expect(nextSteps(result, 'linux')).toEqual(['cd my-kpi', 'uv sync', '.venv/bin/python -m prefect_flows.lete_flow']);
    expect(resultData(result, 'en', 'linux')).toMatchObject({
      schemaVersion: 1,
      ok: true,
      install: { done: false, codes: ['E_PYTHON_MISSING'] },
    });
  });

  it('packages missing: nothing is said of Python where there is none', async () => {
    const install: InstallOutcome = { done: false, problems: [problem('E_INSTALL_FAILED', { tool: 'npm', detail: 'code E404' })], command: 'npm install' };
    const { result: made } = await outcome({ python: { install: async () => install } });
    const result = { ...made, input: { ...made.input, language: 'typescript' as const } };
    expect(pendingOf(result, 'es')[0]).toMatchObject({ text: 'No se han podido instalar los paquetes. Más tarde:', commands: ['npm install'] });
    expect(pendingOf(result, 'en')[0]?.text).not.toContain('Python');
  });

  it('a fresh clone keeps its history: nothing is committed', async () => {
    const ports = recordingPorts();
    const result = await create(smallProject, requestFor({}), {
      ...ports,
      disk: { ...ports.disk, survey: async () => ({ state: 'git-only' }) },
    });
    expect(ports.log.some((each) => each.startsWith('commit'))).toBe(false);
    expect(pendingOf(result, 'es')[0]?.text).toContain('clon');
  });
});

describe('stopping while installing', () => {
  it.each([true, false])('takes the folder back, or says that it stays (gone: %s)', async (gone) => {
    const controller = new AbortController();
    const ports = recordingPorts({ signal: controller.signal });
    const python = {
      install: async (): Promise<InstallOutcome> => {
        controller.abort(new Cancelled(130));
        throw controller.signal.reason;
      },
    };
    const disk = { ...ports.disk, withdrawFolder: async () => gone };
    await expect(create(smallProject, requestFor({}), { ...ports, disk, python })).rejects.toBeInstanceOf(Cancelled);
    expect(ports.log.filter((each) => each.startsWith('warn'))).toHaveLength(gone ? 0 : 1);
  });
});
