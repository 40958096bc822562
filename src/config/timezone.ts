import { timezones } from 'virtual:timezones';
import { showText } from './show-text.ts';
import { suggest } from './suggest.ts';

/** Each part begins with a capital: Python looks zones up as files, where case counts. */
const zoneForm = /^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*){0,2}$/;

/** Whether a text is a time zone of the IANA list, spelled as there; if not, which one is near. */
export function checkTimezone(text: string): { readonly value: string; readonly suggestion?: string } | undefined {
  // Asking Intl opens the whole of ICU, which costs more than the rest of a run; the build has the usual ones.
  if (timezones.includes(text) || (zoneForm.test(text) && isZone(text))) return undefined;
  const suggestion = suggest(text, Intl.supportedValuesOf('timeZone')) ?? cityZone(text);
  return { value: showText(text), ...(suggestion !== undefined && { suggestion }) };
}

function isZone(text: string): boolean {
  try {
    const resolved = new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
    return resolved === text || resolved.toLowerCase() !== text.toLowerCase();
  } catch {
    return false;
  }
}

/** `Madrid` means Europe/Madrid. */
function cityZone(text: string): string | undefined {
  const city = text.toLowerCase().replaceAll(' ', '_');
  return city.length < 3 ? undefined : Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase().endsWith(`/${city}`));
}
