/** Answers that stream stay in flight until they have been sent (`metrics/http-requests.ts`). */
import type { HttpRequestMetrics } from "../metrics/http-requests.ts";
import { afterBody } from "../streams/after-body.ts";

export function heldResponse(
  metrics: HttpRequestMetrics,
  request: Request,
  response: Response,
): Response {
  const held = metrics.hold(request);
  return afterBody(response, () => held[Symbol.dispose]());
}
