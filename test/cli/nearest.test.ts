import t from 'tap';
import { nearest } from '../../cli/nearest.ts';

t.test('a mistyped word finds the known one within two edits', async (t) => {
  const words = ['delay', 'wait-serial', 'http'];
  t.equal(nearest('wait-serail', words), 'wait-serial');
  t.equal(nearest('htp', words), 'http');
  t.equal(nearest('wait', words), 'wait-serial', 'a beginning is enough');
  t.equal(nearest('expect-pin', words), undefined);
  t.equal(nearest('abcd', words), undefined, 'not every letter may differ');
});
