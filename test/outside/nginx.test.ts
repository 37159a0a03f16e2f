/** The device's `http` module against nginx on the loopback: chunks, redirects, methods, keep-alive, bodies. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { GATEWAY, liveStory } from '../helpers/live-story.ts';
import { nginx } from '../helpers/nginx.ts';
import { freePort, missing } from '../helpers/programs.ts';

const HOST = 'host.mcubox.test';

t.test('chunks, redirects, methods and bodies', { skip: missing('nginx') }, async (t) => {
  const port = await freePort();
  const dir = t.testdir({ html: { 'plain.txt': 'plain text\n', 'pieces.shtml': 'a<!--#echo var="arg_x" -->b' } });
  writeFileSync(join(dir, 'html', 'large.txt'), '0123456789'.repeat(2000));
  await nginx(
    t,
    dir,
    `default_type text/plain;
     server {
       listen 127.0.0.1:${port};
       root ${dir}/html;
       absolute_redirect off;
       location /to { return 302 http://${HOST}:${port}/plain.txt; }
       location /gone { return 301 http://${HOST}:${port}/to; }
       location /loop { return 302 http://${HOST}:${port}/loop; }
       location ~ shtml$ { ssi on; ssi_types text/plain; }
       location /echo { return 200 "$request_method $http_x_mine $content_length"; }
     }`,
  );
  const pieces = await fetch(`http://127.0.0.1:${port}/pieces.shtml?x=middle`);
  t.equal(pieces.headers.get('transfer-encoding'), 'chunked', 'this server sends chunks');
  const s = await liveStory(
    t,
    `local base, jobs, n = "http://${HOST}:${port}", {
       { "GET", "/plain.txt" }, { "GET", "/pieces.shtml?x=middle" }, { "GET", "/to" }, { "GET", "/gone" },
       { "GET", "/loop" }, { "GET", "/missing" }, { "POST", "/echo", "hello" }, { "PUT", "/echo", "12345678" },
       { "DELETE", "/echo", "" }, { "GET", "/large.txt" },
     }, 0
     local function nextJob()
       n = n + 1
       local job = jobs[n]
       if job == nil then print("all done") return end
       http.request(base .. job[2], job[1], "X-Mine: yes\\r\\n", job[3] or "", function(code, data)
         print(job[1] .. " " .. job[2] .. " = " .. code .. " " .. (data or ""):sub(1, 40))
         node.task.post(nextJob)
       end)
     end
     nextJob()`,
    GATEWAY,
  );
  await s.shown('all done');
  const lines = s
    .console()
    .split('\n')
    .map((line) => line.replace(/^> /, ''))
    .filter((line) => / = -?\d/.test(line));
  t.same(lines, [
    'GET /plain.txt = 200 plain text',
    'GET /pieces.shtml?x=middle = 200 amiddleb',
    'GET /to = 200 plain text',
    'GET /gone = 200 plain text',
    'GET /loop = -1 ',
    'GET /missing = 404 <html>',
    'POST /echo = 200 POST yes 5',
    'PUT /echo = 200 PUT yes 8',
    'DELETE /echo = 200 DELETE yes 0',
    'GET /large.txt = -1 ',
  ]);
});
