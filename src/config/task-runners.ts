import type { Refusal } from './names.ts';

/** A task runner of Prefect: what runs the tasks that a flow submits. */
interface TaskRunner {
  /** Its class; nothing where it is what Prefect takes anyway. */
  readonly className?: string;
  /** What pyproject.toml must list for it. */
  readonly requirement?: string;
  readonly label: { readonly en: string; readonly es: string };
}

/** Every task runner, by the word for it. */
export const taskRunners = {
  threads: { label: { en: 'threads: in the flow’s own process', es: 'threads: en el propio proceso del flow' } },
  processes: {
    className: 'ProcessPoolTaskRunner',
    label: { en: 'processes: on all cores of the machine', es: 'processes: en todos los núcleos de la máquina' },
  },
  dask: {
    className: 'DaskTaskRunner',
    requirement: 'prefect-dask>=0.3.6',
    label: { en: 'dask: on the workers of a Dask cluster', es: 'dask: en los workers de un clúster de Dask' },
  },
  ray: {
    className: 'RayTaskRunner',
    requirement: 'prefect-ray>=0.4.5',
    label: { en: 'ray: on the workers of a Ray cluster', es: 'ray: en los workers de un clúster de Ray' },
  },
} as const satisfies Readonly<Record<string, TaskRunner>>;

export type TaskRunnerName = keyof typeof taskRunners;

const pythonOnly = {
  en: 'Dask and Ray run Python, and cannot run TypeScript. What is submitted runs side by side in the flow’s own process; for more than one machine, give each flow a deployment of its own.',
  es: 'Dask y Ray ejecutan Python y no pueden ejecutar TypeScript. Lo que se envía corre a la vez en el propio proceso del flow; para repartirlo entre varias máquinas, da a cada flow su despliegue.',
};

/** Why a TypeScript repository is not given a task runner, and what to do instead; nothing for the one that it has. */
const notInTypescript: Readonly<Record<TaskRunnerName, { readonly en: string; readonly es: string } | undefined>> = {
  threads: undefined,
  processes: {
    en: 'That is Prefect’s pool of Python processes. In TypeScript what is submitted runs side by side in the flow’s own process; a function that keeps a processor busy goes into a thread by taskRunner: workerThreads() in its flow, and worker: { module, export } on its task.',
    es: 'Es el grupo de procesos de Python de Prefect. En TypeScript lo que se envía corre a la vez en el propio proceso del flow; una función que ocupa un procesador va a un hilo con taskRunner: workerThreads() en su flow y worker: { module, export } en su tarea.',
  },
  dask: pythonOnly,
  ray: pythonOnly,
};

/** What is wrong with a task runner in a TypeScript repository. */
export function refuseInTypescript(name: TaskRunnerName): Refusal | undefined {
  const reason = notInTypescript[name];
  return reason && { reason, suggestion: 'threads' };
}

/** What there is to choose from. */
export const taskRunnerChoices = Object.entries(taskRunners).map(([value, { label }]) => ({ value, label }));

/** A task runner as flows and pyproject.toml name it. */
export interface TaskRunnerView {
  readonly isUsual: boolean;
  readonly className: string;
  readonly isPrefects: boolean;
  /** Whether it runs them on a cluster. */
  readonly isCluster: boolean;
  readonly isDask: boolean;
  readonly isRay: boolean;
  readonly requirements: readonly string[];
}

export function viewTaskRunner(name: TaskRunnerName): TaskRunnerView {
  const { className = '', requirement }: TaskRunner = taskRunners[name];
  return { isUsual: className === '', className, isPrefects: className !== '' && requirement === undefined, isCluster: requirement !== undefined, isDask: name === 'dask', isRay: name === 'ray', requirements: requirement === undefined ? [] : [requirement] };
}
