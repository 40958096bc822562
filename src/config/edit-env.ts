/**
 * Adds a variable to `.env.example`, as comment lines at its end, above those of this form there that come later by
 * name: it does not matter which came first. What stands there stays, and a variable that the file names already is
 * not added again.
 */
export function addVariable(text: string, variable: string, comment: string): string {
  if (new RegExp(`(?:^|[^A-Z0-9_])${variable}(?![A-Z0-9_])`).test(text)) return text;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const lead = text === '' || text.endsWith('\n') ? '' : eol;
  const block = `# ${comment}${eol}# ${variable}=''${eol}`;
  const later = blocksOf(text).find(({ name }) => name > variable);
  if (later !== undefined) return `${text.slice(0, later.start)}${eol}${block}${text.slice(later.start)}`;
  return `${text}${lead}${text === '' ? '' : eol}${block}`;
}

/** The comment of a variable, where both stand as adding them would write them, and the text without the two. */
export function removeVariable(text: string, variable: string): { readonly comment: string; readonly text: string } | undefined {
  const found = new RegExp(`\\r?\\n# ([^\\r\\n]*)\\r?\\n# ${variable}=''\\r?\\n`).exec(text);
  if (found === null) return undefined;
  const comment = found[1] ?? '';
  const rest = text.slice(0, found.index) + text.slice(found.index + found[0].length);
  return addVariable(rest, variable, comment) === text ? { comment, text: rest } : undefined;
}

/** The blocks at the end of a text that hold a comment and a variable each, in their order. */
function blocksOf(text: string): { readonly start: number; readonly name: string }[] {
  const blocks: { start: number; name: string }[] = [];
  for (let end = text.length; ; ) {
    const found = /\r?\n# [^\r\n]*\r?\n# ([A-Z][A-Z0-9_]*)=''\r?\n$/.exec(text.slice(0, end));
    // A block without a blank line above it hangs on what stands there.
    if (found === null || text[found.index - 1] !== '\n') return blocks.reverse();
    blocks.push({ start: found.index, name: found[1] ?? '' });
    end = found.index;
  }
}
