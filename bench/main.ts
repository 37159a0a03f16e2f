/** `npm run bench`: measures and prints the table; with `--write` also puts it into bench/README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { bridgeBench } from './bridge.ts';
import { clockBench } from './clock.ts';
import { crowdBench } from './crowd.ts';
import { deviceBench } from './device.ts';
import { luaBench } from './lua.ts';
import { number, type Row } from './row.ts';
import { tcpBench } from './tcp.ts';
import { testingBench } from './testing.ts';
import { wireBench } from './wire.ts';

const README = new URL('README.md', import.meta.url);
const MARK = '<!-- table -->';

function table(rows: readonly Row[]): string {
  const cells = rows.map(({ name, value, unit, versus = '' }) => [name, number(value), unit, versus]);
  return [['what', 'value', 'unit', 'compared'], ['---', '--:', '---', '---'], ...cells]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim()}, ${cpus().length} cores, ${memory} GiB, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`;
}

const rows = [
  ...wireBench(),
  ...clockBench(),
  ...tcpBench(),
  ...deviceBench(),
  ...crowdBench(),
  ...(await bridgeBench()),
  ...(await luaBench()),
  ...testingBench(),
];
const text = `${machine()}\n\n${table(rows)}\n`;
console.log(text);
if (process.argv.includes('--write')) {
  const [head] = readFileSync(README, 'utf8').split(MARK) as [string];
  writeFileSync(README, `${head}${MARK}\n\n${text}`);
}
