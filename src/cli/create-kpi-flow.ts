import { withCommand } from './command-names.ts';
import { main } from './main.ts';

// `npm create kpi-flow my-kpi` starts this with `my-kpi` alone, and `npx create-kpi-flow doctor` with a command.
await main(withCommand(process.argv.slice(2)));
