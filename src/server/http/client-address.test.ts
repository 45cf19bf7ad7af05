import { describe, expect, test } from "bun:test";
import type { ClientInfo } from "../auth/same-origin.ts";
import { parseConfig } from "../config.ts";
import { clientInfo } from "./client-address.ts";

const { TRUSTED_PROXIES } = parseConfig({ TRUSTED_PROXIES: "10.0.0.0/8,::1,2001:db8::/32" });

function seen(
  peer: string | null,
  headers: Record<string, string> = {},
  url = "http://ocr.internal:3000/x",
): ClientInfo {
  const request = new Request(url, { headers });
  const server = { requestIP: () => (peer === null ? null : { address: peer }) };
  return clientInfo(request, server, TRUSTED_PROXIES);
}

describe("the caller's address", () => {
  test.each([
    ["nobody's word counts who is no proxy of ours", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
    ["a proxy tells", "10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["an IPv6 proxy tells", "::1", "2001:db9::9", "2001:db9::9"],
    ["a proxy over a wrapped IPv4 address tells", "::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["what the caller wrote before is left", "10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"],
    ["proxies in a row are skipped", "10.0.0.1", "203.0.113.9, 10.0.0.3,10.0.0.2", "203.0.113.9"],
    ["a trusted address that was made up", "10.0.0.1", "10.9.9.9, 203.0.113.9", "203.0.113.9"],
    ["what is no address ends the list", "10.0.0.1", "203.0.113.9, unknown, 10.0.0.2", "10.0.0.2"],
    ["a number is no address", "10.0.0.1", "5", "10.0.0.1"],
    ["a port is left out", "10.0.0.1", "203.0.113.9:4711", "203.0.113.9"],
    ["a port of IPv6, too", "10.0.0.1", "[2001:db9::9]:4711", "2001:db9::9"],
    ["a proxy that says nothing is the caller", "10.0.0.1", "", "10.0.0.1"],
    ["all in the house", "10.0.0.1", "10.0.0.7", "10.0.0.7"],
  ])("%s", (_name, peer, forwarded, expected) => {
    expect(seen(peer, { "x-forwarded-for": forwarded }).address).toBe(expected);
  });

  test("of a Unix socket is none", () => {
    expect(seen(null, { "x-forwarded-for": "1.2.3.4" }).address).toBe("local");
  });
});

describe("the address that the caller sees", () => {
  const forwarded = { "x-forwarded-proto": "https", "x-forwarded-host": "ocr.example" };

  test("is the request's own where no proxy stands in front", () => {
    const direct = { origin: "http://ocr.internal:3000", isHttps: false };
    expect(seen("203.0.113.9", forwarded)).toMatchObject(direct);
    expect(seen("10.0.0.1")).toMatchObject(direct);
  });

  test.each([
    [forwarded, "https://ocr.example"],
    [{ "x-forwarded-proto": "HTTPS" }, "https://ocr.internal:3000"],
    [{ "x-forwarded-host": "ocr.example:80" }, "http://ocr.example"],
    [{ ...forwarded, "x-forwarded-host": "ocr.example:443" }, "https://ocr.example"],
    [{ "x-forwarded-proto": "javascript" }, "http://ocr.internal:3000"],
    [{ "x-forwarded-host": "evil.example, ocr.example" }, "http://ocr.example"],
    [
      { "x-forwarded-for": "203.0.113.9, 10.0.0.2", "x-forwarded-proto": "http, https, http" },
      "https://ocr.internal:3000",
    ],
    [{ "x-forwarded-host": "[no host" }, "null"],
  ])("%j is %s", (headers, origin) => {
    expect(seen("10.0.0.1", headers)).toMatchObject({
      origin,
      isHttps: origin.startsWith("https"),
    });
  });

  test("comes by https without a proxy, too", () => {
    expect(seen("203.0.113.9", {}, "https://ocr.example/")).toMatchObject({
      origin: "https://ocr.example",
      isHttps: true,
    });
  });
});
