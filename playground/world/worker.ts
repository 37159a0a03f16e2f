/** The entry of the worker. */
import { useLatin1Decoder } from '../../runtime/index.ts';
import { Desk } from './desk.ts';
import { browserLatin1 } from './latin1.ts';
import type { FromWorld, ToWorld } from './protocol.ts';

const scope = self as unknown as {
  postMessage(message: FromWorld): void;
  onmessage: ((event: { data: ToWorld }) => void) | null;
};

/** Timers are throttled to milliseconds; a message to oneself is not, and waits behind those of the page. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();

useLatin1Decoder(browserLatin1());
const desk = new Desk({
  now: () => performance.now(),
  soon: (action) => {
    waiting.push(action);
    port2.postMessage(undefined);
  },
  later: (action, ms) => {
    setTimeout(action, ms);
  },
  post: (message) => scope.postMessage(message),
  connect: (url, { message, closed }) => {
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => message(new Uint8Array(data));
    socket.onclose = ({ code }) => closed(code);
    return {
      send: (bytes) => {
        // What is said to a server that is gone is lost; its end is told.
        if (socket.readyState === WebSocket.OPEN) socket.send(bytes as BufferSource);
      },
      close: () => socket.close(),
    };
  },
});
scope.onmessage = ({ data }) => desk.take(data);
