import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { runToEnd } from '../../edge/process-group.ts';
import { add } from '../../index.ts';
import type { Subject } from './measure.ts';
import { addLate, addOf, added, plopOf, plopOwn } from './targets.ts';

const words = {
  extractor: ['extractor', 'returns', 'sql'],
  loader: ['loader', 'kept', 'sql', '_', 'stock_by_day'],
} as const;

/** The stages that a repository has before the late one is added: with the six of the start and the late one it has 200. */
const before = 193;

const plopfile = `export default (plop) => plop.setGenerator('module', {
  description: 'One file',
  prompts: ['name', 'kind'].map((name) => ({ type: 'input', name, message: name })),
  actions: [{ type: 'add', path: 'out/{{name}}.py', template: '# {{kind}}\\ndef {{name}}() -> None:\\n    return None\\n' }],
});
`;

/** Adding a stage by our command and through plop, beside plop's own way of writing one file. */
export async function growingSubjects(folder: string): Promise<Subject[]> {
  const small = await makeRepository(join(folder, 'small'));
  const large = join(folder, 'large');
  await cp(small, large, { recursive: true, verbatimSymlinks: true });
  for (let index = 0; index < before; index += 1) await add('extractor', { name: `stage_${index}`, kind: 'sql' }, { cwd: large });
  const other = join(folder, 'other');
  await mkdir(other);
  await writeFile(join(other, 'plopfile.mjs'), plopfile);
  const [ours, plop] = [resolve('dist/kpi-flow.mjs'), resolve('node_modules/plop/bin/plop.js')];
  return [
    { name: plopOwn, args: [plop, 'module', 'returns', 'sql'], from: other },
    ...added.flatMap((kind) => [
      { name: addOf(kind), args: [ours, 'add', ...words[kind].map((word) => (word === '_' ? '' : word))], from: small },
      { name: plopOf(kind), args: [plop, ...words[kind]], from: small },
    ]),
    { name: addLate, args: [ours, 'add', ...words.extractor], from: large },
  ];
}

/** A new repository in which plop finds itself and us, as after `npm install`. */
async function makeRepository(path: string): Promise<string> {
  const args = [resolve('dist/create-kpi-flow.mjs'), path, '--id', 'stock', '--yes', '--no-install', '--no-git'];
  const { code, output } = await runToEnd({ file: process.execPath, args, env: process.env }, { seconds: 60 });
  if (code !== 0) throw new Error(output);
  await mkdir(join(path, 'node_modules'));
  await symlink(resolve('.'), join(path, 'node_modules/create-kpi-flow'), 'junction');
  await symlink(resolve('node_modules/plop'), join(path, 'node_modules/plop'), 'junction');
  return path;
}
