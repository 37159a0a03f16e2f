#!/usr/bin/env node
/** The entry of the command. */
import { processIo } from './io.ts';
import { mcubox } from './mcubox.ts';

process.exitCode = await mcubox(process.argv.slice(2), processIo());
