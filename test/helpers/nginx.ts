/** nginx as a peer. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import { Program } from './programs.ts';

/** One process in the foreground that needs nothing outside of `dir`; `http` is what its http block holds. */
export async function nginx(t: Test, dir: string, http: string): Promise<Program> {
  writeFileSync(
    join(dir, 'nginx.conf'),
    `daemon off; master_process off; pid nginx.pid; error_log stderr notice;
${process.getuid?.() === 0 ? 'user root;' : ''}
events {}
http {
  access_log off;
  client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp; uwsgi_temp_path tmp; scgi_temp_path tmp;
  ${http}
}`,
  );
  const server = new Program(t, 'nginx', ['-p', dir, '-c', 'nginx.conf', '-e', 'stderr']);
  await server.said(/using the/);
  return server;
}
