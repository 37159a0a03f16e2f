import t from 'tap';
import { EMPTY, fromLatin1 } from '../../runtime/core/index.ts';
import { COAP_CODE, COAP_OPTION, type Coap } from '../../runtime/wire/coap.ts';
import { describeCoap } from '../../runtime/wire/describe-coap.ts';

const message = (fields: Partial<Coap>): Coap => ({
  type: 'CON',
  code: COAP_CODE.GET,
  id: 7,
  token: EMPTY,
  options: [],
  payload: EMPTY,
  ...fields,
});
const option = (number: number, text: string) => ({ number, value: fromLatin1(text) });

t.test('a request tells its path and query', async (t) => {
  const options = [
    option(COAP_OPTION.URI_HOST, 'esp'),
    option(COAP_OPTION.URI_PATH, 'v1'),
    option(COAP_OPTION.URI_PATH, 'a\n'),
    option(COAP_OPTION.URI_QUERY, 'q=1'),
  ];
  t.equal(describeCoap(message({ options })), 'CoAP CON GET 7 /v1/a\\x0a?q=1');
  t.equal(describeCoap(message({ type: 'NON', code: COAP_CODE.DELETE })), 'CoAP NON DELETE 7 /');
  t.equal(describeCoap(message({ code: 9 })), 'CoAP CON 0.09 7 /');
});

t.test('a response tells its code', async (t) => {
  t.equal(describeCoap(message({ type: 'ACK', code: COAP_CODE.CONTENT })), 'CoAP ACK 2.05 7');
  t.equal(describeCoap(message({ type: 'RST', code: COAP_CODE.EMPTY })), 'CoAP RST 0.00 7');
});
