import type { Told } from './told.ts';

type Row = { readonly [key: string]: unknown };
/** A place in what was told, and what stands there. */
type Fields = ReadonlyMap<string, ReadonlySet<string>>;

/** A place where the two say something else; null where one of them says nothing. */
export interface Difference {
  readonly field: string;
  readonly python: string | null;
  readonly typescript: string | null;
}

/** Every place where the two differ, by its path. Runs of one task stand together: which of them came first is chance. */
export function differences(python: Told, typescript: Told): Difference[] {
  const [left, right] = [fieldsOf(python), fieldsOf(typescript)];
  const all = [...new Set([...left.keys(), ...right.keys()])].toSorted();
  return all.flatMap((field) => {
    const [one, other] = [left, right].map((each) => each.get(field) ?? new Set<string>());
    const onlyIn = (here: ReadonlySet<string>, there: ReadonlySet<string>): string | null => {
      const own = [...here].filter((each) => !there.has(each)).toSorted();
      return own.length === 0 ? null : own.join('; ');
    };
    const [said, ours] = [onlyIn(one!, other!), onlyIn(other!, one!)];
    return said === null && ours === null ? [] : [{ field, python: said, typescript: ours }];
  });
}

function fieldsOf(told: Told): Fields {
  const fields = new Map<string, Set<string>>();
  const put = (path: string, value: unknown): void => {
    if (Array.isArray(value)) {
      put(`${path}.length`, value.length);
      for (const each of value) put(`${path}[]`, each);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value)) put(`${path}.${key}`, each);
    } else fields.set(path, (fields.get(path) ?? new Set()).add(worded(path, value)));
  };
  const nameOf = taskNames(told);
  const { flow_run, flow_states, task_runs, task_states, graph, logs, artifacts, events, inner, inner_task_runs } = told;
  put('flow run', flow_run);
  put('states of the flow run', flow_states);
  for (const each of task_runs) put(`task run ${taskOf(each)}`, each);
  for (const [id, states] of Object.entries(task_states)) {
    put(`states of ${nameOf.get(id)}`, states);
  }
  for (const [, { artifacts: ofNode, ...node }] of graph.nodes) put(`graph: ${baseOf(node['label'])}`, { ...node, artifacts: (ofNode as unknown[]).length });
  for (const each of logs) {
    const who = each['task_run_id'] === null ? 'the flow' : nameOf.get(String(each['task_run_id']));
    put(`log of ${who}`, { line: `${String(each['level'])} ${String(each['message']).split('\n')[0]}`, name: each['name'] });
  }
  for (const each of artifacts) put(`artifact ${String(each['key'])}`, each);
  for (const each of events.filter(isOfClient)) put(`event ${eventName(each, nameOf)}`, each);
  put('subflow', inner);
  for (const each of inner_task_runs) put(`task run ${taskOf(each)} of the subflow`, each);
  return fields;
}

/** The server makes the others itself, out of what it is told: those of an artifact's collection among them. */
function isOfClient({ event }: Row): boolean {
  return /^prefect\.(?:task-run\.|artifact\.|concurrency-limit\.|flow-run\.heartbeat)/.test(String(event));
}

function eventName(event: Row, nameOf: ReadonlyMap<string, string>): string {
  const id = String((event['resource'] as Row)['prefect.resource.id']).replace(/^.*\./, '');
  const key = (event['payload'] as Row)['key'];
  const of = nameOf.get(id) ?? key;
  return `${String(event['event'])}${typeof of === 'string' ? ` of ${of}` : ''}`;
}

function taskNames({ task_runs, inner_task_runs }: Told): Map<string, string> {
  return new Map([...task_runs, ...inner_task_runs].map((each) => [String(each['id']), taskOf(each)]));
}

/** A run's task: the name without what chance put behind it. Runs with other inputs are another place of the flow. */
function taskOf({ name, task_inputs }: Row): string {
  const inputs = Object.values(task_inputs as Record<string, unknown[]>).filter(({ length }) => length > 0).length;
  return `${baseOf(name)}${inputs === 0 ? '' : ` with ${inputs} kinds of input`}`;
}

function baseOf(name: unknown): string {
  return String(name).replace(/ \/ .*$/, '').replace(/-[0-9a-f]{3}$/, '');
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const moment = /\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)/g;

/** A value without what is another in every run. */
function worded(path: string, value: unknown): string {
  if (/(?:run_time|time_delta|duration)$/.test(path)) return '<seconds>';
  if (path.endsWith('.prefect_version') && value !== null) return '<version>';
  if (typeof value !== 'string') return JSON.stringify(value) ?? 'undefined';
  if (/\.(?:flow_version|task_version)$/.test(path)) return '<hash>';
  const text = value.replaceAll(uuid, '<id>').replaceAll(moment, '<time>').replaceAll(/(?<=-)[0-9a-f]{8}$/g, '<hash>');
  if (/^(?:subflow\.name|graph: side-by-side-inner\.label)$/.test(path)) return '<name>';
  const plain = text.replaceAll(/\b[0-9a-f]{32}\b/g, '<hash>').replaceAll(/\/\S*\/storage\//g, '<storage>/');
  return plain.replace(/(?<=^(?:extract|double|add up|fails|tolerate|kept|outer)-|'(?:extract|double|add up|fails|tolerate|kept|outer)-)[0-9a-f]{3}\b/, '<3>');
}
