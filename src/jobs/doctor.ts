import type { Bilingual, Locale } from '../errors/bilingual.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import type { Problem } from '../errors/failure.ts';
import { explain } from '../messages/explain.ts';
import type { AddressSeen, DoctorProbes } from './ports.ts';

/** What stands between a person and a running KPI, from the nearest to the farthest. */
export type Layer = 'node' | 'python' | 'uv' | 'package-index' | 'npm-registry' | 'certificates' | 'proxy' | 'git' | 'prefect' | 'prefect-api' | 'port' | 'disk';

/** What was found in one layer. */
export interface Finding {
  readonly layer: Layer;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly what: Bilingual;
  readonly why?: Bilingual;
  readonly fix?: Bilingual;
  /** The error that a command would end with. */
  readonly code?: ErrorCode;
}

/** Looks at every layer at once and judges what was found. */
export async function examine(probes: DoctorProbes): Promise<Finding[]> {
  const findings = await Promise.all([
    examineNode(probes),
    examinePython(probes),
    examineUv(probes),
    examineIndex(probes),
    examineRegistry(probes),
    examineCertificates(probes),
    examineProxies(probes),
    examineGit(probes),
    examinePrefect(probes),
    examineApi(probes),
    examinePort(probes),
    examineDisk(probes),
  ]);
  return findings.flat();
}

/** 3 when a layer blocks, else 0: what only warns does not keep a KPI from running. */
export function doctorExit(findings: readonly Finding[]): 0 | 3 {
  return findings.some((each) => each.status === 'fail') ? 3 : 0;
}

/** The findings as data: codes and keys are never translated. */
export function findingsData(findings: readonly Finding[], locale: Locale): object {
  const layers = findings.map(({ what, why, fix, ...rest }) => ({ ...rest, what: what[locale], ...(why && { why: why[locale] }), ...(fix && { fix: fix[locale] }) }));
  return { schemaVersion: 1, command: 'doctor', ok: doctorExit(findings) === 0, layers };
}

/** The findings for people: one line a layer, and what to do under each that is not well. */
export function drawFindings(findings: readonly Finding[], locale: Locale, paint: (style: 'green' | 'yellow' | 'red' | 'dim', text: string) => string): string {
  const signs = { ok: paint('green', '✔'), warn: paint('yellow', '!'), fail: paint('red', '✖') };
  const width = Math.max(...findings.map((each) => each.layer.length));
  const lines = findings.flatMap(({ layer, status, what, why, fix, code }) => [
    `${signs[status]} ${layer.padEnd(width)}  ${what[locale]}${code === undefined ? '' : paint('dim', ` [${code}]`)}`,
    ...[why, fix].filter((each) => each !== undefined).map((each) => `  ${' '.repeat(width)}  ${each[locale]}`),
  ]);
  return [...lines, '', verdict(findings)[locale]].join('\n');
}

function verdict(findings: readonly Finding[]): Bilingual {
  const failed = findings.filter((each) => each.status === 'fail').map((each) => each.layer);
  if (failed.length === 0) return say('Nothing stands in the way.', 'No hay nada que lo impida.');
  return say(`In the way: ${failed.join(', ')}.`, `Lo impide: ${failed.join(', ')}.`);
}

async function examineNode({ node }: DoctorProbes): Promise<Finding> {
  const { version } = await node();
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const good = (major === 20 && minor >= 19) || (major === 22 && minor >= 12) || major > 22;
  if (good) return ok('node', say(`Node ${version}`, `Node ${version}`));
  return {
    layer: 'node',
    status: 'fail',
    what: say(`Node ${version} is too old.`, `Node ${version} es demasiado antiguo.`),
    fix: say('Install Node 20.19 or newer, or 22.12 or newer.', 'Instala Node 20.19 o posterior, o 22.12 o posterior.'),
  };
}

async function examinePython({ python, uv }: DoctorProbes): Promise<Finding> {
  const [seen, { version: hasUv }] = await Promise.all([python(), uv()]);
  if (seen.problem !== undefined) return failed('python', seen.problem);
  if (seen.missingModule === undefined) return ok('python', say(`Python ${seen.version}: ${seen.path}`, `Python ${seen.version}: ${seen.path}`));
  const incomplete = failed('python', { code: 'E_PYTHON_INCOMPLETE', args: { path: seen.path ?? '', module: seen.missingModule } });
  return hasUv === undefined ? incomplete : { ...incomplete, status: 'warn' };
}

async function examineUv({ uv }: DoctorProbes): Promise<Finding> {
  const { version } = await uv();
  if (version !== undefined) return ok('uv', say(`uv ${version}`, `uv ${version}`));
  return ok('uv', say('not on PATH; a copy is fetched when the environment is made, else pip does it', 'no está en el PATH; se descarga una copia al crear el entorno y, si no, lo hace pip'));
}

async function examineIndex({ packageIndex }: DoctorProbes): Promise<Finding> {
  return examineAddress('package-index', await packageIndex(), 'fail');
}

/** Only plop and `npm create` need npm's registry: a KPI runs without it. */
async function examineRegistry({ npmRegistry }: DoctorProbes): Promise<Finding> {
  return examineAddress('npm-registry', await npmRegistry(), 'warn');
}

function examineAddress(layer: Layer, seen: AddressSeen, status: 'warn' | 'fail'): Finding {
  if (seen.problem !== undefined) return { ...failed(layer, seen.problem), status };
  if (seen.address === undefined) return { layer, status: 'warn', what: say('could not be asked for', 'no se ha podido consultar') };
  return ok(layer, say(`${seen.address} answers`, `${seen.address} responde`));
}

