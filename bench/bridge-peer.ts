/** The far ends of the measurements of bench/bridge.ts, in a process of their own: servers and clients on the loopback. */
import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

export type Wish =
  /** A server that sends so many bytes to whoever says something, and closes. */
  | { readonly do: 'source'; readonly bytes: number }
  | { readonly do: 'echo' }
  /** Sends `request` to a port and reads to the end. */
  | { readonly do: 'get'; readonly port: number; readonly request: string }
  /** Round trips of one byte, one after the other. */
  | { readonly do: 'trips'; readonly port: number; readonly rounds: number };

/** `source` and `echo` tell their port, `get` bytes and milliseconds, `trips` the median in milliseconds. */
export interface Outcome {
  readonly port: number;
  readonly bytes: number;
  readonly ms: number;
}

const NONE: Outcome = { port: 0, bytes: 0, ms: 0 };

async function serve(onClient: (socket: Socket) => void): Promise<Outcome> {
  const server = createServer(onClient).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { ...NONE, port: (server.address() as AddressInfo).port };
}

async function get(port: number, request: string): Promise<Outcome> {
  const socket = createConnection(port, '127.0.0.1');
  await once(socket, 'connect');
  const start = performance.now();
  let bytes = 0;
  socket.on('data', (data) => {
    bytes += data.length;
  });
  socket.write(request);
  await once(socket, 'end');
  return { ...NONE, bytes, ms: performance.now() - start };
}

async function trips(port: number, rounds: number): Promise<Outcome> {
  const socket = createConnection(port, '127.0.0.1').setNoDelay(true);
  await once(socket, 'connect');
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    socket.write('x');
    await once(socket, 'data');
    times.push(performance.now() - start);
  }
  socket.destroy();
  return { ...NONE, ms: times.sort((a, b) => a - b)[rounds >> 1] as number };
}

function fulfil(wish: Wish): Promise<Outcome> {
  switch (wish.do) {
    case 'source': {
      const all = Buffer.alloc(wish.bytes);
      return serve((socket) => socket.once('data', () => socket.end(all)));
    }
    case 'echo':
      return serve((socket) => socket.setNoDelay(true).pipe(socket));
    case 'get':
      return get(wish.port, wish.request);
    case 'trips':
      return trips(wish.port, wish.rounds);
  }
}

process.on('message', async (wish: Wish) => process.send?.(await fulfil(wish)));
