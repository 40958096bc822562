import { loadCode } from '../edge/load-code.ts';
import type * as Register from '../plop.ts';

/** What a plopfile takes from "create-kpi-flow/plop". */
export default loadCode<typeof Register>('plop').default;
