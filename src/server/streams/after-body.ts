/** Tells when a response has been sent: Elysia's hooks come when it begins. */

/**
 * The same response. `onEnd` is called once, when its body has been read to its end, has failed, or
 * was left by its reader.
 */
export function afterBody(response: Response, onEnd: () => void): Response {
  const reader = response.body?.getReader();
  if (!reader) {
    onEnd();
    return response;
  }
  const source: UnderlyingDefaultSource<Uint8Array> = {
    async pull(stream) {
      try {
        const { done, value } = await reader.read();
        if (!done) return stream.enqueue(value);
        onEnd();
        stream.close();
      } catch (error) {
        onEnd();
        stream.error(error);
      }
    },
    async cancel(reason) {
      onEnd();
      await reader.cancel(reason);
    },
  };
  const { status, headers } = response;
  return new Response(new ReadableStream(source, { highWaterMark: 0 }), { status, headers });
}