async function examineCertificates({ certificates }: DoctorProbes): Promise<Finding[]> {
  const named = await certificates();
  const gone = named.filter((each) => !each.readable);
  if (gone.length > 0) return gone.map(({ variable, file }) => unreadable(variable, file));
  const variables = named.map((each) => each.variable).join(', ');
  if (variables === '') return [ok('certificates', say("the system's own", 'los del sistema'))];
  return [ok('certificates', say(`as set in ${variables}`, `según ${variables}`))];
}

function unreadable(variable: string, file: string): Finding {
  return {
    layer: 'certificates',
    status: 'fail',
    what: say(`${variable} names ${file}, which cannot be read.`, `${variable} apunta a ${file}, que no se puede leer.`),
    why: say('Tools that look there trust nobody, and every download fails.', 'Las herramientas que lo consultan no confían en nadie y fallan todas las descargas.'),
    fix: say(`Correct ${variable}, or take it out.`, `Corrige ${variable} o quítala.`),
  };
}

async function examineProxies({ proxies }: DoctorProbes): Promise<Finding[]> {
  const { found, sparesLoopback } = await proxies();
  if (found.length === 0) return [ok('proxy', say('none', 'ninguno'))];
  const blocked = found.flatMap(({ problem }) => (problem === undefined ? [] : [failed('proxy', problem)]));
  const names = found.map(({ variable, address }) => `${variable} (${address ?? ''})`).join(', ');
  const well = blocked.length > 0 ? [] : [ok('proxy', say(names, names))];
  return [...blocked, ...well, ...(sparesLoopback ? [] : [loopbackThroughProxy()])];
}

function loopbackThroughProxy(): Finding {
  return {
    layer: 'proxy',
    status: 'warn',
    what: say('NO_PROXY does not name this machine.', 'NO_PROXY no incluye este equipo.'),
    why: say('Flows would look for a local Prefect server through the proxy. Our own commands do not.', 'Los flows buscarían un servidor local de Prefect a través del proxy. Nuestras órdenes no lo hacen.'),
    fix: say('Add 127.0.0.1,localhost to NO_PROXY.', 'Añade 127.0.0.1,localhost a NO_PROXY.'),
  };
}

async function examineGit({ git }: DoctorProbes): Promise<Finding> {
  const { version } = await git();
  if (version !== undefined) return ok('git', say(`git ${version}`, `git ${version}`));
  return {
    layer: 'git',
    status: 'warn',
    what: say('git was not found.', 'No hay git.'),
    why: say('A repository is made all the same, without its first commit.', 'El repositorio se crea igualmente, pero sin su primer commit.'),
    fix: say('Install git.', 'Instala git.'),
  };
}

async function examinePrefect({ prefect }: DoctorProbes): Promise<Finding> {
  const { version, problem } = await prefect();
  if (problem !== undefined) return failed('prefect', problem);
  if (version !== undefined) return ok('prefect', say(`Prefect ${version}`, `Prefect ${version}`));
  return ok('prefect', say('comes with the environment of a repository', 'viene con el entorno de cada repositorio'));
}

async function examineApi({ prefectApi }: DoctorProbes): Promise<Finding> {
  const seen = await prefectApi();
  if (seen.problem !== undefined) return failed('prefect-api', seen.problem);
  if (seen.address !== undefined) return ok('prefect-api', say(`${seen.address} answers`, `${seen.address} responde`));
  return ok('prefect-api', say('PREFECT_API_URL is not set: flows start a server of their own', 'PREFECT_API_URL no está definida: los flows arrancan su propio servidor'));
}

async function examinePort({ port }: DoctorProbes): Promise<Finding> {
  const { port: number, takenBy } = await port();
  if (takenBy === undefined) return ok('port', say(`${number} is free`, `el ${number} está libre`));
  if (takenBy === 'prefect') return ok('port', say(`${number}: a Prefect server is there`, `${number}: hay un servidor de Prefect`));
  return { ...failed('port', { code: 'E_PORT_TAKEN', args: { port: number } }), status: 'warn' };
}

const gigabyte = 1024 ** 3;

async function examineDisk({ disk }: DoctorProbes): Promise<Finding> {
  const { folder, freeBytes, writable } = await disk();
  if (!writable) return failed('disk', { code: 'E_FOLDER_NOT_WRITABLE', args: { folder } });
  const free = (freeBytes / gigabyte).toFixed(1);
  if (freeBytes < gigabyte / 4) return failed('disk', { code: 'E_DISK_FULL', args: { folder } });
  if (freeBytes >= gigabyte) return ok('disk', say(`${free} GB free`, `${free} GB libres`));
  return {
    layer: 'disk',
    status: 'warn',
    what: say(`Only ${free} GB free.`, `Solo quedan ${free} GB libres.`),
    why: say('An environment with Prefect takes about a quarter of a gigabyte.', 'Un entorno con Prefect ocupa alrededor de un cuarto de gigabyte.'),
    fix: say('Free some space.', 'Libera espacio.'),
  };
}

function say(en: string, es: string): Bilingual {
  return { en, es };
}

function ok(layer: Layer, what: Bilingual): Finding {
  return { layer, status: 'ok', what };
}

/** What the error of the catalogue says, in both languages. */
function failed(layer: Layer, problem: Problem): Finding {
  const [en, es] = [explain(problem, 'en'), explain(problem, 'es')];
  return { layer, status: 'fail', what: say(en.what, es.what), why: say(en.why, es.why), fix: say(en.fix, es.fix), code: problem.code };
}
