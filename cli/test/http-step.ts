/** The http step: its shape, the request it makes and what is expected of the answer. */
import { find, type HttpCall, type HttpReply, Unmet } from '../testing/index.ts';
import type { Golden } from './golden.ts';
import { either, object, optional, record, text, type ValueOf, wanted, whole } from './shape.ts';

const expectation = either(
  whole(100, 599),
  object({
    status: optional(whole(100, 599)),
    headers: optional(record(wanted())),
    body: optional(text()),
    contains: optional(wanted()),
  }),
);

const path = () => optional(text('a path such as /'));

export const httpShape = object({
  get: path(),
  head: path(),
  post: path(),
  put: path(),
  delete: path(),
  port: optional(whole(1, 65_535)),
  to: optional(text("a device's or host's name")),
  headers: optional(record(text())),
  body: optional(text()),
  /** Bytes of the first segment. */
  split: optional(whole(1, 100_000)),
  expect: optional(expectation),
});

export type HttpStep = ValueOf<typeof httpShape>;

const METHODS = ['get', 'head', 'post', 'put', 'delete'] as const;

/** The request that the step means; GET / when it names none. */
export function httpCall(step: HttpStep): { readonly call: HttpCall; readonly to: string | undefined } {
  const method = METHODS.find((name) => step[name] !== undefined) ?? 'get';
  const { port, headers, body, split, to } = step;
  return {
    to,
    call: {
      method: method.toUpperCase(),
      path: step[method] ?? '/',
      ...(port === undefined ? {} : { port }),
      ...(headers === undefined ? {} : { headers }),
      ...(body === undefined ? {} : { body: Buffer.from(body).toString('latin1') }),
      ...(split === undefined ? {} : { split }),
    },
  };
}

/** Throws {@link Unmet} at the first thing that is not as expected. */
export function checkReply(reply: HttpReply, expected: HttpStep['expect'], golden: Golden): void {
  if (expected === undefined) return;
  const { status, headers, body, contains } =
    typeof expected === 'number'
      ? { status: expected, headers: undefined, body: undefined, contains: undefined }
      : expected;
  const content = Buffer.from(reply.body, 'latin1').toString();
  if (status !== undefined && reply.status !== status)
    throw new Unmet(`the status is ${reply.status} ${reply.reason}`, {
      expected: String(status),
      actual: `${reply.status} ${reply.reason}\n${content}`,
    });
  for (const [name, value] of Object.entries(headers ?? {})) {
    const there = reply.headers.get(name.toLowerCase());
    if (there !== undefined && (there === value || (value.startsWith('/') && find(value, there) !== undefined)))
      continue;
    throw new Unmet(`the header ${name} is ${there === undefined ? 'missing' : `'${there}'`}`, {
      expected: `${name}: ${value}`,
      actual: [...reply.headers].map(([key, text]) => `${key}: ${text}`).join('\n'),
    });
  }
  if (body !== undefined) golden.checkText(body, content, 'the body');
  if (contains !== undefined && find(contains, content) === undefined)
    throw new Unmet(`the body lacks '${contains}'`, { expected: contains, actual: content });
}
