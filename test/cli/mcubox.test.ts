import { readFileSync } from 'node:fs';
import t from 'tap';
import { mcubox } from '../../cli/mcubox.ts';
import { STEPS } from '../../cli/test/scenario.ts';

async function command(...args: string[]): Promise<{ code: number; out: string; err: string[] }> {
  let out = '';
  const err: string[] = [];
  const io = {
    out: async (bytes: Uint8Array) => {
      out += Buffer.from(bytes).toString();
      return true;
    },
    err: (line: string) => err.push(line),
    onInterrupt: () => () => {},
  };
  return { code: await mcubox(args, io), out, err };
}

t.test('help goes to stdout and fits on a screen', async (t) => {
  const short = await command('--help');
  t.match(short, { code: 0, out: /mcubox run \[options\] FILE\.lua/, err: [] });
  t.same(await command('-h'), short);
  t.same(await command('help'), short);
  t.ok(short.out.split('\n').length <= 24);
  const long = await command('run', '--help');
  t.match(long, { code: 0, out: /--expect-text TEXT/, err: [] });
  t.ok(long.out.split('\n').every((line) => line.length <= 120));
});

t.test('each command has a page of its own, by either way', async (t) => {
  const pages = new Set<string>();
  for (const name of ['run', 'repl', 'test', 'lint', 'lfs', 'replay', 'play', 'modules']) {
    const page = await command('help', name);
    t.match(page, { code: 0, out: new RegExp(`^Usage:\n  mcubox ${name} `), err: [] }, name);
    t.same(await command(name, '--help'), page, `${name} --help`);
    t.ok(
      page.out.split('\n').every((line) => line.length <= 120),
      `${name} fits`,
    );
    pages.add(page.out);
  }
  t.equal(pages.size, 8);
  t.match(await command('help', 'rum'), {
    code: 2,
    out: '',
    err: ["unknown command 'rum'; did you mean 'run' (mcubox --help)"],
  });
});

t.test('the page of test names every step of a scenario', async (t) => {
  const { out } = await command('help', 'test');
  const named = out.slice(out.indexOf('Steps of'), out.indexOf('Options:'));
  for (const step of Object.keys(STEPS)) t.match(named, new RegExp(`[ ,]${step}[,\\s]`), step);
});

t.test('a repl that cannot begin says nothing but why', async (t) => {
  t.same(await command('repl', 'nowhere'), {
    code: 2,
    out: '',
    err: ['cannot read nowhere: no such file or directory'],
  });
});

t.test('the version is the one of the package', async (t) => {
  t.match(await command('--version'), { code: 0, out: /^mcubox \d+\.\d+\.\d+\n$/ });
});

t.test('every option that is understood is in the help, or answers that it is not built', async (t) => {
  const { out } = await command('run', '--help');
  const source = readFileSync(new URL('../../cli/args.ts', import.meta.url), 'utf8');
  const table = /const OPTIONS = \{([\s\S]*?)\} as const/.exec(source)?.[1] ?? '';
  const names = [...table.matchAll(/^ {2}'?([a-z-]+)'?: \{/gm)].map((m) => m[1] as string);
  t.ok(names.length > 20);
  for (const name of names) {
    if (name === 'version' || out.includes(`--${name}`)) continue;
    const { err } = await command('run', 'x.lua', `--${name}=x`);
    t.match(err[0], /is not built yet/, name);
  }
});

t.test('the support matrix names every module and function', async (t) => {
  const { code, out } = await command('modules');
  t.equal(code, 0);
  t.match(out, /\nnet \(\d+ of \d+\)\n/);
  t.match(out, /net\.createConnection +yes/);
  t.match(out, /\n\d+ functions in \d+ modules: \d+ as the firmware, \d+ approximated, \d+ not built\n$/);
});

t.test('a mistake points to the help', async (t) => {
  t.same(await command('run', 'x.lua', '--seeed', '1'), {
    code: 2,
    out: '',
    err: ["unknown option '--seeed'; did you mean '--seed' (mcubox run --help)"],
  });
  t.match(await command('walk'), { code: 2, err: [/\(mcubox --help\)$/] });
  t.match(await command(), { code: 2, err: [/\(mcubox --help\)$/] });
  t.match(await command('lfs', '--lau', '5.1'), {
    code: 2,
    err: ["unknown option '--lau'; did you mean '--lua' (mcubox lfs --help)"],
  });
});
