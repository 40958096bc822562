import { describe, expect, it } from 'vitest';
import { taskRunners } from '../../src/config/task-runners.ts';
import { addTo, startFiles } from './grown.ts';
import { ruffFaults } from './own-ruff.ts';

const answers = { dir: 'kpi', name: 'Sales', id: 'sales', type: 'ratio', grain: 'day,region', owner: 'ana', target: 0.5 };
const requirements = (text = '') => [...text.matchAll(/"(prefect[a-z-]*)>/g)].map(([, name]) => name);

describe.each(Object.keys(taskRunners))('the task runner %s', (name) => {
  const needed = ['prefect', ...(['dask', 'ray'].includes(name) ? [`prefect-${name}`] : [])];

  it.each(['en', 'es'])('is in the flow of a new repository in %s, with the one package that it needs', (locale) => {
    const files = startFiles({ ...answers, locale, task_runner: name });
    expect(files.get('prefect_flows/sales_flow.py')?.includes('task_runner=RUNNER')).toBe(name !== 'threads');
    expect(requirements(files.get('pyproject.toml'))).toEqual(needed);
    expect(ruffFaults(files, () => true)).toEqual([]);
  });

  it('is in the flow of a further pipeline, whose stages still run in it', () => {
    const files = startFiles(answers);
    addTo(files, 'pipeline', { name: 'weekly', task_runner: name });
    expect(files.get('prefect_flows/weekly_flow.py')?.includes('task_runner=RUNNER')).toBe(name !== 'threads');
    expect(requirements(files.get('pyproject.toml'))).toEqual(needed);
    // A loader that comes later still finds its place.
    addTo(files, 'loader', { name: 'kept', kind: 'sql', inputs: 'sales_by_day', flow: 'weekly' });
    expect(files.get('prefect_flows/weekly_flow.py')).toContain('    tasks.kept(result)\n');
    expect(ruffFaults(files, () => true)).toEqual([]);
  });
});
