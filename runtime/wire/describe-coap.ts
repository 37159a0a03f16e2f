/** CoAP messages in one line, for describe.ts. */
import { toLatin1 } from '../core/index.ts';
import { COAP_OPTION, type Coap, formatCoapCode } from './coap.ts';
import { printable } from './printable.ts';

/** A request as `CON GET 7 /v1/v/x?a=1`, a response as `ACK 2.05 7`. */
export function describeCoap({ type, code, id, options }: Coap): string {
  const texts = (number: number): string[] =>
    options.filter((option) => option.number === number).map((option) => printable(toLatin1(option.value)));
  const path = texts(COAP_OPTION.URI_PATH);
  const query = texts(COAP_OPTION.URI_QUERY);
  const request = code >> 5 === 0 && code !== 0;
  const target = `/${path.join('/')}${query.length > 0 ? `?${query.join('&')}` : ''}`;
  return `CoAP ${type} ${formatCoapCode(code)} ${id}${request ? ` ${target}` : ''}`;
}
