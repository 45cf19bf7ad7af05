/** SIGTERM and SIGINT: finish the running streams, then end; a second signal ends them at once. */
import type { Services } from "./services.ts";

interface Stoppable {
  stop(closeActiveConnections?: boolean): unknown;
}

export function stopOnSignals(app: Stoppable, services: Services): void {
  const { lifecycle, runner, logger, config } = services;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (lifecycle.draining) {
      lifecycle.cancelAll();
      runner.shutDown();
      return;
    }
    logger.info({ signal, streams: lifecycle.activeStreams }, "stopping");
    // The port stays open meanwhile: `/readyz` says "unavailable", and balancers turn away.
    const graceMs = config.SHUTDOWN_GRACE_S * 1000;
    await Promise.all([lifecycle.drain(graceMs), runner.drain(graceMs)]);
    await app.stop(true);
    await services[Symbol.asyncDispose]();
    logger.info("stopped");
    process.exit(0);
  };
  process.on("SIGTERM", (signal) => void stop(signal));
  process.on("SIGINT", (signal) => void stop(signal));
}
