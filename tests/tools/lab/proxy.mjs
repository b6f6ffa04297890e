// A reverse proxy that writes down what passes. It changes nothing: the app sees the host the client asked for.
import http from "node:http";
import { ask, transcript } from "./transcript.mjs";

/** Starts one before `target`. `changed` is called after each answer. */
export async function recorder(target, { clerk, changed = () => {} } = {}) {
  const context = { site: undefined, clerk };
  const written = transcript(context, true);
  const server = http.createServer(async (request, answer) => {
    const parts = [];
    for await (const bytes of request) parts.push(bytes);
    const { connection, ...headers } = request.headers;
    const asked = { method: request.method, path: request.url, headers, body: Buffer.concat(parts).toString() };
    try {
      const got = await ask(target, asked);
      written.add(asked, got);
      changed();
      const { "transfer-encoding": chunked, connection: closed, ...rest } = got.headers;
      answer.writeHead(got.status, rest);
      answer.end(got.body);
    } catch (error) {
      answer.writeHead(502, { "content-type": "text/plain" });
      answer.end(`no answer from ${target}: ${error.message}\n`);
    }
  });
  await new Promise((done) => server.listen(0, "localhost", done));
  context.site = `http://localhost:${server.address().port}`;
  return {
    site: context.site,
    write: written.write,
    stop: () => {
      server.closeAllConnections();
      return new Promise((done) => server.close(done));
    },
  };
}
