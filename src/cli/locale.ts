import type { Locale } from '../errors/bilingual.ts';

/** The language that people are spoken to in: what they said, or what their system says, or English. */
export function chooseLocale(args: readonly string[], env: NodeJS.ProcessEnv): Locale {
  const said = [flagValue(args), env['KPI_FLOW_LOCALE']].find((each) => each === 'en' || each === 'es');
  return (said as Locale | undefined) ?? (systemLocale(env).toLowerCase().startsWith('es') ? 'es' : 'en');
}

function flagValue(args: readonly string[]): string | undefined {
  const index = args.findLastIndex((each) => each === '--locale' || each.startsWith('--locale='));
  const found = args[index];
  return found === '--locale' ? args[index + 1] : found?.slice('--locale='.length);
}

/** The variables of POSIX are asked first: opening the tables of Intl takes longer than printing a version. */
function systemLocale(env: NodeJS.ProcessEnv): string {
  const named = [env['LC_ALL'], env['LC_MESSAGES'], env['LANG']].find((each) => each !== undefined && each !== '');
  return named ?? Intl.DateTimeFormat().resolvedOptions().locale;
}
