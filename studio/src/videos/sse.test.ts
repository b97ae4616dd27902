// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { EventParser, type StreamEvent } from './sse';

const TEXT = 'id: 1\nevent: video.queued\ndata: {"a":1}\n\n: alive\n\nid: 2\ndata: one\ndata: two\n\n';
const EVENTS: StreamEvent[] = [
  { id: '1', name: 'video.queued', data: '{"a":1}' },
  { id: '2', name: 'message', data: 'one\ntwo' },
];

function parse(...pieces: string[]): StreamEvent[] {
  const parser = new EventParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe('EventParser', () => {
  it('reads a whole stream', () => {
    expect(parse(TEXT)).toEqual(EVENTS);
  });

  it('does not care where the pieces are cut', () => {
    for (let at = 1; at < TEXT.length; ++at) expect(parse(TEXT.slice(0, at), TEXT.slice(at))).toEqual(EVENTS);
    expect(parse(...TEXT)).toEqual(EVENTS);
  });

  it.each(['\r\n', '\r'])('takes lines that end with %j', (end) => {
    const text = TEXT.replaceAll('\n', end);
    // A lone carriage return at the end waits for what may follow it.
    expect(parse(...text, ':')).toEqual(EVENTS);
  });

  it('keeps the id for events that say none', () => {
    expect(parse('id: 5\ndata: a\n\ndata: b\n\n').map(({ id }) => id)).toEqual(['5', '5']);
  });

  it('gives nothing for an event that is cut off', () => {
    expect(parse('id: 9\ndata: half')).toEqual([]);
  });
});
