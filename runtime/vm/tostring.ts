/** `tostring` with metamethods, used by print and string.format too. */
import { raise } from './errors.ts';
import { addressOf } from './hash.ts';
import { isNumber } from './number.ts';
import { callMeta, numberText } from './ops.ts';
import type { Thread } from './thread.ts';
import { LightUserdata, type Value } from './value.ts';
import { shownType } from './vm.ts';

/** luaL_tolstring (5.3) and luaB_tostring (5.1); the latter returns whatever `__tostring` gives. */
export function toText(L: Thread, v: Value): Value {
  if (typeof v === 'string') return v;
  const handler = L.g.metamethod(v, '__tostring');
  if (handler !== undefined) {
    const text = callMeta(L, handler, v);
    if (L.g.is51 || typeof text === 'string') return text;
    return isNumber(text) ? numberText(L, text) : raise(L, "'__tostring' must return a string");
  }
  if (isNumber(v)) return numberText(L, v);
  if (v === undefined) return 'nil';
  if (typeof v === 'boolean') return v ? 'true' : 'false';
  if (v instanceof LightUserdata) return `${shownType(L.g, v)}: ${v.label}`;
  let type = shownType(L.g, v);
  if (!L.g.is51) {
    const name = L.g.metamethod(v, '__name');
    if (typeof name === 'string') type = name;
  }
  return `${type}: 0x${addressOf(v).toString(16).padStart(8, '0')}`;
}
