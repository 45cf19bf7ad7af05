/** What child processes get of the server's environment: no secrets, for a hostile file may take one over. */
export function childEnvironment(): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: process.env["TZ"] ?? "UTC",
    // ONNX Runtime would tell its makers over the network what it runs on.
    ORT_DISABLE_TELEMETRY: "1",
  };
}
