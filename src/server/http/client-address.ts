/**
 * Where a request comes from, behind any number of proxies. What proxies say is believed from those
 * alone that are trusted; everybody else can write these headers as they like.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import type { ClientInfo } from "../auth/same-origin.ts";
import type { Network } from "../config.ts";

/** What is known of the connection itself. */
export interface Peer {
  requestIP(request: Request): { address: string } | null;
}

/**
 * @param trusted networks of proxies. `X-Forwarded-For` is read from its end, where the nearest
 *   proxy has written, up to the first address that is none of theirs.
 */
export function clientInfo(
  request: Request,
  peer: Peer | null,
  trusted: readonly Network[],
): ClientInfo {
  // Null where the `Host` header is none.
  const url = URL.parse(request.url);
  const own = { protocol: url?.protocol ?? "http:", host: url?.host ?? "" };
  const nearest = parseAddress(peer?.requestIP(request)?.address ?? "");
  if (!nearest || !isTrusted(nearest, trusted)) {
    return info(nearest?.toString() ?? "local", own.protocol, own.host);
  }
  const { headers } = request;
  let address = nearest;
  let proxies = 1;
  for (const hop of listOf(headers.get("x-forwarded-for")).toReversed()) {
    const parsed = parseAddress(hop);
    // What is no address was not written by a proxy of ours, nor was anything before it.
    if (!parsed) break;
    address = parsed;
    if (!isTrusted(parsed, trusted)) break;
    proxies++;
  }
  const scheme = writtenBy(proxies, headers.get("x-forwarded-proto"))?.toLowerCase();
  const host = writtenBy(proxies, headers.get("x-forwarded-host"));
  const protocol = scheme === "https" || scheme === "http" ? `${scheme}:` : own.protocol;
  return info(address.toString(), protocol, host ?? own.host);
}

/** The entry of the outermost proxy of ours; those before it came with the request. */
function writtenBy(proxies: number, header: string | null): string | undefined {
  const entries = listOf(header);
  return entries[Math.max(entries.length - proxies, 0)];
}

function listOf(header: string | null): string[] {
  return (header ?? "").split(",").flatMap((entry) => entry.trim() || []);
}

/** IPv6 addresses that only wrap an IPv4 one are that one. Some proxies add a port. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  const bare = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, "$1");
  return isIP(bare) !== 0 ? ipaddr.process(bare) : undefined;
}

function isTrusted(address: ipaddr.IPv4 | ipaddr.IPv6, trusted: readonly Network[]): boolean {
  return trusted.some(
    ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
  );
}

function info(address: string, protocol: string, host: string): ClientInfo {
  // Parsed, so that the standard port is left out, as browsers do.
  const origin = URL.parse(`${protocol}//${host}`)?.origin ?? "null";
  return { address, origin, isHttps: protocol === "https:" };
}
