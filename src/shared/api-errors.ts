/**
 * Every error code that leaves the server, with its HTTP status and title. Programs branch on the
 * code, people read the `detail` that comes with it; both are stable.
 */
import { z } from "zod";

export const apiErrors = {
  // The request
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  request_invalid: { status: 400, title: "Request not understood" },
  content_type_unsupported: { status: 415, title: "Content type not accepted" },
  body_malformed: { status: 400, title: "Body not understood" },
  body_too_large: { status: 413, title: "Body too large" },
  validation_failed: { status: 422, title: "Wrong or missing fields" },
  form_invalid: { status: 422, title: "The form cannot be read" },
  file_missing: { status: 422, title: "No file in the form" },
  prompt_too_long: { status: 422, title: "Prompt too long" },
  pages_invalid: { status: 422, title: "Page selection not understood" },
  pages_out_of_range: { status: 422, title: "Page selection outside the document" },

  // Accounts
  credentials_invalid: { status: 401, title: "Not logged in" },
  login_failed: { status: 401, title: "Log-in failed" },
  session_revoked: { status: 401, title: "Log-in ended" },
  cross_site_request: { status: 403, title: "Request from another site" },
  registration_disabled: { status: 403, title: "Registration is closed" },
  username_taken: { status: 400, title: "Username taken" },
  password_mismatch: { status: 403, title: "Wrong current password" },
  anonymous_account: { status: 403, title: "Anonymous account" },
  admin_required: { status: 403, title: "Administrators only" },
  last_admin: { status: 409, title: "Last administrator" },
  too_many_api_keys: { status: 409, title: "Too many API keys" },
  quota_exceeded: { status: 429, title: "Monthly pages used up" },
  too_many_attempts: { status: 429, title: "Too many attempts" },

  // The file
  file_empty: { status: 400, title: "Empty file" },
  file_unsupported: { status: 415, title: "Unsupported file type" },
  file_damaged: { status: 400, title: "Unreadable file" },
  file_too_large: { status: 413, title: "File too large" },
  too_many_pages: { status: 413, title: "Too many pages" },
  too_many_pixels: { status: 413, title: "Too many pixels" },
  upload_timeout: { status: 408, title: "Upload too slow" },
  upload_incomplete: { status: 400, title: "Upload ended early" },
  password_needed: { status: 400, title: "Password needed" },
  password_wrong: { status: 400, title: "Wrong password" },
  no_pages: { status: 400, title: "No pages" },
  open_timeout: { status: 400, title: "File takes too long to open" },
  open_memory: { status: 413, title: "File takes too much memory to open" },

  // One page
  page_unreadable: { status: 422, title: "Unreadable page" },
  page_timeout: { status: 422, title: "Page takes too long to draw" },
  page_memory: { status: 422, title: "Page takes too much memory to draw" },

  // The engine
  engine_unreachable: { status: 502, title: "Engine unreachable" },
  engine_rejected: { status: 502, title: "Engine refused the page" },
  engine_overloaded: { status: 503, title: "Engine overloaded" },
  engine_failed: { status: 502, title: "Engine failed" },
  engine_protocol: { status: 502, title: "Engine answer not understood" },
  engine_timeout: { status: 504, title: "Engine silent for too long" },
  engine_crashed: { status: 502, title: "Engine process died" },

  // Documents and jobs
  document_not_found: { status: 404, title: "No such document" },
  job_not_found: { status: 404, title: "No such job" },
  page_not_found: { status: 404, title: "No such page" },
  job_state_conflict: { status: 409, title: "Not possible in this state" },
  page_version_not_found: { status: 404, title: "No such version" },
  engine_unknown: { status: 422, title: "No such engine" },
  no_text: { status: 409, title: "Nothing read yet" },
  blob_missing: { status: 410, title: "File is gone" },

  // The server
  cancelled: { status: 499, title: "Cancelled" },
  stream_stalled: { status: 408, title: "Reader stopped reading" },
  server_busy: { status: 503, title: "Server busy" },
  shutting_down: { status: 503, title: "Server is shutting down" },
  storage_full: { status: 507, title: "Disk full" },
  internal: { status: 500, title: "Internal error" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof apiErrors;

export const fieldErrorSchema = z
  .object({
    path: z.string().describe("Where the field stands: `name`, or `list[0].name`."),
    message: z.string(),
  })
  .meta({ id: "FieldError" });

/** RFC 9457 `application/problem+json`, extended by `code`, `request_id` and wrong fields. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int().min(400).max(599),
    detail: z.string().describe("A sentence for people that says what to do."),
    code: z.string().describe("Stable, for programs."),
    request_id: z.string().describe("Names the request in the server's log."),
    errors: z
      .array(fieldErrorSchema)
      .optional()
      .describe("Every wrong field, where `code` is `validation_failed`."),
  })
  .describe("RFC 9457 problem details.")
  .meta({ id: "Problem" });

export type FieldError = z.infer<typeof fieldErrorSchema>;
export type Problem = z.infer<typeof problemSchema>;
