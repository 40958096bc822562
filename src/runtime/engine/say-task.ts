import { write } from './log.ts';
import type { LogTarget } from './log.ts';
import type { TaskRun } from './task-run.ts';

export function say(run: TaskRun, level: number, message: string, error?: unknown): void {
  write(taskTarget(run), level, message, error);
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
