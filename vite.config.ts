import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  root: "src/client",
  plugins: [react(), tailwindcss()],
  build: {
    outDir: "../../dist/client",
    emptyOutDir: true,
    // The content security policy allows no inline code; browsers that run this need no polyfill.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
