/** What the setup portal takes out of a submitted form (app/modules/enduser_setup.c). Text is Latin-1. */

/** Longest values: struct station_config has 32 and 64 bytes, and the decoder keeps one for a terminator. */
const MAX_SSID = 31;
const MAX_PASSWORD = 63;

export interface Credentials {
  readonly ssid: string;
  /** Empty for an open network. */
  readonly password: string;
}

/**
 * The credentials in a query or body; undefined without a name, or for values that are too long. The fields are looked
 * for as plain text: another field whose name ends like theirs is taken for them.
 */
export function readCredentials(text: string): Credentials | undefined {
  const name = fieldOf(text, 'wifi_ssid=');
  if (name === undefined) return undefined;
  const ssid = urlDecode(name, MAX_SSID);
  const password = urlDecode(fieldOf(text, 'wifi_password=') ?? '', MAX_PASSWORD);
  return ssid === undefined || ssid === '' || password === undefined ? undefined : { ssid, password };
}

function fieldOf(text: string, field: string): string | undefined {
  const at = text.indexOf(field);
  return at < 0 ? undefined : (/^[^& ]*/.exec(text.slice(at + field.length))?.[0] ?? '');
}

/** Percent and plus decoding, at most `most` characters; undefined when more remain. */
function urlDecode(text: string, most: number): string | undefined {
  let out = '';
  let at = 0;
  while (at < text.length && out.length < most) {
    const hex = /^%([0-9a-f]{2})/i.exec(text.slice(at, at + 3))?.[1];
    const c = text.charAt(at);
    out += hex !== undefined ? String.fromCharCode(Number.parseInt(hex, 16)) : c === '+' ? ' ' : c;
    at += hex !== undefined ? 3 : 1;
  }
  return at < text.length ? undefined : (out.split('\0', 1)[0] as string);
}

/**
 * The Lua file with all fields of a form; undefined for a body without any. It is cut as strtok cuts it: an empty value
 * swallows the field that follows. Quotes in values are not escaped. A last value that is missing is empty here; the
 * original reads memory that it never wrote.
 */
export function paramsFile(body: string): string | undefined {
  const text = body.split('\0', 1)[0] as string;
  const pairs = text.split('&').length;
  if (pairs === 1 && !text.includes('=')) return undefined;
  const fields: string[] = [];
  let rest = text;
  for (let end = '='; ; end = end === '=' ? '&' : '=') {
    const token = new RegExp(`^${end}*([^${end}]+)${end}?`).exec(rest);
    if (token === null) break;
    fields.push(urlDecode(token[1] as string, Number.POSITIVE_INFINITY) ?? '');
    rest = rest.slice(token[0].length);
    if (fields.length > pairs * 2) return undefined;
  }
  let file = 'local p={}\n';
  for (let i = 0; i < fields.length; i += 2) file += `p.${fields[i]}="${fields[i + 1] ?? ''}"\n`;
  return `${file}return p\n`;
}
