#!/usr/bin/env node
/** The entry of the command. */
import { useLatin1Decoder } from '../runtime/index.ts';
import { processIo } from './io.ts';
import { mcubox } from './mcubox.ts';

useLatin1Decoder((bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));

const USAGE = 2;
const io = processIo();
const code = await mcubox(process.argv.slice(2), io);
process.exitCode = code === 0 && io.lost ? USAGE : code;
