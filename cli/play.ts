/** `mcubox play [DIR]`: the playground in a browser, served by this computer to itself. */
import { existsSync } from 'node:fs';
import type { Server } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type BridgeSpec, formatAddress } from '../bridge/index.ts';
import { leftOut, planFlash } from './flash.ts';
import type { Io } from './io.ts';
import type { PlayOptions } from './play-args.ts';
import { PlayBridge, tryOut } from './play-bridge.ts';
import { FILES_PATH, playServer } from './play-server.ts';

const FAILED = 1;
const USAGE = 2;
/** Where the built page stands, seen from the source and from the bundle. */
const PLACES = ['../dist/playground', './playground', '../playground'];

/** Serves until the user has had enough; resolves to the exit code. */
export async function play({ path, port, bridge: wanted }: PlayOptions, io: Io, root = builtPage()): Promise<number> {
  if (root === undefined) {
    io.err('the playground is not built: npm run build:playground');
    return FAILED;
  }
  const plan = path === undefined ? undefined : planFlash({ path, files: [] });
  if (plan?.ok === false) {
    io.err(plan.message);
    return USAGE;
  }
  const left = plan === undefined ? undefined : leftOut(plan.value);
  if (left !== undefined) io.err(left);
  const server = playServer({ root, flash: plan?.value.files });
  const wrong = await listening(server, port);
  if (wrong !== undefined) {
    io.err(wrong);
    return USAGE;
  }
  const bridge = wanted === undefined ? undefined : await bridgeFor(wanted, io);
  if (bridge === 'in the way') {
    server.close();
    return USAGE;
  }
  bridge?.attach(server);
  const { port: chosen } = server.address() as { port: number };
  const query = [
    ...(path === undefined ? [] : [`files=${FILES_PATH}`]),
    ...(bridge === undefined ? [] : [`bridge=${bridge.token}`]),
  ].join('&');
  io.err(`the playground is at http://localhost:${chosen}/${query === '' ? '' : `?${query}`}`);
  io.err('Ctrl-C ends');
  await new Promise<void>((resolve) => {
    const stop = io.onInterrupt(() => {
      stop();
      resolve();
    });
  });
  bridge?.close();
  server.closeAllConnections();
  server.close();
  return 0;
}

/** A way for the page to what is wanted, if that can be had, and a line for each port that leads to the page's device. */
async function bridgeFor(wanted: BridgeSpec, io: Io): Promise<PlayBridge | 'in the way'> {
  const { spec, failures } = await tryOut(wanted);
  if (failures.length > 0) {
    io.err(failures.join('; '));
    return 'in the way';
  }
  for (const { protocol, at, guestPort } of spec.forwards)
    io.err(`${protocol} ${formatAddress(at)} leads to port ${guestPort} of the device while the page is open`);
  io.err('only the page at this very address reaches anything real; it is for nobody else');
  return new PlayBridge(spec);
}

/** What is wrong, if it does not listen. */
function listening(server: Server, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      resolve(
        error.code === 'EADDRINUSE'
          ? `port ${port} is taken; mcubox play --port N takes another, --port 0 a free one`
          : `cannot listen on port ${port}: ${error.message}`,
      ),
    );
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
}

/** The folder with the built page. */
function builtPage(): string | undefined {
  const folders = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}/worker.js`));
}
