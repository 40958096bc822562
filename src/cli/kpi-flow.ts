import { loadCode } from '../edge/load-code.ts';
import type * as Main from './main.ts';

await loadCode<typeof Main>('main').main(process.argv.slice(2));
