/** The words that may stand first on the command line; anything else there is the folder of `create`. */
export const commandNames: readonly string[] = [
  'create', 'add', 'sync', 'remove', 'rename', 'undo', 'status', 'history', 'list', 'describe', 'own', 'why', 'doctor', 'completion', 'help',
];

/** What is asked of the program itself and not of a command. */
const programFlags: readonly string[] = ['-h', '--help', '-V', '--version'];

/** The command line of `create-kpi-flow`: a command, or the folder of `create`. */
export function withCommand(args: readonly string[]): readonly string[] {
  const [first] = args;
  const stands = first !== undefined && (commandNames.includes(first) || programFlags.includes(first));
  return stands ? args : ['create', ...args];
}
