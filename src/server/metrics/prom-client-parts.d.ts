/** Single collectors of prom-client's default metrics, which its types do not name. */
declare module "prom-client/lib/metrics/*" {
  import type { Registry } from "prom-client";

  const collect: (registry: Registry) => void;
  export default collect;
}
