import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { z } from "zod";
import { App } from "./app.tsx";
import { LanguageProvider } from "./i18n/language.tsx";
import "./styles.css";

// Zod would otherwise try to compile code, which the content security policy forbids.
z.config({ jitless: true });

const container = document.getElementById("root");
if (!container) throw new Error("index.html has no #root");
createRoot(container).render(
  <StrictMode>
    <LanguageProvider>
      <App />
    </LanguageProvider>
  </StrictMode>,
);
