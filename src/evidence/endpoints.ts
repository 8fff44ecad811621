/** Inputs that name a live endpoint instead of a file. */

export interface Endpoint {
  host: string;
  port: number;
}

const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,62})(?:\.[a-z0-9](?:[a-z0-9-]{0,62})){0,126}\.?$/i;

const validPort = (text: string): number | undefined => {
  const port = Number(text);
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
};

/** `host:port`, `[v6]:port` or `https://host[:port][/...]`; undefined for anything else. */
export function parseEndpoint(input: string): Endpoint | undefined {
  const url = /^https:\/\/([^/?#]+)/i.exec(input);
  const authority = url ? url[1]! : input;
  const six = /^\[([0-9a-f:.]{2,45})\](?::(\d{1,5}))?$/i.exec(authority);
  if (six) {
    const port = six[2] ? validPort(six[2]) : url ? 443 : undefined;
    return port ? { host: six[1]!, port } : undefined;
  }
  const [host = '', portText, extra] = authority.split(':');
  if (extra !== undefined || !HOST.test(host)) return undefined;
  const port =
    portText !== undefined && /^\d{1,5}$/.test(portText)
      ? validPort(portText)
      : portText === undefined && url
        ? 443
        : undefined;
  return port ? { host, port } : undefined;
}
