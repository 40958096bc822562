/** What a stage cannot be called in TypeScript, as it is typed: words of the language, and names that its module imports. */
const words = new Set(
  `arguments any array async await bigint boolean case catch class complete_rows config const constructor date debugger declare
  create_table_artifact default delete do enum error eval export extends false finally first_of_each fn function get global_this globals group_rows
  implements import in index infinity instanceof interface intl is json key let map math merge module namespace needed never new null
  number object of package parse_args parameters pipeline places private process promise protected public query read_sql
  readonly require resolve return root row rows runtime schema set settings sql stage start_of static string
  sum sum_numbers super switch symbol table table_like tasks this throw totals total transformers true try type typeof undefined unknown value var
  void while window_of with yield z`.split(/\s+/),
);

export function isTypescriptWord(name: string): boolean {
  return words.has(name);
}
