/** Questions about the host computer and its network that have one answer: names, its own addresses, pings. */
import { spawn } from 'node:child_process';
import { lookup } from 'node:dns';
import { networkInterfaces } from 'node:os';
import { codeOf, type HostEnv, type HostLine } from './host-line.ts';

/** Pings at a time: each is a process. */
const MAX_PINGS = 8;
/** Seconds until a ping counts as unanswered; the firmware waits one. */
const PING_WAIT_S = 2;

let pings = 0;

/** A line that ends by its answer and cannot be hurried. */
function question(
  env: HostEnv,
  start: (answer: (addresses: readonly string[] | { error: string }) => void) => void,
): HostLine {
  let open = true;
  start((answer) => {
    if (!open) return;
    open = false;
    env.arrive('error' in answer ? { is: 'closed', error: answer.error } : { is: 'found', addresses: answer });
  });
  const drop = (): void => {
    open = false;
  };
  return { order: drop, destroy: drop };
}

/** As every other program here would resolve it: hosts file, name service switch, name servers. */
export const lookupLine = (name: string, env: HostEnv): HostLine =>
  question(env, (answer) => {
    lookup(name, { family: 4, all: true }, (error, found) => {
      if (error !== null) answer({ error: codeOf(error) });
      else answer(found.map(({ address }) => address));
    });
  });

export const interfacesLine = (env: HostEnv): HostLine =>
  question(env, (answer) => {
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    setImmediate(() => answer(addresses.filter((a) => a.family === 'IPv4').map((a) => a.address)));
  });

/** One echo request by the computer's own ping program: `found` with the address, or with nothing. */
export const pingLine = (host: string, env: HostEnv): HostLine =>
  question(env, (answer) => {
    if (pings >= MAX_PINGS) {
      setImmediate(() => answer([]));
      return;
    }
    pings++;
    const child = spawn('ping', ['-n', '-c', '1', '-W', `${PING_WAIT_S}`, host], { stdio: 'ignore' });
    let told = false;
    const finish = (result: readonly string[] | { error: string }): void => {
      if (told) return;
      told = true;
      pings--;
      answer(result);
    };
    child.on('error', (error) => finish({ error: codeOf(error) }));
    // iputils and BusyBox: 0 answered, 1 not answered, else it could not try.
    child.on('close', (status) => {
      if (status === 0) finish([host]);
      else finish(status === 1 ? [] : { error: `ping ended with ${status}` });
    });
  });
