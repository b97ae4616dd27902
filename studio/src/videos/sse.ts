// SPDX-License-Identifier: Apache-2.0
// Server-sent events, read from the body of a fetch: an EventSource could not say which event was
// the last one before a page was loaded again.

export interface StreamEvent {
  id: string | null; // the last one that was said, also by an earlier event
  name: string;
  data: string;
}

export class EventParser {
  #rest = '';
  #id: string | null = null;
  #name = '';
  #data: string[] = [];

  // The events that are whole once this piece has come.
  push(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    this.#rest += text;
    // A carriage return at the end may be half of a line end.
    for (let match; (match = /\r\n|\n|\r(?!$)/.exec(this.#rest)) !== null; ) {
      const line = this.#rest.slice(0, match.index);
      this.#rest = this.#rest.slice(match.index + match[0].length);
      const event = this.#take(line);
      if (event !== null) events.push(event);
    }
    return events;
  }

  #take(line: string): StreamEvent | null {
    if (line === '') return this.#finish();
    if (line.startsWith(':')) return null; // a sign of life
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') this.#data.push(value);
    else if (field === 'event') this.#name = value;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return null;
  }

  #finish(): StreamEvent | null {
    const event = { id: this.#id, name: this.#name || 'message', data: this.#data.join('\n') };
    const empty = this.#data.length === 0;
    this.#name = '';
    this.#data = [];
    return empty ? null : event;
  }
}
