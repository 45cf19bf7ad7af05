/** What child processes get of the server's environment: no secrets, for a hostile file may take one over. */
export function childEnvironment(): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: process.env["TZ"] ?? "UTC",
    // ONNX Runtime would tell its makers over the network what it runs on.
    ORT_DISABLE_TELEMETRY: "1",
    // A model's maps are got and given back all the time, and most of what that costs is the pages of
    // 4 kB one by one: glibc, from 2.35 on, asks for large ones where the system leaves that to programs.
    GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
  };
}
