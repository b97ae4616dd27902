// SPDX-License-Identifier: Apache-2.0
// A clip as a request: for a terminal, and for programs with the openai client.
import type { Video } from '../../api/types';

export interface Wish {
  prompt: string;
  model: string;
  seconds: string;
  size: string;
  extra: Record<string, unknown>; // what the openai client does not know by name
}

export function wishOf(video: Video): Wish {
  const extra: Record<string, unknown> = {};
  const { seed, settings } = video.aozora ?? {};
  if (seed !== null && seed !== undefined) extra['seed'] = seed;
  for (const name of ['steps', 'guidance', 'negative_prompt', 'fps'] as const) {
    const value = settings?.[name];
    if (value !== null && value !== undefined && value !== '') extra[name] = value;
  }
  const [first, ...others] = settings?.scenes ?? [];
  if (others.length > 0) extra['scenes'] = others;
  return {
    prompt: first?.prompt ?? video.prompt ?? '',
    model: video.model,
    seconds: String(first?.seconds ?? video.seconds),
    size: video.size,
    extra,
  };
}

const bodyOf = ({ prompt, model, seconds, size, extra }: Wish) => ({
  prompt,
  model,
  seconds,
  size,
  ...extra,
});

// For a shell, where a single quote ends the text.
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export function curlFor(wish: Wish, base: string): string {
  return [
    `curl ${base}/videos \\`,
    '  -H "Authorization: Bearer $OPENAI_API_KEY" \\',
    '  -H "Content-Type: application/json" \\',
    `  -d ${quoted(JSON.stringify(bodyOf(wish)))}`,
  ].join('\n');
}

// JSON texts and numbers are the same in Python.
export function pythonFor(wish: Wish, base: string): string {
  const { extra, ...known } = wish;
  const lines = Object.entries(known).map(([name, value]) => `    ${name}=${JSON.stringify(value)},`);
  if (Object.keys(extra).length > 0) lines.push(`    extra_body=${JSON.stringify(extra)},`);
  return [
    'from openai import OpenAI',
    '',
    `client = OpenAI(base_url=${JSON.stringify(base)})  # OPENAI_API_KEY in the environment`,
    'video = client.videos.create_and_poll(',
    ...lines,
    ')',
    'client.videos.download_content(video.id).write_to_file("clip.mp4")',
  ].join('\n');
}

export function scriptFor(wish: Wish, base: string): string {
  const lines = Object.entries(bodyOf(wish)).map(([name, value]) => `  ${name}: ${JSON.stringify(value)},`);
  return [
    "import OpenAI from 'openai';",
    '',
    `const client = new OpenAI({ baseURL: ${JSON.stringify(base)} });  // OPENAI_API_KEY in the environment`,
    'const video = await client.videos.create({',
    ...lines,
    '});',
  ].join('\n');
}

export function settingsJson(video: Video): string {
  const { id, created_at, completed_at, remixed_from_video_id } = video;
  return JSON.stringify(
    {
      ...bodyOf(wishOf(video)),
      id,
      created_at,
      completed_at,
      remixed_from_video_id,
      kind: video.aozora?.kind ?? null,
      source_video_id: video.aozora?.source_video_id ?? null,
      strength: video.aozora?.settings?.strength ?? null,
    },
    null,
    2,
  );
}
