// SPDX-License-Identifier: Apache-2.0
// api/openapi.yaml as a judge of answers.
import Ajv2020 from 'ajv/dist/2020.js';
import yaml from 'js-yaml';
import { readFileSync } from 'node:fs';

export const CONTRACT_FILE = new URL('../../../api/openapi.yaml', import.meta.url).pathname;

export class Contract {
  #document = yaml.load(readFileSync(CONTRACT_FILE, 'utf8'));
  #ajv = new Ajv2020.default({ strict: false, allErrors: true, validateFormats: false });
  #patterns = [];

  constructor() {
    this.#ajv.addSchema(this.#document, 'contract');
    for (const [path, methods] of Object.entries(this.#document.paths)) {
      const parts = path.replace(/\{\w+\}/g, '\u0000').replace(/[.*+?^$()|[\]\\]/g, '\\$&');
      const pattern = new RegExp(`^${parts.replaceAll('\u0000', '([^/]+)')}$`);
      for (const [method, operation] of Object.entries(methods)) {
        this.#patterns.push({ method: method.toUpperCase(), path, pattern, operation,
                              literal: !path.includes('{') });
      }
    }
    this.#patterns.sort((a, b) => b.literal - a.literal);
  }

  operations() { return this.#patterns.map(({ operation }) => operation.operationId); }

  // In the order of the file.
  routes() {
    return Object.entries(this.#document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) =>
        ({ method: method.toUpperCase(), path, name: operation.operationId,
           takesBody: 'requestBody' in operation })));
  }

  find(method, path) {
    return this.#patterns.find((known) => known.method === method && known.pattern.test(path));
  }

  // What is wrong with an answer that was seen; null where nothing is.
  fault({ method, path, status, type, body, broken }) {
    const where = `${method} ${path} ${status}`;
    if (broken !== undefined) return `${where}: not JSON: ${broken}`;
    const known = this.find(method, path);
    const isError = status >= 400;
    if (!known && !isError) return `${where}: the contract has no such operation`;
    let pointer = '/components/responses/Error';
    if (known) {
      const name = String(status) in known.operation.responses ? String(status) : 'default';
      const escaped = known.path.replaceAll('~', '~0').replaceAll('/', '~1');
      pointer = `/paths/${escaped}/${method.toLowerCase()}/responses/${name}`;
      const reference = known.operation.responses[name]?.$ref;
      if (reference) pointer = reference.slice(1);
    }
    const answer = pointer.slice(1).split('/').reduce(
        (at, part) => at[part.replaceAll('~1', '/').replaceAll('~0', '~')], this.#document);
    const media = type.split(';')[0].trim();
    if (!answer.content) return body === undefined ? null : `${where}: a body is not described`;
    if (!(media in answer.content)) return `${where}: ${media || 'no type'} is not described`;
    if (media !== 'application/json') return null;
    const check = this.#ajv.getSchema(
        `contract#${encodeURI(pointer).replaceAll('{', '%7B').replaceAll('}', '%7D')}` +
        '/content/application~1json/schema');
    if (check(body)) return null;
    return `${where}: ${this.#ajv.errorsText(check.errors)}: ${JSON.stringify(body).slice(0, 600)}`;
  }
}
