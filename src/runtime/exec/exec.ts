#!/usr/bin/env node
import { Interruptions } from './interruptions.ts';

// Before the engine is loaded: a signal in the meantime would end the process with nobody told.
const interruptions = new Interruptions(process.env);
const { leave, main } = await import('./command.ts');
// What user code left open must not keep a run that is over. An end in passing would take the handlers of signals away
// before the process is gone; this one keeps them to its last instruction.
await leave(await main(process.argv.slice(2), process.env, interruptions));
