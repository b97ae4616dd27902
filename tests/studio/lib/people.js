// SPDX-License-Identifier: Apache-2.0
// People who come by an invitation, and what they do without the page where a test is about
// something else.
import assert from 'node:assert/strict';
import { PASSWORD } from './studio.js';

// A visitor who has accepted an invitation, by the page.
export async function join(studio, role, name, options = {}) {
  const { code } = await studio.api('POST', '/admin/invitations', { role });
  const page = await studio.visitor(options);
  await page.goto(`${studio.url}/invite#${code}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Password').fill(PASSWORD);
  const agree = page.getByLabel('I have read the terms');
  if (await agree.count()) await agree.check();
  await page.getByRole('button', { name: 'Come in' }).click();
  await page.getByLabel('Describe the clip').waitFor();
  return page;
}

// A request of the person at a page, with their cookie and token.
export async function asPerson(page, method, path, body) {
  const { status, answer } = await page.evaluate(
    async ([how, where, sent]) => {
      const session = await (await fetch('/v1/session')).json();
      const response = await fetch(`/v1${where}`, {
        method: how,
        headers: { 'x-csrf-token': session.csrf_token, 'content-type': 'application/json' },
        ...(sent === null ? {} : { body: JSON.stringify(sent) }),
      });
      return { status: response.status, answer: await response.json() };
    },
    [method, path, body ?? null],
  );
  assert.equal(status, 200, `${method} ${path}: ${JSON.stringify(answer)}`);
  return answer;
}

// A finished video of theirs, large enough for the invisible mark.
export async function videoOf(page, prompt, settings = {}) {
  const { id } = await asPerson(page, 'POST', '/videos', {
    prompt,
    size: '256x144',
    seconds: '1',
    steps: 2,
    seed: 7,
    ...settings,
  });
  for (let i = 0; i < 600; ++i) {
    const video = await asPerson(page, 'GET', `/videos/${id}`);
    if (video.status === 'completed') return video;
    assert.notEqual(video.status, 'failed', JSON.stringify(video.error));
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${id} was not finished in time`);
}
