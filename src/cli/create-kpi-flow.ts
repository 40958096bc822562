import { loadCode } from '../edge/load-code.ts';
import { withCommand } from './command-names.ts';
import type * as Main from './main.ts';

// `npm create kpi-flow my-kpi` starts this with `my-kpi` alone, and `npx create-kpi-flow doctor` with a command.
await loadCode<typeof Main>('main').main(withCommand(process.argv.slice(2)));
