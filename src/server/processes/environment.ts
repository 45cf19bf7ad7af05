const MIB = 1024 * 1024;

/**
 * A model's maps, of up to 40 MB, are got and given back all the time, and what that costs is the
 * system's pages, one by one. glibc, from 2.35 on, asks for large ones where the system leaves that to
 * programs; and maps are kept for the next ones, not given back to the system.
 */
const MALLOC = ["hugetlb=1", `mmap_threshold=${64 * MIB}`, `trim_threshold=${96 * MIB}`];

/** What child processes get of the server's environment: no secrets, for a hostile file may take one over. */
export function childEnvironment(): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    TZ: process.env["TZ"] ?? "UTC",
    // ONNX Runtime would tell its makers over the network what it runs on.
    ORT_DISABLE_TELEMETRY: "1",
    GLIBC_TUNABLES: MALLOC.map((setting) => `glibc.malloc.${setting}`).join(":"),
  };
}
