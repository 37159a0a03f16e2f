/**
 * The ways out that a Content-Security-Policy leaves open. WebRTC sends datagrams whatever the policy says, and a window inside
 * the page would have it anew: so it goes, inner frames go before they load, and with them the trees that observers do not see.
 */
import { FRAMES } from './rewrite.ts';

const WINDOW = [
  'RTCPeerConnection',
  'webkitRTCPeerConnection',
  'RTCIceTransport',
  'WebTransport',
  'EventSource',
  'WebSocket',
];
const ELEMENT = ['attachShadow', 'setHTMLUnsafe', 'moveBefore'];

/** Before the first script of the page. */
export function closeLeaks(): void {
  for (const name of WINDOW) Reflect.deleteProperty(globalThis, name);
  for (const name of ELEMENT) Reflect.deleteProperty(Element.prototype, name);
  Reflect.deleteProperty(ShadowRoot.prototype, 'setHTMLUnsafe');
  Reflect.deleteProperty(Document, 'parseHTMLUnsafe');
  // Runs when the script that put a frame in has ended, which is before anything can load in it.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes)
      for (const node of addedNodes) {
        if (!(node instanceof Element)) continue;
        for (const frame of [node, ...node.querySelectorAll(FRAMES)]) if (frame.matches(FRAMES)) frame.remove();
      }
  }).observe(document, { subtree: true, childList: true });
}
