/**
 * Imported before any schema is made: Zod would otherwise try to compile code, which the content
 * security policy forbids and the browser then reports.
 */
import { z } from "zod";

z.config({ jitless: true });
