/** Limits that the firmware's CoAP server and client share (app/coap/coap.h). */
import type { CoapRules } from '../wire/index.ts';

/** MAXOPT; and a marker without payload is no error. */
export const COAP_RULES: CoapRules = { maxOptions: 16, emptyPayload: true };
/** MAX_MESSAGE_SIZE. */
export const MAX_COAP_MESSAGE = 1152;
/** MAX_PAYLOAD_SIZE. */
export const MAX_COAP_PAYLOAD = 1024;
