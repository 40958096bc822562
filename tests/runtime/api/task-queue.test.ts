import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TaskQueue } from '../../../src/runtime/api/task-queue.ts';
import type { ReportedFlowRun } from '../../../src/runtime/ports.ts';
import { DrivenTask } from './task-changes.ts';

const flowRun: ReportedFlowRun = { id: 'f', name: 'f', flowId: 'f', flowName: 'f', tags: [], deploymentId: null, deploymentName: null, workQueue: null, workPool: null };
const names = ['PENDING', 'RUNNING', 'COMPLETED'] as const;

test('sent + dropped + superseded + queued is what was emitted, whatever comes', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('push' as const), task: fc.nat(12), state: fc.nat(2), pressed: fc.boolean() }),
    fc.record({ kind: fc.constant('take' as const), most: fc.nat(6), sent: fc.boolean() }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const queue = new TaskQueue({ maxEvents: 8, maxBytes: 100_000 });
      const tasks = Array.from({ length: 13 }, (_, at) => new DrivenTask(flowRun, `t-${at}`));
      let [emitted, sent] = [0, 0];
      for (const each of steps) {
        if (each.kind === 'push') {
          queue.push(tasks[each.task]!.next(names[each.state]!, names[each.state]!), each.pressed);
          emitted += 1;
        } else {
          const taken = queue.take(each.most);
          if (each.sent) sent += taken.length;
          for (const entry of taken) entry.settled = each.sent;
          queue.giveBack(taken);
        }
        expect(sent + queue.dropped + queue.superseded + queue.size).toBe(emitted);
      }
      queue.dropAll();
      expect(sent + queue.dropped + queue.superseded).toBe(emitted);
    }),
  );
});

test('what is marked as the first of its task run has nothing older that ever left', () => {
  const step = fc.record({ task: fc.nat(3), pressed: fc.boolean(), take: fc.nat(4), sent: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new TaskQueue({ maxEvents: 100, maxBytes: 1_000_000 });
      const tasks = Array.from({ length: 4 }, (_, at) => new DrivenTask(flowRun, `t-${at}`));
      const left = new Set<string>();
      for (const { task, pressed, take, sent } of steps) {
        queue.push(tasks[task]!.next('RUNNING', 'Running'), pressed);
        const taken = queue.take(take);
        for (const entry of taken) {
          expect(entry.isFirst).toBe(!left.has(entry.change.run.id));
          left.add(entry.change.run.id);
          entry.settled = sent;
        }
        queue.giveBack(taken);
      }
    }),
  );
});

test('keeps the order of a task and, under pressure, only its newest state', () => {
  const queue = new TaskQueue({ maxEvents: 100, maxBytes: 100_000 });
  const task = new DrivenTask(flowRun, 't');
  queue.push(task.next('PENDING', 'Pending'), false);
  queue.push(task.next('RUNNING', 'Running'), false);
  expect(queue.size).toBe(2);
  queue.push(task.next('COMPLETED', 'Completed'), true);
  expect(queue.take(10).map((each) => [each.change.to.name, each.units])).toEqual([['Completed', 3]]);
});

test('of a crowd only the newest state of each task leaves, also when it came back', () => {
  const queue = new TaskQueue({ maxEvents: 1000, maxBytes: 10_000_000 });
  const tasks = Array.from({ length: 200 }, (_, at) => new DrivenTask(flowRun, `t-${at}`));
  for (const each of tasks.slice(0, 2)) queue.push(each.next('PENDING', 'Pending'), false);
  const away = queue.take(2);
  for (const each of tasks) for (const name of names) queue.push(each.next(name, name), false);
  queue.giveBack(away);
  const taken = queue.take(1000);
  expect(taken.map(({ change, units }) => [change.run.name, change.to.type, units])).toEqual(tasks.map(({ run }, at) => [run.name, 'COMPLETED', at < 2 ? 4 : 3]));
  expect([queue.size, queue.superseded]).toEqual([0, 402]);
});

test('a run that goes on takes no room; a last state that finds none is lost, with what it stood for', () => {
  const queue = new TaskQueue({ maxEvents: 2, maxBytes: 100_000 });
  const tasks = ['a', 'b', 'c'].map((name) => new DrivenTask(flowRun, name));
  for (const each of tasks) queue.push(each.next('RUNNING', 'Running'), true);
  expect([queue.size, queue.dropped]).toEqual([3, 0]);
  for (const each of tasks) queue.push(each.next('COMPLETED', 'Completed'), true);
  expect(queue.take(10).map(({ change, units }) => [change.run.name, units])).toEqual([['a', 2], ['b', 2]]);
  expect([queue.dropped, queue.superseded]).toEqual([2, 2]);
});
