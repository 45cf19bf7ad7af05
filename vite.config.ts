import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where the API is while `bun run dev` serves the page. */
const api = `http://127.0.0.1:${process.env["PORT"] || 3000}`;

export default defineConfig({
  root: "src/client",
  server: { proxy: { "/api": api, "/healthz": api, "/readyz": api } },
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../../dist/client",
    emptyOutDir: true,
    // The content security policy allows no inline code; browsers that run this need no polyfill.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
