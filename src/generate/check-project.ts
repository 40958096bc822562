import type { Problem } from '../errors/failure.ts';
import { problem } from '../errors/failure.ts';
import { checkInputCount } from './answers/texts.ts';
import { refuse } from './answers/checked.ts';
import type { ProjectInput } from './project-input.ts';
import { stageNames } from './project-view.ts';

/** What no field can see alone: roles, names that meet, and on which side a warning lies. */
export function checkProject(input: ProjectInput): Problem[] {
  return [...checkLanguage(input), ...checkInputs(input), ...checkNames(input), ...checkWarning(input)];
}

function checkLanguage({ language }: ProjectInput): Problem[] {
  return (language as string) === 'python' ? [] : [problem('E_LANGUAGE_NOT_YET', { language })];
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
  const twice = firstDuplicate(stages) ?? firstDuplicate(columns);
  return twice === undefined ? [] : [problem('E_STAGE_NAME_TAKEN', { name: twice })];
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
