/** Kept documents as files: what was read, the original, and pictures of the pages. */
import { create as contentDisposition } from "content-disposition";
import { Elysia } from "elysia";
import type { Principal } from "../auth/principal.ts";
import type { Services } from "../services.ts";
import { pulledBytes } from "../streams/pulled-bytes.ts";
import { fileTypes } from "../../shared/file-types.ts";
import { access } from "./access.ts";
import { checked } from "./body.ts";
import type { Peer } from "./client-address.ts";
import { exportQuery, imageParams, imageQuery } from "./documents-operations.ts";
import { liftIdleTimeout } from "./idle-timeout.ts";
import { untilSent } from "./until-sent.ts";

/** A page never changes; but where people share a browser, the next one must not see it for long. */
const PICTURE_CACHE = "private, max-age=3600";

export function documentRoutes(services: Services) {
  return new Elysia()
    .use(access(services))
    .get(
      "/api/documents/:id/export",
      async ({ principal, params, query, request }) =>
        await exported(services, principal, request, { id: params.id, query }),
      { signedIn: true },
    )
    .get(
      "/api/documents/:id/file",
      async ({ principal, params, request, server }) =>
        await original(services, principal, params.id, { request, server }),
      { signedIn: true },
    )
    .get(
      "/api/documents/:id/pages/:page/image",
      async ({ principal, params, query, request, server }) => {
        using _ = liftIdleTimeout(server, request);
        return await picture(services, principal, request, { params, query });
      },
      { signedIn: true },
    );
}

async function exported(
  { exporter, metrics }: Services,
  principal: Principal,
  request: Request,
  { id, query }: { id: string; query: unknown },
): Promise<Response> {
  const { format, job } = checked(exportQuery, query);
  const { name, mime, chunks } = await exporter.open(principal, id, format, job);
  const held = metrics.http.hold(request);
  return new Response(pulledBytes(chunks, { onEnd: () => held[Symbol.dispose]() }), {
    headers: { "content-type": mime, "content-disposition": attachment(name) },
  });
}

/** Bun answers requests for a range of it, too. */
async function original(
  { library, logger }: Services,
  { userId }: Principal,
  documentId: string,
  { request, server }: { request: Request; server: Peer | null },
): Promise<Response> {
  const { name } = library.get(userId, documentId);
  const opened = await library.open(documentId);
  const { source } = opened;
  // Needed until the last byte is out.
  void untilSent(server, request)
    .then(async () => await opened[Symbol.asyncDispose]())
    .catch((error: unknown) => logger.error({ err: error }, "a file could not be let go"));
  return new Response(Bun.file(source.path), {
    headers: {
      "content-type": fileTypes[source.type].mime,
      "content-disposition": attachment(name),
    },
  });
}

async function picture(
  { pictures }: Services,
  principal: Principal,
  request: Request,
  input: { params: unknown; query: unknown },
): Promise<Response> {
  const { id, page } = checked(imageParams, input.params);
  const { size } = checked(imageQuery, input.query);
  const etag = `"${pictures.tag(principal, id, page, size)}"`;
  const headers = {
    etag,
    "cache-control": PICTURE_CACHE,
    // Not for the next one who logs in to the same browser.
    vary: "Authorization, Cookie",
  };
  if (isKnown(request.headers.get("if-none-match"), etag)) {
    return new Response(null, { status: 304, headers });
  }
  const { bytes, mime } = await pictures.draw(principal, id, page, size, request.signal);
  return new Response(new Uint8Array(bytes), { headers: { ...headers, "content-type": mime } });
}

/** RFC 9110, section 13.1.2. */
function isKnown(ifNoneMatch: string | null, etag: string): boolean {
  const known = ifNoneMatch?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  return known.includes(etag) || known.includes("*");
}

/** @param name hostile. Half of a surrogate pair, which cannot be encoded, is replaced. */
function attachment(name: string): string {
  return contentDisposition(name.toWellFormed());
}
