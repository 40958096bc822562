import type { Problem } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';
import { checkInputCount } from './answers/texts.ts';
import { refuse } from './answers/checked.ts';
import type { ProjectInput } from './project-input.ts';
import { stageNames } from './project-view.ts';
import { isTypescriptWord } from '../config/typescript-words.ts';
import { refuseInTypescript } from '../config/task-runners.ts';
import { camel } from './emitters/words.ts';
import { refusedInTypescript, usualDatabase } from '../config/databases.ts';

/** What no field can see alone: roles, names that meet, and on which side a warning lies. */
export function checkProject(input: ProjectInput): Problem[] {
  return [...checkLanguage(input), ...checkFrames(input), ...checkTypescriptNames(input), ...checkInputs(input), ...checkNames(input), ...checkWarning(input), ...checkDatabase(input), ...checkStore(input)];
}

/** What a TypeScript repository will not do is said before anything is written. */
function checkLanguage({ language, database, task_runner: runner }: ProjectInput): Problem[] {
  if (language === 'python') return [];
  const answers = [
    { flag: '--database', value: database, refusal: refusedInTypescript[database] },
    { flag: '--task-runner', value: runner, refusal: refuseInTypescript(runner) },
  ];
  return answers.flatMap(({ flag, value, refusal }) => (refusal === undefined ? [] : [problem('E_ANSWER_REFUSED', { flag, value, ...refusal })]));
}

function checkFrames({ frames, language }: ProjectInput): Problem[] {
  if (frames === 'polars' || language === 'python') return [];
  const refusal = refuse('A TypeScript repository works with rows, and with no library of frames.', 'Un repositorio de TypeScript trabaja con filas, sin ninguna biblioteca de tablas.');
  return [problem('E_ANSWER_REFUSED', { flag: '--frames', value: frames, ...refusal })];
}

/** In TypeScript a stage is a function and a type besides, in modules that import some names of ours. */
function checkTypescriptNames({ language, id, inputs }: ProjectInput): Problem[] {
  if (language === 'python') return [];
  const taken = ['--id', '--inputs'].flatMap((flag) => (flag === '--id' ? [id] : inputs).filter(isTypescriptWord).map((name) => ({ flag, name })));
  return taken.map(({ flag, name }) => {
    const refusal = refuse(`"${name}" is a word of TypeScript, or a name that every such repository has.`, `"${name}" es una palabra de TypeScript o un nombre que ya está en todo repositorio así.`, flag === '--id' ? `${name}_kpi` : `${name}_records`);
    return problem('E_ANSWER_REFUSED', { flag, value: name, ...refusal });
  });
}

function checkInputs({ type, inputs }: ProjectInput): Problem[] {
  const refusal = checkInputCount(type, inputs);
  return refusal === undefined ? [] : [problem('E_ANSWER_REFUSED', { flag: '--inputs', value: inputs.join(','), ...refusal })];
}

/** Stages, the flow and the columns of the result share namespaces in the generated code. */
function checkNames(input: ProjectInput): Problem[] {
  const { extractors, cleaners, calculation, aggregation, loader, publish } = stageNames(input);
  const stages = [...extractors, ...cleaners, calculation, aggregation, loader, publish];
  const columns = [input.grain.time, ...input.grain.dimensions, ...input.inputs, input.id];
  // `a_1` and `a1` are one name in TypeScript.
  const asWritten = input.language === 'typescript' ? stages.filter((each) => stages.some((other) => other !== each && camel(other) === camel(each))) : [];
  const twice = firstDuplicate(stages) ?? firstDuplicate(columns) ?? asWritten[0];
  return twice === undefined ? [] : [problem('E_STAGE_NAME_TAKEN', { name: twice })];
}

function checkDatabase({ source, destination, database, language }: ProjectInput): Problem[] {
  if (database === usualDatabase(language) || source === 'sql' || destination === 'sql') return [];
  const refusal = refuse('Neither the source nor the destination is a database.', 'Ni el origen ni el destino son una base de datos.');
  return [problem('E_ANSWER_REFUSED', { flag: '--database', value: database, ...refusal })];
}

function checkStore({ source, destination, store }: ProjectInput): Problem[] {
  if (store === 'folder' || source === 'datalake' || destination === 'datalake') return [];
  const refusal = refuse('Neither the source nor the destination is a lake.', 'Ni el origen ni el destino son un lake.');
  return [problem('E_ANSWER_REFUSED', { flag: '--store', value: store, ...refusal })];
}

function firstDuplicate(names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}

function checkWarning({ direction, target, warning }: ProjectInput): Problem[] {
  const wrong = direction === 'higher_is_better' ? warning > target : warning < target;
  if (!wrong) return [];
  const refusal =
    direction === 'higher_is_better'
      ? refuse(`A warning lies at or below the target ${target}.`, `El aviso va en el objetivo ${target} o por debajo.`)
      : refuse(`A warning lies at or above the target ${target}.`, `El aviso va en el objetivo ${target} o por encima.`);
  return [problem('E_ANSWER_REFUSED', { flag: '--warning', value: String(warning), ...refusal })];
}
