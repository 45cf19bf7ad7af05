/** The OpenAPI document as a page for people: plain HTML that needs no script. */
import type { DocumentedOperation, OpenApiDocument, Schema } from "./document.ts";
import { type Html, html, prose } from "./html.ts";

/** @param stylesheet its address. */
export function renderDocument(document: OpenApiDocument, stylesheet: string): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = Map.groupBy(operations, ({ operation }) => operation.tags[0] ?? "");
  const schemas = Object.entries(document.components.schemas).toSorted(([a], [b]) =>
    a.localeCompare(b),
  );
  const { title, version, description } = document.info;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} API</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${stylesheet}" />
      </head>
      <body>
        <header>
          <h1>${title} API <small>${version}</small></h1>
          <p>${prose(description)}</p>
          <p>As <a href="/api/openapi.json">OpenAPI ${document.openapi}</a> for programs.</p>
        </header>
        <nav aria-label="Operations">
          ${[...tags].map(([tag, listed]) => renderIndex(tag, listed))}
        </nav>
        <main>
          ${[...tags].map(
            ([tag, listed]) =>
              html`<section>
                <h2>${tag}</h2>
                ${listed.map(renderOperation)}
              </section>`,
          )}
          <section>
            <h2>Schemas</h2>
            ${schemas.map(([name, schema]) => renderSchema(name, schema))}
          </section>
        </main>
      </body>
    </html> `.text;
}

interface Listed {
  path: string;
  method: string;
  operation: DocumentedOperation;
}

function renderIndex(tag: string, listed: readonly Listed[]): Html {
  const links = listed.map(
    ({ path, method, operation }) =>
      html`<li>
        <a href="#${operation.operationId}"><b>${method.toUpperCase()}</b> ${path}</a>
      </li>`,
  );
  return html`<h2>${tag}</h2>
    <ul>
      ${links}
    </ul>`;
}

function renderOperation({ path, method, operation }: Listed): Html {
  const { parameters, requestBody, responses, description, security } = operation;
  const answers = Object.entries(responses).map(
    ([status, answer]) =>
      html`<tr>
        <th scope="row"><code>${status}</code></th>
        <td>${prose(answer.description)}</td>
        <td>${contentOf(answer.content)}</td>
      </tr>`,
  );
  return html` <article id="${operation.operationId}">
    <h3><b>${method.toUpperCase()}</b> <code>${path}</code></h3>
    <p>${operation.summary}.${security && " Only for those who are logged in."}</p>
    ${description === undefined ? undefined : html`<p>${prose(description)}</p>`}
    ${
      parameters &&
      html`<h4>Parameters</h4>
        ${fieldTable(
          parameters.map(({ name, required, schema, ...parameter }) => ({
            name: `${name} (${parameter.in})`,
            isRequired: required,
            schema: { ...schema, description: parameter.description },
          })),
        )}`
    }
    ${
      requestBody &&
      html`<h4>Body</h4>
        ${Object.entries(requestBody.content).map(
          ([type, { schema }]) =>
            html`<p><code>${type}</code></p>
              ${describe(schema)}`,
        )}`
    }
    <h4>Answers</h4>
    <table>
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">When</th>
          <th scope="col">Content</th>
        </tr>
      </thead>
      <tbody>
        ${answers}
      </tbody>
    </table>
  </article>`;
}

function contentOf(content: Record<string, { schema: Schema }> = {}): Html[] {
  return Object.entries(content).map(
    ([type, { schema }]) => html`<code>${type}</code><br />${typeOf(schema)}`,
  );
}

function renderSchema(name: string, schema: Schema): Html {
  return html`<article id="schema-${name}">
    <h3><code>${name}</code></h3>
    ${
      schema.description === undefined ? undefined : html`<p>${prose(schema.description)}</p>`
    }${describe(schema)}
  </article>`;
}

/** The fields of an object, or the type of anything else. */
function describe(schema: Schema): Html {
  const { properties, required = [] } = schema;
  if (!properties) return html`<p>${typeOf(schema)}</p>`;
  const fields = Object.entries(properties).map(([name, field]) => ({
    name,
    isRequired: required.includes(name),
    schema: typeof field === "object" ? field : {},
  }));
  return fieldTable(fields);
}

interface Field {
  name: string;
  isRequired: boolean;
  schema: Schema;
}

function fieldTable(fields: readonly Field[]): Html {
  const rows = fields.map(
    ({ name, isRequired, schema }) =>
      html`<tr>
        <th scope="row">
          <code>${name}</code>${isRequired ? undefined : html` <small>optional</small>`}
        </th>
        <td>${typeOf(schema)}</td>
        <td>${prose(schema.description ?? "")}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Field</th>
        <th scope="col">Type</th>
        <th scope="col">Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** A type in a few words; those with a name of their own are linked. */
function typeOf(schema: Schema | boolean | undefined): Html {
  if (typeof schema !== "object") return html`anything`;
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.const !== undefined) return html`<code>${JSON.stringify(schema.const)}</code>`;
  if (schema.enum) {
    return joined(
      schema.enum.map((value) => html`<code>${JSON.stringify(value)}</code>`),
      " | ",
    );
  }
  const choices = schema.oneOf ?? schema.anyOf;
  if (choices) return joined(choices.map(typeOf), " | ");
  if (schema.allOf) return joined(schema.allOf.map(typeOf), " with ");
  return plainTypeOf(schema);
}

function plainTypeOf(schema: Schema): Html {
  if (schema.properties) {
    const fields = Object.entries(schema.properties).map(
      ([name, field]) => html`<code>${name}</code>: ${typeOf(field)}`,
    );
    return html`{ ${joined(fields, ", ")} }`;
  }
  if (schema.prefixItems) return html`[${joined(schema.prefixItems.map(typeOf), ", ")}]`;
  if (schema.type === "array") {
    return Array.isArray(schema.items) ? html`list` : html`list of ${typeOf(schema.items)}`;
  }
  const types = [schema.type ?? "anything"].flat().join(" | ");
  return schema.format === undefined ? html`${types}` : html`${types} (${schema.format})`;
}

function joined(parts: readonly Html[], separator: string): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${separator}${part}`))}`;
}
