import { write } from './log.ts';
import type { LogTarget } from './log.ts';
import type { TaskRun } from './task-run.ts';

export function say(run: TaskRun, level: number, message: string): void {
  write(taskTarget(run), level, message);
}

export function taskTarget(run: TaskRun): LogTarget {
  const { api } = run.flowScope.world;
  return {
    api,
    label: `Task run '${run.name}'`,
    name: 'prefect.task_runs',
    flowRunId: run.flowScope.id,
    taskRunId: run.id,
  };
}
