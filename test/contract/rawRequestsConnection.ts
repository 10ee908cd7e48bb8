import { connect } from 'node:net';

export interface RawAnswer {
  status: number;
  head: string;
  body: string;
}

/** Writes bytes to a new connection and resolves with the first `count` responses, or with all when it closes. */
export function exchange(port: number, bytes: string, count: number | 'until closed'): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.setEncoding('utf8');
    socket.on('error', reject);
    socket.on('data', (text) => {
      received += text.toString();
      if (count !== 'until closed' && split(received).length >= count) socket.destroy();
    });
    socket.on('close', () => resolve(split(received)));
    socket.write(bytes);
  });
}

/** Splits responses by their `Content-Length`. A response without this header extends to the end of the connection. */
function split(received: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = received; rest !== '';) {
    const headEnd = rest.indexOf('\r\n\r\n');
    if (headEnd === -1) break;
    const head = rest.slice(0, headEnd);
    const status = Number(head.split(' ')[1]);
    const given = /content-length: (\d+)/i.exec(head)?.[1];
    const length = status === 100 ? 0 : Number(given ?? rest.length);
    const bytes = Buffer.from(rest.slice(headEnd + 4));
    if (given !== undefined && bytes.length < length) break;
    answers.push({ status, head, body: bytes.subarray(0, length).toString() });
    rest = bytes.subarray(length).toString();
  }
  return answers;
}
