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
