// SPDX-License-Identifier: Apache-2.0
// Each known gap of OpenAI's published description, one by one. Nothing that a client reads of a
// job is loosened beyond them: keys, types and null stay as published.
import { readFileSync } from 'node:fs';

const PATCHES = {
  'a spritesheet is a JPEG, as their guide has it': ({ paths }) => {
    const { content } = paths['/videos/{video_id}/content'].get.responses['200'];
    content['image/jpeg'] = content['image/webp'];
  },
  'seconds were also 16 and 20, and a server of one\'s own makes any number': ({ components }) => {
    components.schemas.VideoSeconds = { type: 'string', pattern: '^([1-9]|1[0-9]|20)$' };
  },
  'sizes were also 1080x1920 and 1920x1080, and here are any': ({ components }) => {
    components.schemas.VideoSize = { type: 'string', pattern: '^[1-9][0-9]{1,3}x[1-9][0-9]{1,3}$' };
  },
  'create took characters': ({ components: { schemas } }) => {
    const item = { type: 'object', required: ['id'], properties: { id: { type: 'string' } } };
    for (const name of ['CreateVideoJsonBody', 'CreateVideoMultipartBody']) {
      schemas[name].properties.characters = { type: 'array', maxItems: 2, items: item };
    }
  },
};

// The patched description; `note` is called with the reason of each patch, which must change it.
export function patchedDescription(note = () => {}) {
  const file = new URL('openai-videos.openapi.json', import.meta.url);
  const description = JSON.parse(readFileSync(file, 'utf8'));
  for (const [reason, patch] of Object.entries(PATCHES)) {
    const before = JSON.stringify(description);
    patch(description);
    if (JSON.stringify(description) === before) throw new Error(`no longer a gap: ${reason}`);
    note(reason);
  }
  return description;
}
