/**
 * Adds a variable to `.env.example`, as comment lines at its end; what stands there stays. A variable that the
 * file names already is not added again.
 */
export function addVariable(text: string, variable: string, comment: string): string {
  if (new RegExp(`(?:^|[^A-Z0-9_])${variable}(?![A-Z0-9_])`).test(text)) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lead = text === '' || text.endsWith('\n') ? '' : eol;
  return `${text}${lead}${text === '' ? '' : eol}# ${comment}${eol}# ${variable}=''${eol}`;
}
