import t from 'tap';
import { readForm } from '../../runtime/world/html-form.ts';

t.test('the first form with what is filled in', async (t) => {
  t.same(
    readForm(
      '<p>x<form action="/setwifi" method="POST"><input name=a value=1><input type=submit name=b value=2><select name="c">',
    ),
    { action: '/setwifi', method: 'post', fields: { a: '1', c: '' } },
  );
  t.same(readForm("<form><input name='q' value='it&amp;s'></form><form action=/other>"), {
    action: '',
    method: 'get',
    fields: { q: 'it&s' },
  });
});

t.test('a page without a form, or with one that is commented out', async (t) => {
  t.equal(readForm('<p>nothing'), undefined);
  t.equal(readForm('<!-- <form action=/x> -->'), undefined);
});
