import { nodeProbes } from '../edge/doctor.ts';
import type { Bilingual } from '../errors/bilingual.ts';
import type { Finding } from '../jobs/doctor.ts';
import { doctorExit, drawFindings, examine, findingsData } from '../jobs/doctor.ts';
import { uiOf } from '../messages/speak.ts';
import { printable } from './printable.ts';
import type { Session } from './run.ts';

/** `doctor`: looks at every layer between here and a running KPI, and says which one blocks. */
export async function runCommand({ parsed, streams, terminal, locale, signal }: Session): Promise<number> {
  const probes = nodeProbes(process.cwd(), streams.env, signal);
  const findings = (await terminal.step(uiOf(locale).examining, () => examine(probes))).map(cleaned);
  const json = parsed.flags['json'] === true;
  terminal.result(
    json
      ? JSON.stringify(findingsData(findings, locale), null, 2)
      : drawFindings(findings, locale, terminal.paintResult),
  );
  return doctorExit(findings);
}

/** Paths and addresses of this machine may hold anything. */
function cleaned(finding: Finding): Finding {
  const { what, why, fix } = finding;
  return { ...finding, what: clean(what), ...(why && { why: clean(why) }), ...(fix && { fix: clean(fix) }) };
}

function clean({ en, es }: Bilingual): Bilingual {
  return { en: printable(en), es: printable(es) };
}
