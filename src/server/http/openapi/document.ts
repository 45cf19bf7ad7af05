/**
 * The OpenAPI document of the declared operations.
 * Source: https://spec.openapis.org/oas/v3.1.1
 */
import { z } from "zod";
import { type ErrorCode, apiErrors, problemSchema } from "../../../shared/api-errors.ts";
import type { Answer, Content, Operation, Operations } from "./operation.ts";

export type Schema = z.core.JSONSchema.BaseSchema;

interface MediaType {
  schema: Schema;
}
interface DocumentedAnswer {
  description: string;
  content?: Record<string, MediaType>;
}
interface DocumentedParameter {
  name: string;
  in: string;
  description: string;
  required: boolean;
  schema: Schema;
}
export interface DocumentedOperation {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security?: Record<string, string[]>[];
  parameters?: DocumentedParameter[];
  requestBody?: { required: boolean; content: Record<string, MediaType> };
  responses: Record<string, DocumentedAnswer>;
}
export interface OpenApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string; license: Record<string, string> };
  servers: { url: string }[];
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: {
    schemas: Record<string, Schema>;
    securitySchemes: Record<string, Record<string, string>>;
  };
}

export interface DocumentOptions {
  version: string;
  /** Whether only those who are logged in may use a route, such as `GET /api/info`. */
  needsLogin: (route: string) => boolean;
}

const DESCRIPTION =
  "A file goes in, its text streams out while the pages are read. Errors are RFC 9457 problem details with a stable `code`. New fields and new events may be added at any time: skip those that you do not know.";
const LOGIN_PROBLEMS = ["credentials_invalid", "session_revoked", "cross_site_request"] as const;
const PROBLEM_TYPE = "application/problem+json";

export function createDocument(operations: Operations, options: DocumentOptions): OpenApiDocument {
  const schemas = new SchemaCollector();
  const paths: OpenApiDocument["paths"] = {};
  for (const [route, operation] of Object.entries(operations)) {
    const [method = "", template = ""] = route.split(" ");
    const path = template.replaceAll(/:(\w+)/g, "{$1}");
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: documented(operation, schemas, options.needsLogin(route)),
    };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "My OCR",
      version: options.version,
      description: DESCRIPTION,
      license: { name: "AGPL-3.0-or-later", identifier: "AGPL-3.0-or-later" },
    },
    servers: [{ url: "/" }],
    paths,
    components: {
      schemas: schemas.named,
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer" },
        cookie: { type: "apiKey", in: "cookie", name: "session" },
      },
    },
  };
}

function documented(
  operation: Operation,
  schemas: SchemaCollector,
  needsLogin: boolean,
): DocumentedOperation {
  const { parameters, body, description } = operation;
  const problems = [...(operation.problems ?? []), ...(needsLogin ? LOGIN_PROBLEMS : [])];
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(description !== undefined && { description }),
    tags: [operation.tag],
    ...(needsLogin && { security: [{ bearer: [] }, { cookie: [] }] }),
    ...(parameters && {
      parameters: parameters.map(({ schema, ...parameter }) => ({
        ...parameter,
        required: !schema.safeParse(undefined).success,
        schema: schemas.take(schema, "input"),
      })),
    }),
    ...(body && { requestBody: { required: true, content: schemas.content(body, "input") } }),
    responses: { ...answersOf(operation, schemas), ...problemsOf(problems, schemas) },
  };
}

function answersOf(
  { answers }: Operation,
  schemas: SchemaCollector,
): Record<string, DocumentedAnswer> {
  const documentedAnswer = ({ description, content }: Answer): DocumentedAnswer => ({
    description,
    ...(content && { content: schemas.content(content, "output") }),
  });
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [status, documentedAnswer(answer)]),
  );
}

/** The codes of an operation by their status; whatever else goes wrong is a problem, too. */
function problemsOf(
  problems: readonly ErrorCode[],
  schemas: SchemaCollector,
): Record<string, DocumentedAnswer> {
  const problem = schemas.take(problemSchema, "output");
  const byStatus = Map.groupBy(new Set<ErrorCode>(problems), (code) => apiErrors[code].status);
  const answers = [...byStatus].map(([status, codes]): [string, DocumentedAnswer] => {
    const schema = { allOf: [problem, { properties: { code: { enum: codes } } }] };
    const description = codes.map((code) => apiErrors[code].title).join("; ");
    return [String(status), { description, content: { [PROBLEM_TYPE]: { schema } } }];
  });
  const other = {
    description: "Any other problem",
    content: { [PROBLEM_TYPE]: { schema: problem } },
  };
  return { ...Object.fromEntries(answers), default: other };
}

/** Turns Zod schemas into JSON Schema; those with an `id` become components, named once. */
class SchemaCollector {
  readonly named: Record<string, Schema> = {};

  content(content: Content, io: "input" | "output"): Record<string, MediaType> {
    return Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [type, { schema: this.take(schema, io) }]),
    );
  }

  take(schema: z.ZodType, io: "input" | "output"): Schema {
    // Within an object even the schema itself is a reference, where it has a name.
    const { properties, $defs } = z.toJSONSchema(z.object({ schema }), {
      io,
      override: ({ jsonSchema }) => {
        // Answers gain fields in later versions; only a strict request takes no others.
        const isClosed = jsonSchema.additionalProperties === false;
        if (io === "output" && isClosed) delete jsonSchema.additionalProperties;
      },
    });
    for (const [name, definition] of Object.entries($defs ?? {})) {
      this.named[name] = withComponentReferences(definition);
    }
    const taken = properties?.["schema"];
    return withComponentReferences(typeof taken === "object" ? taken : {});
  }
}

function withComponentReferences<T extends Schema>(schema: T): T {
  return JSON.parse(
    JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', '"$ref":"#/components/schemas/'),
  );
}
